#!/usr/bin/env python3
"""Any one packet lost, or all before it: what is told may be less, and is never other.

usage: loss.py SCHEDWIRE CAPTURE...    prints TAP
"""
import json
import sys

import pcapfile
import reshape


def facts(schedwire, raw):
    return [json.loads(line) for line in reshape.tasks(schedwire, raw)]


def agrees(less, whole):
    """Is this what is left of that event?"""
    a, b = less["task"], whole["task"]
    if any(a[k] != b[k] for k in ("action", "route", "visibility")):
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


def main():
    schedwire, n, bad = sys.argv[1], 0, 0
    for path in sys.argv[2:]:
        header, frames = pcapfile.load(path)
        whole = facts(schedwire, pcapfile.dump(header, frames))
        if not whole:
            raise SystemExit("%s has no task event: it shows nothing here" % path)
        for what, cut in (("one packet lost", lambda k: frames[:k] + frames[k + 1:]),
                          ("a start in the middle", lambda k: frames[k:])):
            n += 1
            wrong = told = 0
            for k in range(len(frames)):
                got = facts(schedwire, pcapfile.dump(header, cut(k)))
                told += len(got)
                event = invented(got, whole)
                if event is not None:
                    wrong += 1
                    print("# packet %d: %s" % (k + 1, json.dumps(event)[:600]))
            # To say nothing at all would be true as well.
            wrong += told < len(frames) * len(whole) / 4 and what == "one packet lost"
            print("%s %d - %s: %s" % ("not ok" if wrong else "ok", n, path.rsplit("/", 1)[-1], what))
            bad |= bool(wrong)
    print("1..%d" % n)
    return bad


if __name__ == "__main__":
    sys.exit(main())
