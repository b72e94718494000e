#!/usr/bin/env python3
"""Compare what schedwire says of captures with what is known to be in them.

usage: truth.py SCHEDWIRE lab DIR       every DIR/NAME.pcap has a NAME.truth.json
       truth.py SCHEDWIRE public DIR    DIR/INDEX.tsv lists files; few have a truth

Prints TAP.  A truth file's rules are in pcaps/README.md.
"""
import csv
import glob
import gzip
import json
import os
import subprocess
import sys
import tempfile

import secretfile

# Of these the truth lists all; of the others, those that matter.
EXACT = {"create", "update", "validate", "delete", "run", "stop", "enable",
         "disable", "rename", "set_account", "set_security"}
OURS = ("ATSvc", "ITaskSchedulerService", "SASec")
TIMEOUT = 120


class Broken(Exception):
    """The program did what it must not do on any input."""


def replay(schedwire, path, *options):
    """Returns the records of one capture and whether it could be opened."""
    data = None
    name = path
    if path.endswith(".gz"):
        with gzip.open(path) as f:
            data = f.read()
        name = "-"
    try:
        run = subprocess.run([schedwire, "-r", name, "-o", "-", *options],
                             input=data, capture_output=True, timeout=TIMEOUT,
                             stdin=subprocess.DEVNULL if data is None else None)
    except subprocess.TimeoutExpired:
        raise Broken("did not end")
    message = run.stderr.decode(errors="replace")
    if run.returncode not in (0, 1):
        raise Broken("exit status %d: %s" % (run.returncode, message[-2000:]))
    lines = run.stdout.splitlines(keepends=True)
    if lines and not lines[-1].endswith(b"\n"):
        raise Broken("the last line is cut")
    return lines, run.returncode == 0, message


def squeeze(text):
    return " ".join(text.split())


def agrees(key, want, got, lenient=False):
    """Has a field the wanted value?  Objects may say more than is wanted, and
    less where packets are missing."""
    if lenient and got is None:
        return True
    if key == "name":
        return isinstance(got, str) and want.lstrip("\\") == got.lstrip("\\")
    if key == "command_line":
        return isinstance(got, str) and squeeze(want) == squeeze(got)
    if isinstance(want, dict):
        return isinstance(got, dict) and all(
            agrees(k, v, got.get(k), lenient) for k, v in want.items())
    if isinstance(want, list):
        return isinstance(got, list) and all(
            agrees("", w, g, lenient) for w, g in zip(want, got)) and (
                len(got) == len(want) or lenient and len(got) < len(want))
    return want == got


def fits(want, event, visibility, lenient=False):
    """Is this event the wanted one?"""
    task = event["task"]
    for key, value in want.items():
        if key == "file":
            continue
        if key == "interface":
            got = event.get("dcerpc", {}).get("interface")
        elif key == "opnum":
            got = event.get("dcerpc", {}).get("req", {}).get("opnum")
        else:
            got = task.get(key)
        if not agrees(key, value, got, lenient):
            return False
    return visibility is None or task.get("visibility") == visibility


def text_of(command):
    return command.get("command_line", command.get("script"))


def brief(event):
    what = event.get("task") or event.get("command") or event
    said = {k: what[k] for k in ("action", "name", "kind", "route", "visibility", "stub_size")
            if k in what}
    lines = [a["command_line"] for a in what.get("actions", []) if "command_line" in a]
    lines += [text_of(what)] if text_of(what) is not None else []
    return json.dumps(said) + "".join(" " + x[:80] for x in lines)


def subsequence(items, among, same):
    """For each item the one of among that it is, in order; None if there is none."""
    found, at = [], 0
    for item in items:
        while at < len(among) and not same(item, among[at]):
            at += 1
        if at == len(among):
            return found, item
        found.append(among[at])
        at += 1
    return found, None


def check_tasks(expect, events, lenient):
    """Returns what is wrong."""
    wanted = expect["task"]
    visibility = expect.get("visibility")
    exact = [e for e in events if e["task"].get("action") in EXACT]
    if lenient:
        said, odd = subsequence(exact, wanted, lambda e, w: fits(w, e, visibility, True))
        if odd is not None:
            return ["not true, said too often or out of order: " + brief(odd)]
        return []
    if not wanted:
        return ["there is none, but: " + brief(e) for e in events]
    found, missing = subsequence(wanted, events, lambda w, e: fits(w, e, visibility))
    if missing is not None:
        return ["missing, not as it should be or out of order: " + brief(missing)] + [
            "  said: " + brief(e) for e in events]
    if expect.get("count") == "any":
        return []
    return ["one too many: " + brief(e) for e in exact
            if not any(e is f for f in found)]


def says(want, event, visibility):
    """Is this event the wanted command?  Of a script the lines are compared."""
    command = event["command"]
    text = squeeze(text_of(command) or "")
    if visibility is not None and command.get("visibility") != visibility:
        return False
    if any(command.get(k) != want[k] for k in ("kind", "service_name") if k in want):
        return False
    if not text.startswith(squeeze(want.get("starts_with", ""))):
        return False
    if "script" in command:
        return all(squeeze(x) in text for x in want.get("text", "").splitlines())
    return "text" not in want or text == squeeze(want["text"])


