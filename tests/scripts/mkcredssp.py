#!/usr/bin/env python3
"""Make a WinRM conversation under CredSSP, its key log and what is true of it.

usage: mkcredssp.py 1.2|1.3 OUT    writes OUT.pcap, OUT.keylog, OUT.secrets, OUT.truth.json

The TLS is OpenSSL's, by Python's ssl module: [MS-CSSP] 3.1.5 puts its records in
Authorization and WWW-Authenticate fields first, [MS-WSMV] 2.2.9.1.3 in bodies then.
NTLM's messages ([MS-NLMP] 2.2.1) are well formed, but what proves the password in
them is random, as are pubKeyAuth and authInfo, which NTLM's keys would seal.
"""
import base64
import json
import os
import ssl
import struct
import subprocess
import sys
import tempfile

import pcapfile

CLIENT, SERVER = ("10.20.0.50", 49822), ("10.20.0.10", 5985)
USER, DOMAIN, HOST = "svc-deploy", "CORP", "ADMIN-WS7"
LINE = ("schtasks", "/create", "/tn", r"\Fabrikam\PatchSync", "/tr",
        r"C:\ProgramData\Fabrikam\sync.exe -q", "/sc", "daily", "/st", "03:15", "/ru",
        "SYSTEM", "/f")
MSS = 1460
CHUNK = 16384                   # of a message, in each part
BEGINS = 1_790_000_000          # the first packet's time

SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
SHELL_ID = "5A1B4D7C-09E2-4C1B-8F7E-6A54E1A1C0DE"
COMMAND_ID = "77DF2C1E-3F7B-4B5C-9A32-0C19D1F0BEEF"


# ---- DER, NTLM and TSRequests ----

def der(tag, *content):
    body = b"".join(content)
    size = bytes([len(body)]) if len(body) < 128 else (
        bytes([0x82]) + struct.pack(">H", len(body)))
    return bytes([tag]) + size + body


def ts_request(token=None, key=None, info=None):
    """[MS-CSSP] 2.2.1, version 6."""
    fields = [der(0xa0, der(0x02, b"\x06"))]
    if token is not None:
        fields.append(der(0xa1, der(0x30, der(0x30, der(0xa0, der(0x04, token))))))
    if info is not None:
        fields.append(der(0xa2, der(0x04, info)))
    if key is not None:
        fields.append(der(0xa3, der(0x04, key)))
    return der(0x30, *fields)


SPNEGO = bytes.fromhex("2b0601050502")
NTLM = bytes.fromhex("2b06010401823702020a")


def spnego_init(token):
    return der(0x60, der(0x06, SPNEGO), der(0xa0, der(
        0x30, der(0xa0, der(0x30, der(0x06, NTLM))), der(0xa2, der(0x04, token)))))


def spnego_next(token, first=False):
    picked = [der(0xa1, der(0x06, NTLM))] if first else []
    return der(0xa1, der(0x30, der(0xa0, der(0x0a, b"\x01")), *picked,
                         der(0xa2, der(0x04, token))))


FLAGS = 0xe2888235
VERSION = bytes((10, 0)) + struct.pack("<H", 20348) + bytes((0, 0, 0, 15))


def ntlm_negotiate():
    return b"NTLMSSP\0" + struct.pack("<II", 1, FLAGS) + bytes(16) + VERSION


def av_pairs():
    pairs = [(2, DOMAIN), (1, "FS01"), (4, "corp.example"), (3, "fs01.corp.example")]
    out = b"".join(struct.pack("<HH", k, 2 * len(v)) + v.encode("utf-16-le")
                   for k, v in pairs)
    return out + bytes(4)


def ntlm_challenge():
    name, info = DOMAIN.encode("utf-16-le"), av_pairs()
    return (b"NTLMSSP\0" + struct.pack("<IHHI", 2, len(name), len(name), 56) +
            struct.pack("<I", FLAGS) + os.urandom(8) + bytes(8) +
            struct.pack("<HHI", len(info), len(info), 56 + len(name)) + VERSION + name + info)


