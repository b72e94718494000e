#!/usr/bin/env python3
"""What secrets open, what they must not, and where they must not appear.

usage: secrets_check.py SCHEDWIRE FILE.secrets...    each beside its FILE.pcap

Prints TAP.
"""
import base64
import json
import os
import resource
import signal
import struct
import subprocess
import sys
import time

import loss
import pcapfile
import secretfile

TOLD = ("tasks_decrypted", "commands_decrypted")
OPENED = TOLD + ("logons_opened", "rpc_opened", "rpc_signatures_good", "smb3_opened",
                 "winrm_opened", "tls_opened")
KERBEROS = bytes.fromhex("06092a864886f712010202")      # its OID
CUT = {     # logons are cut out of these
    "01_atexec_old_curl", "02_krb_privacy_aes256_imp", "02_krb_privacy_rc4ticket_aessubkey_win",
    "02_krb_spnego_privacy_aes256_samba", "02_tcp_privacy_samba_ntlm", "03_krb_atexec_k_old",
    "03_krb_files_enc311", "03_smbd_atexec_enc300", "03_smbd_atexec_enc_required",
    "03_smbd_atexec_nt1", "03_smbd_files_enc311_gcm256", "04_at_smb2_sealed",
    "07_np_samba_smb311_seal_spnego"}


def replay(schedwire, *options):
    return subprocess.run([schedwire, "-o", "-", *options], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=300, check=False)


def counters(run):
    for line in run.stdout.splitlines():
        event = json.loads(line)
        if event["event_type"] == "stats":
            return event["stats"]["schedwire"]
    return {}


def records(run):
    return [x for x in run.stdout.splitlines() if b'"event_type":"stats"' not in x]


def passwords_alone(schedwire, capture, private, path):
    """The KDC's answers in the capture must be as good as the service's key."""
    with open(path, encoding="utf-8") as f:
        kept = [x for x in f if not x.startswith("keytab")]
    whole = records(replay(schedwire, "-r", capture, "-S", private.copy(path)))
    few = private.write("few", "".join(kept).encode())
    got = records(replay(schedwire, "-r", capture, "-S", few))
    return [] if got == whole and whole else ["other records than with the keytab"]


# ---- Secrets: other ones, and how they would look if they got out ----

def keytab_keys(data):
    """Where the keys of a keytab are: MIT's version 2, big-endian."""
    at = 2
    while at + 4 <= len(data):
        size = struct.unpack_from(">i", data, at)[0]
        at += 4
        if size <= 0:
            at -= size
            continue
        end, here = at + size, at
        names = struct.unpack_from(">H", data, here)[0] + 1     # and the realm
        here += 2
        for _ in range(names):
            here += 2 + struct.unpack_from(">H", data, here)[0]
        here += 4 + 4 + 1 + 2           # name type, time, version, key type
        length = struct.unpack_from(">H", data, here)[0]
        yield here + 2, length
        at = end


def flipped(data):
    out = bytearray(data)
    for at, length in keytab_keys(data):
        for n in range(at, at + length):
            out[n] ^= 0x55
    return bytes(out)


def wrong_copy(path, private):
    """A copy in which every secret is another."""
    lines = []
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for entry in secretfile.entries(text):
        if entry[0] == "password":
            entry[2] += "x"
        elif entry[0] == "keytab":
            with open(os.path.join(os.path.dirname(path), entry[1]), "rb") as f:
                private.write(entry[1], flipped(f.read()))
        elif entry[0] == "keylog":
            private.write(entry[1], b"")
        else:
            entry[2] = bytes(b ^ 0x55 for b in bytes.fromhex(entry[2])).hex()
        lines.append("\t".join(entry) + "\n")
    return private.write(path, "".join(lines).encode())