def check_commands(expect, events, lenient):
    """Returns what is wrong."""
    wanted = expect["command"]
    texts = [e for e in events if text_of(e["command"]) is not None]
    if wanted == "sealed":
        sealed = any(e["command"]["visibility"] == "sealed" for e in events)
        return ["has a text: " + brief(e) for e in texts] + (
            [] if sealed or lenient else ["no sealed command"])

    def same(want, event):
        return says(want, event, expect.get("visibility"))

    if lenient:
        _, odd = subsequence(texts, wanted, lambda e, w: same(w, e))
        return [] if odd is None else ["not true, or out of order: " + brief(odd)]
    found, missing = subsequence(wanted, events, same)
    if missing is not None:
        return ["missing, not as it should be or out of order: %s" % missing] + [
            "  said: " + brief(e) for e in events]
    return ["one too many: " + brief(e) for e in texts if not any(e is f for f in found)]


def strings(value):
    """All texts in a record."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [x for v in value for x in strings(v)]
    return [value] if isinstance(value, str) else []


def check_needles(truth, events):
    """What must stand somewhere in the records, and the tasks that commands make."""
    texts = [squeeze(x) for e in events for x in strings(e)]
    names = {e["task"].get("name", "").rsplit("\\", 1)[-1] for e in events
             if e.get("task", {}).get("route") in ("winrm", "service")}
    # Tasks that a service's command makes are not told yet.
    services = any(e.get("command", {}).get("route") == "service" for e in events)
    return ["nowhere: " + x for x in truth.get("needles", [])
            if not any(squeeze(x) in t for t in texts)] + [
                "no task of a command: " + x for x in truth.get("task_names", [])
                if x.rsplit("\\", 1)[-1] not in names and not services]


def is_labelled(event, label):
    """By what it runs, else by the last element of its name."""
    task = event.get("task", {})
    line = squeeze((label.get("command", "") + " " + label.get("arguments", "")).strip())
    if line:
        return any(squeeze(a.get("command_line", "")) == line for a in task.get("actions", []))
    return task.get("name", "").rsplit("\\", 1)[-1] == label["path"].rsplit("\\", 1)[-1]


def check_labels(truth, records):
    """What is known to be malicious is an alert, what is benign is none, wherever
    the task can be read."""
    wrong = []
    for label in truth.get("labels", []):
        told = [r for r in records if is_labelled(r, label) and (
            r["task"].get("visibility") != "sealed")]
        alerts = [r for r in told if r["event_type"] == "alert"]
        made = [r for r in told if r["event_type"] == "task" and (
            r["task"]["action"] in ("create", "update"))]
        if label["label"] == "malicious" and made and not alerts:
            wrong += ["no alert: " + brief(made[0])]
        if label["label"] == "benign" and alerts:
            wrong += ["an alert: %s: %s" % (brief(alerts[0]), alerts[0]["detection"])]
    return wrong


def check_detection(records):
    """Every task that is made and every command is judged."""
    return ["not judged: " + brief(r) for r in records
            if "detection" not in r and (r["event_type"] == "command" or (
                r["event_type"] == "task" and r["task"]["action"] in ("create", "update")))]


def shut(event):
    """Is the logon inside what nobody opened?"""
    return event.get("command", {}).get("visibility") == "sealed" and event.get(
        "winrm", {}).get("encryption") in ("tls", "credssp")


def check_logon(truth, events, lenient, keyed):
    """auth.user must be the caller wherever the logon can be read: NTLM's
    always, Kerberos' with a key."""
    wrong = []
    user, domain = truth.get("user"), truth.get("domain")
    if user is None:
        return wrong
    for e in events:
        auth = e.get("auth", {})
        kerberos, ntlm = (auth.get("mechanism") == x for x in ("kerberos", "ntlm"))
        if "user" in auth:
            if auth["user"] != user:
                wrong.append("auth.user is %s, not %s" % (auth["user"], user))
            elif domain is not None and ntlm and auth.get("domain") != domain:
                wrong.append("auth.domain is %s, not %s" % (auth.get("domain"), domain))
        elif not lenient and (keyed or not kerberos):
            wrong.append("no auth.user, not even %s: %s" % (user, brief(e)))
    return wrong


def secrets_of(truth, path, private):
    """A capture's secrets file, ready for use; None if it has none."""
    if "secrets" in truth:
        return private.write("secrets", "".join(x + "\n" for x in truth["secrets"]).encode())
    if os.path.exists(secretfile.beside(path)):
        return private.copy(secretfile.beside(path))
    return None


def runs(truth, secrets, able):
    """The replays of a capture: what they are called, their options, and the
    lists of events that each must report.  able: the program has secrets."""
    without, opened = ([x] if isinstance(x.get("task"), list) or "command" in x else []
                       for x in (truth.get("without_secrets", {}), truth.get("opened", {})))
    if secrets is not None:
        yield "without secrets", [], without
        if able:
            yield "opened", ["-S", secrets], opened
    else:
        yield "without secrets", [], without + [
            x for x in opened if x.get("visibility") != "decrypted"]


