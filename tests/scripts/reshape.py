#!/usr/bin/env python3
"""The same bytes in other segments, in another order, or twice: the same events.

usage: reshape.py SCHEDWIRE CAPTURE... [--opened CAPTURE...]
           compares the task events, prints TAP; with the secrets of some
       reshape.py --write WAY FROM TO     writes one reshaped capture
"""
import json
import os
import random
import subprocess
import sys

import pcapfile
import secretfile

PAUSE = 500000          # microseconds
MAX_PACKETS = 60000     # of one cut capture: larger pieces where there would be more


def cut(size):
    def reshape(frames):
        total = sum(len(s.payload) for s in map(pcapfile.segment, frames) if s)
        step = max(size, -(-total // MAX_PACKETS))
        out = []
        for f in frames:
            s = pcapfile.segment(f)
            if s is None or s.flags & pcapfile.SYN or len(s.payload) <= step:
                out.append(f)
                continue
            out += [pcapfile.piece(f, s, n, min(n + step, len(s.payload)))
                    for n in range(0, len(s.payload), step)]
        return out
    return reshape


def bursts(frames):
    """Runs of frames without a pause: nothing is late across a pause, which
    would be a loss to any sensor."""
    run = []
    for f in frames:
        if run and (f.sec - run[-1].sec) * 10**6 + f.frac - run[-1].frac > PAUSE:
            yield run
            run = []
        run.append(f)
    yield run


def on_the_clock(frames, order):
    """The frames in another order; each place keeps its time."""
    return [pcapfile.Frame(at.sec, at.frac, f.wire, f.data)
            for at, f in zip(frames, order)]


def reorder(frames):
    rng = random.Random(1053)
    order = []
    for run in bursts(frames):
        for n in range(0, len(run), 8):
            window = run[n:n + 8]
            rng.shuffle(window)
            order += window
    return on_the_clock(frames, order)


def double(frames):
    return [f for f in frames for _ in (0, 1)]


def server_of(s, servers):
    """Who serves in this segment's connection: known by its first segment."""
    if s.key not in servers:
        answer = s.flags & 0x12 == 0x12 or (
            not s.flags & pcapfile.SYN and s.sport < s.dport)
        servers[s.key] = s.source if answer else (s.dst, s.dport)
    return servers[s.key]


def out_of_step(by):
    """Two taps that do not agree: what the servers send, by frames later."""
    def reshape(frames):
        servers, order = {}, []
        for run in bursts(frames):
            places = []
            for n, f in enumerate(run):
                s = pcapfile.segment(f)
                answer = s is not None and s.source == server_of(s, servers)
                places.append((n + by + 0.5 if answer else n, n))
            order += [run[n] for _, n in sorted(places)]
        return on_the_clock(frames, order)
    return reshape


# name, how, do the events keep their order?
WAYS = (
    ("cut to 1 byte", cut(1), True),
    ("cut to 7 bytes", cut(7), True),
    ("reordered", reorder, False),
    ("doubled", double, True),
    ("answers 3 frames late", out_of_step(3), False),
    ("answers 3 frames early", out_of_step(-3), False),
)


def tasks(schedwire, raw, *options):
    """The tasks and commands of a capture, but for when and where they were seen."""
    run = subprocess.run([schedwire, "-r", "-", "-o", "-", *options], input=raw,
                         capture_output=True, timeout=300, check=False)
    if run.returncode != 0:
        raise RuntimeError("exit status %d: %s" % (
            run.returncode, run.stderr.decode(errors="replace")[-2000:]))
    out = []
    for line in run.stdout.splitlines():
        event = json.loads(line)
        if event["event_type"] not in ("task", "command"):
            continue
        for key in ("timestamp", "pcap_cnt", "pcap_filename", "flow_id"):
            event.pop(key, None)
        event.get("detection", {}).pop("chain", None)   # made of these
        # How much of a long text fits a line depends on the digits of pcap_cnt.
        task = event.get("task", {})
        for key in [k for k in task if k + "_truncated" in task]:
            task[key] = task[key][:1000]
        out.append(json.dumps(event, sort_keys=True))
    return out


def compare(want, got):
    lines = ["%d events, not %d" % (len(got), len(want))] if len(want) != len(got) else []
    for w, g in zip(want, got):
        if w != g:
            at = next((n for n, (a, b) in enumerate(zip(w, g)) if a != b),
                      min(len(w), len(g)))
            at = max(0, at - 60)
            return lines + ["want …" + w[at:at + 200], "got  …" + g[at:at + 200]]
    return lines


def main():
    if len(sys.argv) == 5 and sys.argv[1] == "--write":
        header, frames = pcapfile.load(sys.argv[3])
        how = {name: how for name, how, _ in WAYS}[sys.argv[2]]
        with open(sys.argv[4], "wb") as f:
            f.write(pcapfile.dump(header, how(frames)))
        return 0
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    schedwire, n, bad = sys.argv[1], 0, 0
    with secretfile.Private() as private:
        for path, options in private.captures(schedwire, sys.argv[2:]):
            header, frames = pcapfile.load(path)
            whole = tasks(schedwire, pcapfile.dump(header, frames), *options)
            for name, how, ordered in WAYS:
                n += 1
                what = " ".join([os.path.basename(path), *options[:1], name])
                try:
                    got = tasks(schedwire, pcapfile.dump(header, how(frames)), *options)
                    wrong = compare(whole, got) if ordered else \
                        compare(sorted(whole), sorted(got))
                except (RuntimeError, subprocess.TimeoutExpired) as e:
                    wrong = [str(e)]
                print("%s %d - %s" % ("not ok" if wrong else "ok", n, what))
                for line in "\n".join(wrong).splitlines()[:20]:
                    print("#   " + line)
                bad += bool(wrong)
    print("1..%d" % n)
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
