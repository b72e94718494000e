#!/usr/bin/env python3
"""The same packets in another file format, link type, tunnel or in fragments: the same events.

usage: wrap.py SCHEDWIRE CAPTURE...    captures of IPv4 over plain Ethernet; prints TAP
"""
import json
import struct
import sys

import pcapfile
import reshape

OUTER = bytes((192, 0, 2, 1)), bytes((192, 0, 2, 2))
MAC = b"\x02\0\0\0\0\1\x02\0\0\0\0\2"


def ether(kind, body):
    return MAC + struct.pack(">H", kind) + body


def ipv4(proto, body, ident=1, frag=0):
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(body), ident, frag, 64,
                       proto, 0, *OUTER) + body


def ipv6(proto, body):
    return struct.pack(">IHBB16s16s", 6 << 28, len(body), proto, 64,
                       b"\x20\1\x0d\xb8" + bytes(11) + b"\1",
                       b"\x20\1\x0d\xb8" + bytes(11) + b"\2") + body


def udp(port, body):
    return struct.pack(">HHHH", 40000, port, 8 + len(body), 0) + body


def gre(flags, kind, body, options=b""):
    return ether(0x0800, ipv4(47, struct.pack(">HH", flags, kind) + options + body))


# What becomes of a frame e, whose IP packet is ip.
FRAMES = (
    ("802.1Q in 802.1ad", lambda e, ip: e[:12] + b"\x88\xa8\0\5\x81\0\0\7" + e[12:]),
    ("MPLS", lambda e, ip: ether(0x8847, b"\0\1\0\x40\0\2\1\x40" + ip)),
    ("PPPoE", lambda e, ip: ether(0x8864, struct.pack(">BBHHH", 0x11, 0, 1, len(ip) + 2, 0x21) + ip)),
    ("GRE, IP inside", lambda e, ip: gre(0, 0x0800, ip)),
    ("GRE, Ethernet inside, key and sequence",
     lambda e, ip: gre(0x3000, 0x6558, e, b"\0\0\0\1\0\0\0\2")),
    ("ERSPAN I", lambda e, ip: gre(0, 0x88be, e)),
    ("ERSPAN II", lambda e, ip: gre(0x1000, 0x88be, b"\x10\1\0\1\0\0\0\0" + e, b"\0\0\0\1")),
    ("ERSPAN III", lambda e, ip: gre(0x1000, 0x22eb, b"\x20\1\0\1" + bytes(8) + e, b"\0\0\0\1")),
    ("VXLAN", lambda e, ip: ether(0x0800, ipv4(17, udp(4789, b"\x08\0\0\0\0\0\x2a\0" + e)))),
    ("GENEVE", lambda e, ip: ether(0x0800, ipv4(17, udp(6081, b"\0\0\x65\x58\0\0\x2a\0" + e)))),
    ("GENEVE, IP inside",
     lambda e, ip: ether(0x0800, ipv4(17, udp(6081, b"\1\0\x08\0\0\0\x2a\0\0\1\x80\0" + ip)))),
    ("IP in IP", lambda e, ip: ether(0x0800, ipv4(4, ip))),
    ("IP in IPv6 behind a hop-by-hop header",
     lambda e, ip: ether(0x86dd, ipv6(0, b"\4\0\1\4\0\0\0\0" + ip))),
    ("no total length (offload)", lambda e, ip: e[:16] + b"\0\0" + e[18:]),
)
# The same, and the file's link type.
LINKS = (
    ("Linux cooked v1", 113, lambda e, ip: b"\0\0\0\1\0\6" + e[6:12] + b"\0\0\x08\0" + ip),
    ("Linux cooked v2", 276, lambda e, ip: b"\x08\0\0\0\0\0\0\2\0\1\0\6" + e[6:12] + b"\0\0" + ip),
    ("raw IP", 101, lambda e, ip: ip),
    ("BSD null", 0, lambda e, ip: b"\2\0\0\0" + ip),
    ("OpenBSD loop", 108, lambda e, ip: b"\0\0\0\2" + ip),
)


