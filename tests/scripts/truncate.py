#!/usr/bin/env python3
"""A capture that ends early says what was complete, and nothing that is not so.

usage: truncate.py SCHEDWIRE CAPTURE... [--opened CAPTURE...]

Prints TAP.  Each capture is cut after a number of bytes, and its frames at a
number of lengths.  Small ones are cut at every byte.  Those behind --opened
are read with their secrets.
"""
import json
import os
import random
import subprocess
import sys

import pcapfile
import secretfile

EVERY_BYTE = 1500       # captures up to this size
CUTS = 40               # places in larger ones
SNAPLENS = (0, 1, 13, 14, 33, 34, 53, 54, 66, 67, 70, 80, 96, 128, 200, 262, 400, 1000)


def replay(schedwire, raw, options):
    """Returns (exit status, task events, message)."""
    run = subprocess.run([schedwire, "-r", "-", "-o", "-", *options], input=raw,
                         capture_output=True, timeout=300, check=False)
    lines = [json.loads(x) for x in run.stdout.splitlines()]
    return run.returncode, [e for e in lines if e["event_type"] == "task"], \
        run.stderr.decode(errors="replace")


def identity(event):
    """What a call is known by, whether or not its answer came."""
    return (event["task"].get("action"), event["task"].get("route"), event["src_port"],
            event.get("dcerpc", {}).get("call_id"))


def cut_at(schedwire, raw, options, n, whole, packets, lossy):
    """What is wrong with the replay of the first n bytes?"""
    status, events, message = replay(schedwire, raw[:n], options)
    if n < 24:
        return [] if status == 1 and not events else ["exit status %d, %s" % (status, events)]
    if status != 0:
        return ["exit status %d: %s" % (status, message[-1000:])]
    if lossy:
        return []
    due = [e for e in whole if e["pcap_cnt"] <= packets]
    later = [identity(e) for e in whole if e["pcap_cnt"] > packets]
    for e in due:
        if e not in events:
            return ["not told any more: %.300s" % json.dumps(e)]
    for e in events:
        if e in due:
            continue
        if identity(e) not in later:
            return ["invented: %.300s" % json.dumps(e)]
        later.remove(identity(e))
    return []


def snapped(schedwire, header, frames, options, snaplen):
    """Frames cut short: nothing to compare, but nothing may break either."""
    short = [pcapfile.Frame(f.sec, f.frac, f.wire, f.data[:snaplen]) for f in frames]
    status, _, message = replay(schedwire, pcapfile.dump(header, short), options)
    return [] if status == 0 else ["exit status %d: %s" % (status, message[-1000:])]


def places(raw, ends):
    if len(raw) <= EVERY_BYTE:
        return range(len(raw) + 1)
    rng = random.Random(1053)
    some = {0, 1, 23, 24, 25, 39, 40, len(raw) - 1, len(raw)}
    some.update(rng.sample(ends, min(CUTS // 2, len(ends))))
    some.update(rng.randrange(24, len(raw)) for _ in range(CUTS // 2))
    return sorted(some)


def check(schedwire, path, options):
    """Returns what is wrong, by the kind of cut."""
    with open(path, "rb") as f:
        raw = f.read()
    name = " ".join([os.path.basename(path), *options[:1]])
    with open(path.rsplit(".", 1)[0] + ".truth.json") as f:
        truth = json.load(f)
    lossy = "lenient" in truth or "_loss" in name or "_oneway_" in name
    header, frames = pcapfile.parse(raw)
    ends = pcapfile.ends(raw)
    status, whole, message = replay(schedwire, raw, options)
    if status != 0:
        yield name, [message]
        return
    wrong, packets = [], 0
    for at in places(raw, ends):
        while packets < len(ends) and ends[packets] <= at:
            packets += 1
        wrong += ["at byte %d: %s" % (at, w)
                  for w in cut_at(schedwire, raw, options, at, whole, packets, lossy)]
    yield name + " cut short", wrong
    yield name + " frames cut", ["at %d: %s" % (s, w) for s in SNAPLENS
                                 for w in snapped(schedwire, header, frames, options, s)]


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    schedwire, n, bad = sys.argv[1], 0, 0
    with secretfile.Private() as private:
        for path, options in private.captures(schedwire, sys.argv[2:]):
            for what, wrong in check(schedwire, path, options):
                n += 1
                bad += bool(wrong)
                print("%s %d - %s" % ("not ok" if wrong else "ok", n, what))
                for line in wrong[:5]:
                    print("#   " + line)
                sys.stdout.flush()
    print("1..%d" % n)
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