def ntlm_authenticate():
    nt = os.urandom(16) + b"\1\1" + bytes(6) + os.urandom(16) + bytes(4) + av_pairs() + bytes(4)
    values = [bytes(24), nt, DOMAIN.encode("utf-16-le"), USER.encode("utf-16-le"),
              HOST.encode("utf-16-le"), os.urandom(16)]
    at, fields = 88, b""
    for v in values:
        fields += struct.pack("<HHI", len(v), len(v), at)
        at += len(v)
    return (b"NTLMSSP\0" + struct.pack("<I", 3) + fields + struct.pack("<I", FLAGS) +
            VERSION + os.urandom(16) + b"".join(values))


# ---- TLS ----

class End:
    """One end of the session: cleartext on one side, records on the other."""

    def __init__(self, context, **how):
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, **how)

    def shake(self, records=b""):
        """Feed records, go on with the handshake: what is to be sent, whether it is over."""
        self.incoming.write(records)
        try:
            self.tls.do_handshake()
            over = True
        except ssl.SSLWantReadError:
            over = False
        return self.outgoing.read(), over

    def seal(self, clear):
        self.tls.write(clear)
        return self.outgoing.read()

    def open(self, records):
        self.incoming.write(records)
        out = b""
        while True:
            try:
                out += self.tls.read(1 << 16)
            except ssl.SSLWantReadError:
                return out


def contexts(version, folder, keylog):
    number = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[version]
    key, cert = os.path.join(folder, "key"), os.path.join(folder, "cert")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", cert,
                    "-subj", "/CN=fs01.corp.example"], check=True, capture_output=True)
    client, server = (ssl.SSLContext(x) for x in
                      (ssl.PROTOCOL_TLS_CLIENT, ssl.PROTOCOL_TLS_SERVER))
    for c in client, server:
        c.minimum_version = c.maximum_version = number
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.keylog_filename = keylog
    server.load_cert_chain(cert, key)
    return client, server


# ---- SOAP ----

def envelope(action, body, relates=None, options=""):
    selector = "" if relates is None and action.endswith("/Create") else (
        '<w:SelectorSet><w:Selector Name="ShellId">%s</w:Selector></w:SelectorSet>' % SHELL_ID)
    envelope.number += relates is None
    uuid = "uuid:0B6C5C0A-2E4D-4A77-9C55-%012X" % envelope.number
    return (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
        ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
        ' xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"'
        ' xmlns:rsp="%s"><s:Header><a:To>http://10.20.0.10:5985/wsman</a:To>'
        '<a:Action s:mustUnderstand="true">%s</a:Action>%s'
        '<w:ResourceURI s:mustUnderstand="true">%s/cmd</w:ResourceURI>%s%s</s:Header>'
        '<s:Body>%s</s:Body></s:Envelope>' % (
            SHELL, action, "<a:MessageID>%s</a:MessageID>" % uuid if relates is None else
            "<a:RelatesTo>%s</a:RelatesTo>" % uuid, SHELL, selector, options, body)).encode()


envelope.number = 0


def quoted(s):
    return '"%s"' % s if " " in s else s


def text(s):
    return s.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def conversation():
    """Requests and answers of a shell that runs one command."""
    output = b"".join(b"%04d  SUCCESS: The scheduled task has successfully been created.\r\n" % n
                      for n in range(210))
    stream = base64.b64encode(output).decode()
    yield (envelope(TRANSFER + "/Create",
                    "<rsp:Shell><rsp:InputStreams>stdin</rsp:InputStreams>"
                    "<rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>"),
           envelope(TRANSFER + "/CreateResponse",
                    "<rsp:Shell><rsp:ShellId>%s</rsp:ShellId></rsp:Shell>" % SHELL_ID, 1))
    yield (envelope(SHELL + "/Command",
                    "<rsp:CommandLine><rsp:Command>%s</rsp:Command>%s</rsp:CommandLine>" % (
                        LINE[0], "".join("<rsp:Arguments>%s</rsp:Arguments>" % text(
                            quoted(x)) for x in LINE[1:]))),
           envelope(SHELL + "/CommandResponse",
                    "<rsp:CommandResponse><rsp:CommandId>%s</rsp:CommandId>"
                    "</rsp:CommandResponse>" % COMMAND_ID, 1))
    yield (envelope(SHELL + "/Receive",
                    '<rsp:Receive><rsp:DesiredStream CommandId="%s">stdout stderr'
                    "</rsp:DesiredStream></rsp:Receive>" % COMMAND_ID),
           envelope(SHELL + "/ReceiveResponse",
                    '<rsp:ReceiveResponse><rsp:Stream Name="stdout" CommandId="%s">%s'
                    '</rsp:Stream><rsp:CommandState CommandId="%s" State="%s/CommandState/Done">'
                    "<rsp:ExitCode>0</rsp:ExitCode></rsp:CommandState></rsp:ReceiveResponse>" % (
                        COMMAND_ID, stream, COMMAND_ID, SHELL), 1))
    yield (envelope(SHELL + "/Signal",
                    '<rsp:Signal CommandId="%s"><rsp:Code>%s/signal/terminate</rsp:Code>'
                    "</rsp:Signal>" % (COMMAND_ID, SHELL)),
           envelope(SHELL + "/SignalResponse", "<rsp:SignalResponse/>", 1))
    yield envelope(TRANSFER + "/Delete", ""), envelope(TRANSFER + "/DeleteResponse", "", 1)