def ip_of(e):
    return e[14:14 + struct.unpack_from(">H", e, 16)[0]]


def each(how, frames):
    out = []
    for f in frames:
        if f.data[12:14] == b"\x08\0":
            data = how(f.data, ip_of(f.data))
            f = pcapfile.Frame(f.sec, f.frac, len(data), data)
            out.append(f)
    return out


def fragments(frames):
    """Every datagram in pieces, the last one first, each twice."""
    out = []
    for n, f in enumerate(frames):
        ip = ip_of(f.data)
        if f.data[12:14] != b"\x08\0" or len(ip) <= 20 + 64:
            out.append(f)
            continue
        body = ip[20:]
        for at in reversed(range(0, len(body), 256)):
            more = 0x2000 if at + 256 < len(body) else 0
            piece = body[at:at + 256]
            head = (ip[:2] + struct.pack(">HHH", 20 + len(piece), n & 0xffff, more | at // 8)
                    + ip[8:20])
            data = f.data[:14] + head + piece
            out += [pcapfile.Frame(f.sec, f.frac, len(data), data)] * 2
    return out


def classic(frames, order="<", magic=0xa1b2c3d4, link=1, fraction=1):
    out = [struct.pack(order + "IHHIIII", magic, 2, 4, 0, 0, 262144, link)]
    for f in frames:
        out.append(struct.pack(order + "IIII", f.sec, f.frac * fraction, len(f.data), f.wire))
        out.append(f.data)
    return b"".join(out)


def pcapng(frames, order="<"):
    def block(kind, body):
        body += bytes(-len(body) % 4)
        size = struct.pack(order + "I", len(body) + 12)
        return struct.pack(order + "I", kind) + size + body + size

    out = [block(0x0a0d0d0a, struct.pack(order + "IHHq", 0x1a2b3c4d, 1, 0, -1)),
           block(1, struct.pack(order + "HHI", 1, 0, 262144))]
    for f in frames:
        t = f.sec * 10**6 + f.frac
        out.append(block(6, struct.pack(order + "IIIII", 0, t >> 32, t & 0xffffffff,
                                        len(f.data), f.wire) + f.data))
    return b"".join(out)


def ways(frames):
    yield "pcap, big-endian", classic(frames, ">")
    yield "pcap, nanoseconds", classic(frames, magic=0xa1b23c4d, fraction=1000)
    yield "pcap, nanoseconds, big-endian", classic(frames, ">", 0xa1b23c4d, fraction=1000)
    yield "pcapng", pcapng(frames)
    yield "pcapng, big-endian", pcapng(frames, ">")
    yield "IPv4 fragments", classic(fragments(frames))
    for name, how in FRAMES:
        yield name, classic(each(how, frames))
    for name, link, how in LINKS:
        yield name, classic(each(how, frames), link=link)


def bare(events):
    out = []
    for line in events:
        event = json.loads(line)
        event.pop("vlan", None)
        out.append(json.dumps(event, sort_keys=True))
    return out


def main():
    schedwire, n, bad = sys.argv[1], 0, 0
    for path in sys.argv[2:]:
        name = path.rsplit("/", 1)[-1]
        header, frames = pcapfile.load(path)
        want = bare(reshape.tasks(schedwire, pcapfile.dump(header, frames)))
        if not want:
            raise SystemExit("%s has no task event: it shows nothing here" % name)
        for way, raw in ways(frames):
            n += 1
            wrong = reshape.compare(want, bare(reshape.tasks(schedwire, raw)))
            print("%s %d - %s: %s" % ("not ok" if wrong else "ok", n, name, way))
            for line in wrong:
                print("# " + line)
            bad |= bool(wrong)
    print("1..%d" % n)
    return bad


if __name__ == "__main__":
    sys.exit(main())
