"""Classic pcap files and the TCP segments in them, with nothing but struct."""
import struct

ETHERNET = 1
FIN, SYN, RST, PSH = 1, 2, 4, 8


class Frame:
    __slots__ = ("sec", "frac", "wire", "data")

    def __init__(self, sec, frac, wire, data):
        self.sec, self.frac, self.wire, self.data = sec, frac, wire, data


def parse(raw):
    """Returns the file header and its frames."""
    if len(raw) < 24 or raw[:4] not in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1"):
        raise ValueError("no little-endian pcap file")
    frames, at = [], 24
    while at + 16 <= len(raw):
        sec, frac, caplen, wire = struct.unpack_from("<IIII", raw, at)
        at += 16
        if at + caplen > len(raw):
            break
        frames.append(Frame(sec, frac, wire, raw[at:at + caplen]))
        at += caplen
    return raw[:24], frames


def load(path):
    with open(path, "rb") as f:
        return parse(f.read())


def dump(header, frames):
    out = [header]
    for f in frames:
        out.append(struct.pack("<IIII", f.sec, f.frac, len(f.data), f.wire))
        out.append(f.data)
    return b"".join(out)


def ends(raw):
    """The offset behind each whole record."""
    at, out = 24, []
    while at + 16 <= len(raw):
        at += 16 + struct.unpack_from("<I", raw, at + 8)[0]
        if at > len(raw):
            break
        out.append(at)
    return out


class Segment:
    """One TCP segment in an Ethernet frame, VLAN tags and all."""

    def __init__(self, frame):
        d = frame.data
        at = 12
        while d[at:at + 2] in (b"\x81\x00", b"\x88\xa8"):
            at += 4
        kind = d[at:at + 2]
        at += 2
        self.ip = at
        if kind == b"\x08\x00" and d[at + 9] == 6:
            self.v6 = False
            self.tcp = at + (d[at] & 15) * 4
            self.end = at + struct.unpack_from(">H", d, at + 2)[0]
            self.src, self.dst = d[at + 12:at + 16], d[at + 16:at + 20]
        elif kind == b"\x86\xdd" and d[at + 6] == 6:
            self.v6 = True
            self.tcp = at + 40
            self.end = self.tcp + struct.unpack_from(">H", d, at + 4)[0]
            self.src, self.dst = d[at + 8:at + 24], d[at + 24:at + 40]
        else:
            raise ValueError("no TCP")
        self.sport, self.dport, self.seq = struct.unpack_from(">HHI", d, self.tcp)
        self.flags = d[self.tcp + 13]
        self.body = self.tcp + (d[self.tcp + 12] >> 4) * 4
        self.payload = d[self.body:self.end]

    @property
    def source(self):
        return self.src, self.sport

    @property
    def key(self):
        return frozenset(((self.src, self.sport), (self.dst, self.dport)))


def segment(frame):
    """The frame's segment, or None."""
    try:
        return Segment(frame)
    except (ValueError, IndexError, struct.error):
        return None


def checksum(data):
    """One's complement sum: a big-endian number modulo 2^16 - 1 is just that."""
    if len(data) % 2:
        data += b"\0"
    total = int.from_bytes(data, "big") % 0xffff
    return struct.pack(">H", 0xffff - total if total else 0xffff)


def piece(frame, s, first, last):
    """The frame with only payload[first:last] of its segment s in it."""
    d = bytearray(frame.data[:s.body]) + s.payload[first:last]
    struct.pack_into(">I", d, s.tcp + 4, (s.seq + first) & 0xffffffff)
    if last < len(s.payload):
        d[s.tcp + 13] &= ~(FIN | PSH)
    size = len(d) - s.tcp
    if s.v6:
        struct.pack_into(">H", d, s.ip + 4, size)
    else:
        struct.pack_into(">H", d, s.ip + 2, len(d) - s.ip)
        d[s.ip + 10:s.ip + 12] = b"\0\0"
        d[s.ip + 10:s.ip + 12] = checksum(bytes(d[s.ip:s.tcp]))
    d[s.tcp + 16:s.tcp + 18] = b"\0\0"
    d[s.tcp + 16:s.tcp + 18] = checksum(
        s.src + s.dst + struct.pack(">II", size, 6) + bytes(d[s.tcp:]))
    return Frame(frame.sec, frame.frac, len(d), bytes(d))