# ---- HTTP ----

PROTOCOL = "application/HTTP-CredSSP-session-encrypted"
TRAILER = {"1.2": 16, "1.3": 17}


def sealed(end, soap, version):
    """The type and the bytes of a body; as many parts as it takes."""
    chunks = [soap[i:i + CHUNK] for i in range(0, len(soap), CHUNK)]
    kind = "multipart/x-multi-encrypted" if len(chunks) > 1 else "multipart/encrypted"
    out = b""
    for c in chunks:
        out += ("--Encrypted Boundary\r\n\tContent-Type: %s\r\n"
                "\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%d\r\n"
                "--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n" % (
                    PROTOCOL, len(c))).encode()
        out += struct.pack("<I", TRAILER[version]) + end.seal(c)
    return ('%s;protocol="%s";boundary="Encrypted Boundary"' % (kind, PROTOCOL),
            out + b"--Encrypted Boundary--\r\n")


def request(token=None, kind="application/soap+xml;charset=UTF-8", body=b""):
    head = ["POST /wsman HTTP/1.1", "Connection: Keep-Alive", "Content-Type: " + kind,
            "User-Agent: Microsoft WinRM Client", "Content-Length: %d" % len(body),
            "Host: 10.20.0.10:5985"]
    if token is not None:
        head.insert(1, "Authorization: CredSSP " + base64.b64encode(token).decode())
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def answer(status, token=None, kind=None, body=b""):
    head = ["HTTP/1.1 " + status, "Server: Microsoft-HTTPAPI/2.0",
            "Content-Length: %d" % len(body)]
    if kind is not None:
        head.insert(1, "Content-Type: " + kind)
    if token is not None:
        head.insert(1, "WWW-Authenticate: CredSSP " + base64.b64encode(token).decode())
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def messages(version, client, server):
    """Every request with its answer.  What one end seals, the other must open."""
    denied = "401 Unauthorized"
    yield (request(), answer(denied + "\r\nWWW-Authenticate: Negotiate"
                             "\r\nWWW-Authenticate: CredSSP"))
    out, _ = client.shake()
    back, _ = server.shake(out)
    yield request(out), answer(denied, back)
    out, over = client.shake(back)
    if not over:
        back, _ = server.shake(out)
        yield request(out), answer(denied, back)
        out, over = client.shake(back)
    assert over
    # In 1.3 the first TSRequest goes with the client's end of the handshake.
    out += client.seal(ts_request(spnego_init(ntlm_negotiate())))
    back, _ = server.shake(out)
    assert server.open(b"")
    back += server.seal(ts_request(spnego_next(ntlm_challenge(), True)))
    yield request(out), answer(denied, back)
    assert client.open(back)
    out = client.seal(ts_request(spnego_next(ntlm_authenticate()), key=os.urandom(48)))
    assert server.open(out)
    back = server.seal(ts_request(key=os.urandom(48)))
    yield request(out), answer(denied, back)
    assert client.open(back)
    token = client.seal(ts_request(info=os.urandom(112)))
    assert server.open(token)
    for asked, told in conversation():
        kind, body = sealed(client, asked, version)
        got = request(token, kind, body)
        token = None
        kind, body = sealed(server, told, version)
        yield got, answer("200 OK", None, kind, body)