def check(truth, expect, lines, keyed):
    """Returns what is wrong."""
    records = [json.loads(x) for x in lines]
    events = [e for e in records if e["event_type"] in ("task", "command")]
    lenient = "lenient" in truth
    wrong = check_logon(truth, [e for e in events if not shut(e)], lenient, keyed)
    if isinstance(expect.get("task"), list):
        wrong += check_tasks(expect, [e for e in events if "task" in e], lenient)
    if "command" in expect:
        wrong += check_commands(expect, [e for e in events if "command" in e], lenient)
    if expect is truth.get("opened") and not lenient:
        wrong += check_needles(truth, events)
    wrong += check_labels(truth, records) + check_detection(records)
    return wrong


class Tap:
    def __init__(self):
        self.n = self.bad = 0

    def say(self, what, wrong):
        self.n += 1
        if wrong:
            self.bad += 1
            print("not ok %d - %s" % (self.n, what))
            for line in "\n".join(wrong).splitlines()[:40]:
                print("#   " + line[:400])
        else:
            print("ok %d - %s" % (self.n, what))
        sys.stdout.flush()

    def skip(self, what, why):
        self.n += 1
        print("ok %d - %s # SKIP %s" % (self.n, what, why))


def replays(schedwire, path, truth, private, keep):
    """Each replay of a capture: its name, its records, what it said when it
    was refused, what is wrong with the records."""
    for what, options, expected in runs(truth, secrets_of(truth, path, private),
                                        secretfile.built_in(schedwire)):
        lines, opened, message = replay(schedwire, path, "--anomalies", *options)
        keep.writelines(lines)
        yield what, lines, None if opened else message, [
            "%s: %s" % (what, x) for expect in expected
            for x in check(truth, expect, lines, options != [])]


def lab(schedwire, folder, tap, keep):
    for path in sorted(glob.glob(os.path.join(folder, "*.pcap"))):
        name = os.path.basename(path)
        later = name.startswith("05_winreg")
        with open(path.rsplit(".", 1)[0] + ".truth.json") as f:
            truth = json.load(f)
        wrong = []
        try:
            with secretfile.Private() as private:
                for what, _, refused, faults in replays(schedwire, path, truth, private, keep):
                    if refused is not None:
                        wrong.append("%s: %s" % (what, refused))
                    if not later:
                        wrong += faults
        except Broken as e:
            wrong.append(str(e))
        if later and not wrong:
            tap.skip(name, "a route that is not seen yet")
        else:
            tap.say(name, wrong)


def public(schedwire, folder, tap, keep):
    """Every file, whatever it holds: no crash, and no task where none is known."""
    with open(os.path.join(folder, "INDEX.tsv"), newline="") as f:
        rows = list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        name = row["file"]
        path = os.path.join(folder, name)
        bare = name[:-3] if name.endswith(".gz") else name
        if not bare.endswith((".pcap", ".pcapng", ".cap")) or not os.path.exists(path):
            continue
        truth = {}
        if os.path.exists(path + ".truth.json"):
            with open(path + ".truth.json") as f:
                truth = json.load(f)
        silent = "task" not in truth.get("without_secrets", {}) and not any(
            i in (row["dcerpc_interfaces"] or "") for i in OURS)
        remote = any("winrm" in k and row[k] not in ("", "0") for k in row)
        services = "svcctl" in (row["dcerpc_interfaces"] or "")
        wrong = []
        try:
            with secretfile.Private() as private:
                for _, lines, refused, faults in replays(schedwire, path, truth, private, keep):
                    wrong += faults
                    if refused is not None and not refused.strip():
                        wrong.append("refused without a word")
                    if silent:
                        wrong += ["invented: " + brief(e) for e in map(json.loads, lines)
                                  if e["event_type"] not in ("anomaly", "stats")
                                  and not (remote and "http" in e)
                                  and not (services and "command" in e)]
        except Broken as e:
            wrong.append(str(e))
        tap.say(name, wrong)


def main():
    if len(sys.argv) != 4 or sys.argv[2] not in ("lab", "public"):
        sys.exit(__doc__)
    schedwire, kind, folder = sys.argv[1:]
    checker = os.path.join(os.path.dirname(os.path.abspath(__file__)), "schema-check.py")
    tap = Tap()
    with tempfile.NamedTemporaryFile("wb", suffix=".jsonl") as keep:
        {"lab": lab, "public": public}[kind](schedwire, folder, tap, keep)
        keep.flush()
        run = subprocess.run([sys.executable, checker, keep.name],
                             capture_output=True, text=True, check=False)
        wrong = [x for x in run.stdout.splitlines() if not x.startswith("ok ")]
        tap.say("every record is as the schema says",
                wrong + [run.stderr] if run.returncode != 0 else [])
    print("1..%d" % tap.n)
    sys.exit(tap.bad != 0)


if __name__ == "__main__":
    main()