def md4(data):
    """RFC 1320: OpenSSL has lost it."""
    def turn(v, n):
        return (v << n | v >> (32 - n)) & 0xffffffff

    rounds = (
        (lambda x, y, z: x & y | ~x & z, 0, range(16), (3, 7, 11, 19)),
        (lambda x, y, z: x & y | x & z | y & z, 0x5a827999,
         [i % 4 * 4 + i // 4 for i in range(16)], (3, 5, 9, 13)),
        (lambda x, y, z: x ^ y ^ z, 0x6ed9eba1,
         (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15), (3, 9, 11, 15)))
    state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
    padded = data + b"\x80" + bytes(-(len(data) + 9) % 64) + struct.pack("<Q", len(data) * 8)
    for at in range(0, len(padded), 64):
        words = struct.unpack_from("<16I", padded, at)
        a, b, c, d = state
        for mix, constant, order, shifts in rounds:
            for n, k in enumerate(order):
                a = turn((a + mix(b, c, d) + words[k] + constant) & 0xffffffff, shifts[n % 4])
                a, b, c, d = d, a, b, c
        state = [(x + y) & 0xffffffff for x, y in zip(state, (a, b, c, d))]
    return struct.pack("<4I", *state)


def shapes(secret):
    """Bytes as they are, in hexadecimal, and in base64 wherever they begin."""
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    for shift in range(3):
        text = base64.b64encode(bytes(shift) + secret).rstrip(b"=")
        yield text[-(-shift * 8 // 6):len(text) - 1]


def needles(path):
    """Everything that must never be seen, by what it is."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for kind, name, *rest in secretfile.entries(text):
        if kind == "password":
            yield "the password of " + name, rest[0].encode()
            yield "the password of " + name, rest[0].encode("utf-16-le")
            yield "the NT hash of " + name, md4(rest[0].encode("utf-16-le"))
        elif kind == "keytab":
            with open(os.path.join(os.path.dirname(path), name), "rb") as f:
                data = f.read()
            for at, length in keytab_keys(data):
                yield "a key of " + name, data[at:at + length]
        elif kind in ("nthash", "smbkey"):
            yield "the %s of %s" % (kind, name), bytes.fromhex(rest[0])


def leaks(path, *texts):
    return ["%s is told: %.40s" % (what, shape) for what, secret in needles(path)
            for shape in shapes(secret) for text in texts if shape in text]


# ---- The checks; each returns what is wrong ----

def opens(schedwire, capture, secrets):
    """What is opened, the counters and the table agree."""
    run = replay(schedwire, "-r", capture, "-S", secrets, "--stats", "--check-secrets")
    table = run.stderr.decode(errors="replace")
    told = sum(b'"visibility":"decrypted"' in x and b'"event_type":"alert"' not in x
               for x in records(run))
    wrong = []
    if run.returncode != 0:
        return [table]
    counted = sum(counters(run).get(x, 0) for x in TOLD)
    if told != counted:
        wrong.append("%d decrypted events, counted %d" % (told, counted))
    if (told > 0 or counters(run).get("logons_opened", 0) > 0) and "  opened with " not in table:
        wrong.append("not in the table: " + table)
    if counters(run).get("unseal_bad", 0) != 0:
        wrong.append("%d messages fail their check" % counters(run)["unseal_bad"])
    return wrong


def wrong_secrets(schedwire, capture, private, path):
    """Other secrets: as without any, and the counters say why."""
    right = counters(replay(schedwire, "-r", capture, "-S", private.copy(path), "--stats"))
    secrets = wrong_copy(path, private)
    without = replay(schedwire, "-r", capture, "--anomalies")
    run = replay(schedwire, "-r", capture, "--anomalies", "--stats", "--check-secrets",
                 "-S", secrets)
    wrong = []
    if records(run) != records(without):
        wrong.append("not the same events as without secrets")
        wrong += [x.decode()[:300] for x in records(run) if x not in records(without)][:3]
    for name in OPENED:
        if counters(run).get(name, 0) != 0:
            wrong.append("%s is %d" % (name, counters(run)[name]))
    # Inside TLS that stays closed no logon is seen.
    if right.get("logons_opened", 0) > 0 and right.get("tls_opened", 0) == 0 and counters(
            run).get("logons_wrong_secret", 0) == 0:
        wrong.append("no logon with a wrong secret is counted: %s" % {
            k: v for k, v in counters(run).items() if k.startswith("logons")})
    if b"  opened with " in run.stderr:
        wrong.append("the table says that it was opened: " + run.stderr.decode())
    return wrong


def cuts(frames):
    """Captures that lack part of a logon: (what, frames)."""
    def lacking(test):
        return [f for f in frames if not test(f.data)]

    def of_kdc(data):
        s = pcapfile.segment(pcapfile.Frame(0, 0, 0, data))
        return s is not None and 88 in (s.sport, s.dport)

    for n, name in enumerate(("NEGOTIATE", "CHALLENGE", "AUTHENTICATE"), 1):
        yield name, lacking(lambda d, n=n: b"NTLMSSP\0" + bytes([n]) in d)
    yield "NTLM", lacking(lambda d: b"NTLMSSP\0" in d)
    yield "KDC", lacking(of_kdc)
    yield "Kerberos tokens", lacking(lambda d: KERBEROS in d)
    for n in range(1, len(frames), max(1, len(frames) // 16)):
        yield "the first %d packets" % n, frames[n:]


def missing_logon(schedwire, capture, secrets):
    """Less, never other."""
    header, frames = pcapfile.load(capture)
    whole = loss.facts(schedwire, pcapfile.dump(header, frames), ["-S", secrets])
    wrong = []
    for what, rest in cuts(frames):
        if len(rest) == len(frames):
            continue
        event = loss.invented(loss.facts(schedwire, pcapfile.dump(header, rest),
                                         ["-S", secrets]), whole)
        if event is not None:
            wrong.append("without %s: %s" % (what, json.dumps(event)[:300]))
    return wrong


def hygiene(schedwire, capture, secrets):
    """No key in what is written."""
    run = replay(schedwire, "-r", capture, "-S", secrets, "--stats", "--check-secrets",
                 "--anomalies")
    return leaks(secrets, run.stdout, run.stderr)


def haystack(schedwire, captures, files, private):
    """All secrets in one file open each capture as its own do."""
    lines, logs, wrong = [], [], []
    for path in files:
        private.copy(path)
        with open(path, encoding="utf-8") as f:
            for line in f:
                if line.startswith("keylog"):       # there can be one
                    with open(path[:-len(".secrets")] + ".keylog", "rb") as log:
                        logs.append(log.read())
                else:
                    lines.append(line)
    if logs:
        private.write("all.keylog", b"\n".join(logs))
        lines.append("keylog all.keylog\n")
    everything = private.write("everything", "".join(lines).encode())
    for capture, path in zip(captures, files):
        mine = replay(schedwire, "-r", capture, "-S", private.copy(path))
        if replay(schedwire, "-r", capture, "-S", everything).stdout != mine.stdout:
            wrong.append(capture)
    return wrong


# A line that is wrong, and what of it may not be repeated.
BAD_LINES = (
    (b"passwrd CORP\\alice Secret-Word-1", b"Secret-Word-1"),
    (b"Secret-Word-1", b"Secret-Word-1"),
    (b"password Secret-Word-1", b"Secret-Word-1"),
    (b"nthash CORP\\alice 8846f7eaee8fb117ad06bdd830b7586", b"8846f7ea"),
    (b"nthash CORP\\alice Secret-Word-1", b"Secret-Word-1"),
    (b"nthash CORP\\alice 8846f7eaee8fb117ad06bdd830b7586cff", b"8846f7ea"),
    (b"smbkey 0x1 0123456789abcdef0123456789abcdeg", b"0123456789abcdef"),
    (b"smbkey Secret-Word-1 0123456789abcdef0123456789abcdef", b"0123456789abcdef"),
    (b"smbkey 0x1", b"\0\0"),
    (b"password CORP\\alice", b"\0\0"),
    (b"password", b"\0\0"),
    (b"keytab nowhere.keytab", b"\0\0"),
    (b"password\tCORP\\alice\tSecret-Word-1\xff\xfe", b"Secret-Word-1"),
    (b"password CORP\\alice Secret\0Word-1", b"Word-1"),
    (b"\x1b[2Jpassword CORP\\alice Secret-Word-1", b"Secret-Word-1"),
)


def one_line(run, *named):
    """An operator's error: status 1, nothing written, one line that names."""
    text = run.stderr.decode(errors="replace")
    wrong = []
    if run.returncode != 1 or run.stdout:
        wrong.append("exit status %d, %d bytes of output" % (run.returncode, len(run.stdout)))
    if text.count("\n") != 1 or any(ord(c) < 32 for c in text[:-1]):
        wrong.append("not one line: %r" % text)
    return wrong + ["%r does not name %r" % (text, n) for n in named if n not in text]


def bad_files(schedwire, capture, private):
    wrong = []
    for line, never in BAD_LINES:
        path = private.write("bad", b"# a comment\npassword CORP\\bob Good-Word-2\n" + line + b"\n")
        run = replay(schedwire, "-r", capture, "-S", path)
        faults = one_line(run, "bad", "3")
        if never in run.stderr or b"Good-Word-2" in run.stderr:
            faults.append("tells what is secret: %r" % run.stderr)
        wrong += ["%r: %s" % (line, f) for f in faults]
    return wrong


def bad_keytabs(schedwire, capture, secrets, private):
    """Keytabs that are cut or none at all: refused, or as far as they go."""
    with open(secrets, encoding="utf-8") as f:
        name = next(e[1] for e in secretfile.entries(f.read()) if e[0] == "keytab")
    with open(os.path.join(os.path.dirname(secrets), name), "rb") as f:
        whole = f.read()
    wrong = []
    for what, data in (("empty", b""), ("no keytab", b"[libdefaults]\n"),
                       ("cut", whole[:-3]), ("cut early", whole[:20]),
                       ("a size too large", whole[:2] + b"\x7f\xff\xff\xff" + whole[6:])):
        private.write(name, data)
        run = replay(schedwire, "-r", capture, "-S", secrets)
        wrong += ["%s: %s" % (what, f) for f in one_line(run, name)]
        private.write(name, whole)
        wrong += leaks(secrets, run.stdout, run.stderr)
    return wrong


def modes(schedwire, capture, path, private):
    """The secrets file must be the owner's alone; of what it names one is warned."""
    wrong = []
    secrets = private.copy(path)
    right = replay(schedwire, "-r", capture, "-S", secrets)
    for mode in (0o640, 0o604, 0o644, 0o620, 0o610):
        os.chmod(secrets, mode)
        run = replay(schedwire, "-r", capture, "-S", secrets)
        wrong += ["mode %o: %s" % (mode, f) for f in one_line(run, secrets, "chmod")]
        wrong += leaks(path, run.stdout, run.stderr)
    os.chmod(secrets, 0o400)
    if replay(schedwire, "-r", capture, "-S", secrets).stdout != right.stdout:
        wrong.append("mode 400 is refused")
    with open(path, encoding="utf-8") as f:
        name = next(e[1] for e in secretfile.entries(f.read()) if e[0] == "keytab")
    os.chmod(os.path.join(private.folder, name), 0o644)
    run = replay(schedwire, "-r", capture, "-S", secrets)
    if run.returncode != 0 or run.stdout != right.stdout:
        wrong.append("a keytab that others can read is refused")
    if name.encode() not in run.stderr or name.encode() in right.stderr:
        wrong.append("no warning of a keytab that others can read: %r" % run.stderr)
    return wrong


def no_trace(schedwire, capture, secrets, private):
    """Errors of an operator leave no output; secrets are never overwritten."""
    out = os.path.join(private.folder, "out.json")
    with open(secrets, "rb") as f:
        before = f.read()
    wrong = []
    for named, to in ((out + ".none", out), (private.folder, out), (secrets, secrets)):
        run = subprocess.run([schedwire, "-r", capture, "-S", named, "-o", to],
                             capture_output=True, check=False)
        wrong += one_line(run, named)
    if os.path.exists(out):
        wrong.append("output was made")
    with open(secrets, "rb") as f:
        if f.read() != before:
            wrong.append("the secrets are gone")
    return wrong


def no_core(schedwire, capture, secrets, private):
    """While it runs: no core, and a region that is left out of one."""
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    with open(capture, "rb") as f:
        raw = f.read()
    run = subprocess.Popen(
        [os.path.abspath(schedwire), "-r", "-", "-S", secrets, "-o", "-"], cwd=private.folder,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (hard, hard)))
    wrong = []
    try:
        run.stdin.write(raw[:-1])
        run.stdin.flush()
        run.stdout.readline()           # it is under way
        with open("/proc/%d/limits" % run.pid, encoding="ascii") as f:
            limit = next(x for x in f if x.startswith("Max core file size")).split()
        if limit[4:6] != ["0", "0"]:
            wrong.append("a core may be %s" % limit[4])
        try:
            with open("/proc/%d/smaps" % run.pid, encoding="utf-8") as f:
                flags = [x.split()[1:] for x in f if x.startswith("VmFlags")]
            if not any("dd" in x for x in flags):
                wrong.append("no memory is left out of a core")
        except PermissionError:
            pass                        # not root: then this is as it should be
    finally:
        run.send_signal(signal.SIGABRT)
        run.communicate()
    if run.returncode != -signal.SIGABRT:
        wrong.append("exit status %d" % run.returncode)
    time.sleep(0.1)
    wrong += ["there is a " + x for x in os.listdir(private.folder) if x.startswith("core")]
    return wrong


class Tap:
    def __init__(self):
        self.n = self.bad = 0

    def say(self, what, wrong):
        self.n += 1
        self.bad += bool(wrong)
        print("%s %d - %s" % ("not ok" if wrong else "ok", self.n, what))
        for line in "\n".join(wrong).splitlines()[:20]:
            print("#   " + line[:500])
        sys.stdout.flush()


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    schedwire, files = sys.argv[1], sys.argv[2:]
    if not secretfile.built_in(schedwire):
        print("1..0 # SKIP built without secrets")
        return 0
    captures = [x.replace(".secrets", ".pcap") for x in files]
    tap = Tap()
    for capture, path in zip(captures, files):
        name = os.path.basename(path)[:-len(".secrets")]
        with secretfile.Private() as private:
            secrets = private.copy(path)
            tap.say(name + ": what is opened is counted", opens(schedwire, capture, secrets))
            tap.say(name + ": no key is told", hygiene(schedwire, capture, secrets))
            if name in CUT:
                tap.say(name + ": a logon that was missed",
                        missing_logon(schedwire, capture, secrets))
            tap.say(name + ": wrong secrets", wrong_secrets(schedwire, capture, private, path))
            if os.path.exists(path[:-len(".secrets")] + ".keytab"):
                tap.say(name + ": passwords alone",
                        passwords_alone(schedwire, capture, private, path))
    kerberos = next(x for x in files if "02_krb_privacy_aes256_imp" in x)
    capture = kerberos.replace(".secrets", ".pcap")
    with secretfile.Private() as private:
        tap.say("all secrets at once", haystack(schedwire, captures, files, private))
    with secretfile.Private() as private:
        tap.say("lines that are wrong", bad_files(schedwire, capture, private))
        tap.say("modes", modes(schedwire, capture, kerberos, private))
    with secretfile.Private() as private:
        secrets = private.copy(kerberos)
        tap.say("keytabs that are broken", bad_keytabs(schedwire, capture, secrets, private))
        tap.say("no trace of a start that failed", no_trace(schedwire, capture, secrets, private))
        tap.say("no core", no_core(schedwire, capture, secrets, private))
    print("1..%d" % tap.n)
    return tap.bad != 0


if __name__ == "__main__":
    sys.exit(main())