# ---- TCP ----

class Wire:
    def __init__(self):
        self.frames, self.us = [], 0
        self.next = [0x1a2b3c4d, 0x55667788]
        self.send(0, pcapfile.SYN)
        self.next[0] += 1
        self.send(1, pcapfile.SYN)
        self.next[1] += 1
        self.send(0, 0)

    def send(self, side, flags, data=b""):
        (src, sport), (dst, dport) = (CLIENT, SERVER)[::1 - 2 * side]
        src, dst = (bytes(map(int, x.split("."))) for x in (src, dst))
        ack = 0 if flags & pcapfile.SYN and side == 0 else self.next[1 - side]
        tcp = struct.pack(">HHIIBBHHH", sport, dport, self.next[side], ack, 0x50,
                          flags | (0x10 if ack else 0), 64240, 0, 0) + data
        total = pcapfile.checksum(src + dst + struct.pack(">II", len(tcp), 6) + tcp)
        tcp = tcp[:16] + total + tcp[18:]
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), len(self.frames) + 1,
                         0x4000, 64, 6, 0, src, dst)
        ip = ip[:10] + pcapfile.checksum(ip) + ip[12:]
        mac = [b"\x02\0\0\0\0\x50", b"\x02\0\0\0\0\x10"]
        frame = mac[1 - side] + mac[side] + b"\x08\x00" + ip + tcp
        self.us += 700
        self.frames.append(pcapfile.Frame(BEGINS + self.us // 1000000, self.us % 1000000,
                                          len(frame), frame))
        self.next[side] += len(data)

    def say(self, side, data):
        for at in range(0, len(data), MSS):
            last = at + MSS >= len(data)
            self.send(side, pcapfile.PSH if last else 0, data[at:at + MSS])
        self.send(1 - side, 0)

    def close(self):
        self.send(0, pcapfile.FIN)
        self.next[0] += 1
        self.send(1, pcapfile.FIN)
        self.next[1] += 1
        self.send(0, 0)


def truth(name, version):
    line = " ".join(map(quoted, LINE))
    return {
        "capture": name + ".pcap", "about": "WinRM WinRS shell under CredSSP",
        "client_tool": "tests/scripts/mkcredssp.py, TLS %s of %s" % (version, ssl.OPENSSL_VERSION),
        "client": CLIENT[0], "server": SERVER[0], "user": USER, "domain": DOMAIN,
        "rpc_auth_level": None, "smb_encrypted": False, "commands_given": [list(LINE)],
        "scripts_given": [], "cmdlets_given": None, "needles": ["PatchSync"],
        "opened": {"visibility": "decrypted", "command": [{"kind": "winrs", "text": line}]},
        "without_secrets": {"visibility": "sealed", "command": "sealed"},
        "task_names": ["PatchSync"],
    }


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in TRAILER:
        sys.exit(__doc__)
    version, out = sys.argv[1:]
    name, wire = os.path.basename(out), Wire()
    with tempfile.TemporaryDirectory() as folder:
        keylog = os.path.join(folder, "keylog")
        client, server = contexts(version, folder, keylog)
        ends = End(client, server_hostname="fs01.corp.example"), End(server, server_side=True)
        for asked, told in messages(version, *ends):
            wire.say(0, asked)
            wire.say(1, told)
        wire.close()
        with open(keylog, "rb") as f:
            lines = [x for x in f if not x.startswith(b"#")]
    header = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, pcapfile.ETHERNET)
    with open(out + ".pcap", "wb") as f:
        f.write(pcapfile.dump(header, wire.frames))
    with open(out + ".keylog", "wb") as f:
        f.writelines(lines)
    with open(out + ".secrets", "w", encoding="ascii") as f:
        f.write("keylog\t%s.keylog\n" % name)
    with open(out + ".truth.json", "w", encoding="ascii") as f:
        json.dump(truth(name, version), f, indent=1)
        f.write("\n")


if __name__ == "__main__":
    main()
