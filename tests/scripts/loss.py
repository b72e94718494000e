#!/usr/bin/env python3
"""Any one packet lost, or all before it: what is told may be less, and is never other.

usage: loss.py SCHEDWIRE CAPTURE... [--opened CAPTURE...]

Prints TAP.  Those behind --opened are read with their secrets.
"""
import json
import sys

import pcapfile
import reshape
import secretfile

# What an operation is called whose parameters were not read.
SEALED = {"update": "create", "validate": "create", "disable": "enable"}


def facts(schedwire, raw, options):
    return [json.loads(line) for line in reshape.tasks(schedwire, raw, *options)]


def same_verb(a, b):
    """What was opened in the whole capture may stay sealed in part of it."""
    if a["route"] != b["route"]:
        return False
    if a["visibility"] == "sealed" and b["visibility"] == "decrypted":
        return a["action"] == SEALED.get(b["action"], b["action"])
    return a["action"] == b["action"] and a["visibility"] == b["visibility"]


def is_command(less, whole):
    """A sealed one has no text; else the text is the same, or its beginning."""
    a, b = less["command"], whole["command"]
    if a["visibility"] == "sealed":
        return not {"command_line", "script"} & set(a)
    return (a["visibility"], a["kind"]) == (b["visibility"], b.get("kind")) and all(
        b.get(x, "").startswith(a.get(x, "")) for x in ("command_line", "script")) and (
            a["outcome"] in (b["outcome"], "unknown"))


def agrees(less, whole):
    """Is this what is left of that event?"""
    if less["event_type"] != whole["event_type"]:
        return False
    if less["event_type"] == "command":
        return is_command(less, whole)
    a, b = less["task"], whole["task"]
    if not same_verb(a, b):
        return False
    # Who it was is known, or it is not; it is nobody else.
    if less.get("auth", {}).get("user") not in (None, whole.get("auth", {}).get("user")):
        return False
    if less.get("dcerpc", {}).get("procedure") != whole.get("dcerpc", {}).get("procedure"):
        return False
    if a["outcome"] not in (b["outcome"], "unknown"):
        return False
    if "stub_size" in a and a["stub_size"] != b["stub_size"]:
        return False
    # A file's name is that in the text when where it went was not seen.
    if "name" in a and a["name"] != b.get("name"):
        return False
    mine, theirs = a.get("actions", []), b.get("actions", [])
    return len(mine) <= len(theirs) and all(
        "command_line" not in x or x["command_line"] == y.get("command_line")
        for x, y in zip(mine, theirs))


def invented(got, whole):
    """The first event that no event of the whole capture accounts for."""
    left = list(whole)
    for event in got:
        match = next((w for w in left if agrees(event, w)), None)
        if match is None:
            return event
        left.remove(match)
    return None


def losses(schedwire, path, options):
    """Returns what is wrong, by the kind of loss."""
    header, frames = pcapfile.load(path)
    whole = facts(schedwire, pcapfile.dump(header, frames), options)
    if not whole:
        raise SystemExit("%s has no task event: it shows nothing here" % path)
    for what, cut in (("one packet lost", lambda k: frames[:k] + frames[k + 1:]),
                      ("a start in the middle", lambda k: frames[k:])):
        wrong, told = [], 0
        for k in range(len(frames)):
            got = facts(schedwire, pcapfile.dump(header, cut(k)), options)
            told += len(got)
            event = invented(got, whole)
            if event is not None:
                wrong.append("packet %d: %s" % (k + 1, json.dumps(event)[:600]))
        # To say nothing at all would be true as well.
        if told < len(frames) * len(whole) / 4 and what == "one packet lost":
            wrong.append("only %d events told" % told)
        yield what, wrong


def main():
    schedwire, n, bad = sys.argv[1], 0, 0
    with secretfile.Private() as private:
        for path, options in private.captures(schedwire, sys.argv[2:]):
            name = " ".join([path.rsplit("/", 1)[-1], *options[:1]])
            for what, wrong in losses(schedwire, path, options):
                n += 1
                bad |= bool(wrong)
                for line in wrong:
                    print("# " + line)
                print("%s %d - %s: %s" % ("not ok" if wrong else "ok", n, name, what))
    print("1..%d" % n)
    return bad


if __name__ == "__main__":
    sys.exit(main())
