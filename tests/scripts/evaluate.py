#!/usr/bin/env python3
"""How well does scoring tell malicious command lines from benign ones?

usage: evaluate.py SCHEDWIRE CORPUS [-c FILE] [-m]

CORPUS is a folder with malicious*.tsv and benign*.tsv: source, task name and
command line, with tabs between.  Prints the confusion matrix by tier (the
word before the first "/" or ":" of the source), recall and false-positive rate
of ten folds by source document, and every false positive; -m: every miss too.
Exits with 1 when the targets are missed: recall 0.90 at a false-positive rate
of 0.02 (0.005 among benign tasks), 0.99 of encoded PowerShell.
"""
import collections
import glob
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time

RECALL, FPR, FPR_TASKS, ENCODED = 0.90, 0.02, 0.005, 0.99
FOLDS = 10


def rows(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            if line.startswith("#"):
                continue
            source, name, command = line.rstrip("\n").split("\t", 2)
            if name.startswith("PARENT="):
                name = ""
            yield source, name, command


def score(program, options, lines):
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="utf-8") as f:
        for name, command in lines:
            f.write("%s\t%s\n" % (name, command))
        f.flush()
        began = time.monotonic()
        out = subprocess.run([program, *options, "--score", f.name], check=True,
                             stdout=subprocess.PIPE).stdout
        took = time.monotonic() - began
    return [json.loads(line) for line in out.splitlines()], took


def document(source):
    """What a row was taken from: rows of one are alike, and stay together."""
    return re.sub(r"[#:][^/:#]*$", "", source)


def fold(source):
    return hashlib.sha256(document(source).encode()).digest()[0] % FOLDS


def rate(n, of):
    return n / of if of else 0.0


def main(args):
    misses = "-m" in args
    args = [a for a in args if a != "-m"]
    if len(args) < 2:
        sys.exit(__doc__)
    program, corpus, options = args[0], args[1], args[2:]
    known = []
    for label in ("malicious", "benign"):
        for path in sorted(glob.glob(os.path.join(corpus, label + "*.tsv"))):
            known += [(label, os.path.basename(path), *row) for row in rows(path)]
    found, took = score(program, options, [(k[3], k[4]) for k in known])
    if len(found) != len(known):
        sys.exit("%d lines, %d answers" % (len(known), len(found)))

    tiers = collections.defaultdict(lambda: [0, 0, 0])
    folds = collections.defaultdict(lambda: [0, 0, 0, 0])
    files = collections.defaultdict(lambda: [0, 0])
    fires = collections.defaultdict(lambda: [0, 0])
    wrong = []
    for (label, path, source, name, command), d in zip(known, found):
        tier = re.split(r"[/:]", source)[0]
        bad = label == "malicious"
        hit = d["verdict"] != "benign"
        encoded = path.startswith("malicious_ps")
        tiers[label, tier + (" (file of its own)" if encoded else "")][
            ["benign", "suspicious", "malicious"].index(d["verdict"])] += 1
        files[path][0] += hit
        files[path][1] += 1
        if not encoded:
            f = folds[fold(source)]
            f[0 if bad else 2] += hit
            f[1 if bad else 3] += 1
        for r in d.get("reasons", []):
            fires[r["id"]][bad] += 1
        if hit != bad:
            wrong.append((label, d, source, name, command))

    print("%-10s %-24s %8s %11s %10s %8s" % ("", "tier", "benign", "suspicious", "malicious",
                                             "flagged"))
    for (label, tier), n in sorted(tiers.items(), reverse=True):
        print("%-10s %-24s %8d %11d %10d %8.3f" % (label, tier, *n, rate(n[1] + n[2], sum(n))))
    print("\nreason                   benign malicious")
    for r, n in sorted(fires.items(), key=lambda x: -x[1][1]):
        print("%-24s %6d %9d" % (r, *n))
    print("\nfold  recall  false positives")
    for n, f in sorted(folds.items()):
        print("%4d  %.3f (%d of %d)  %.3f (%d of %d)" % (
            n, rate(f[0], f[1]), f[0], f[1], rate(f[2], f[3]), f[2], f[3]))

    for label, d, source, name, command in wrong:
        if label == "benign" or misses:
            print("\n%s, score %d: %s\n  %s\t%s\n  %s" % (
                "false positive" if label == "benign" else "missed", d["score"], source, name,
                command[:300], "; ".join("%s %+d" % (r["id"], r["weight"])
                                         for r in d.get("reasons", []))))

    tasks = [0, 0]
    for (label, tier), n in tiers.items():
        if label == "benign" and tier in ("task", "task-exe"):
            tasks[0] += n[1] + n[2]
            tasks[1] += sum(n)
    result = [
        ("recall", rate(*files["malicious.tsv"]), RECALL, 1),
        ("recall of encoded PowerShell", rate(*files["malicious_psencoded.tsv"]), ENCODED, 1),
        ("false positives", rate(*files["benign.tsv"]), FPR, -1),
        ("false positives among tasks", rate(*tasks), FPR_TASKS, -1),
    ]
    print()
    for what, value, aim, sign in result:
        print("%-30s %.4f (%s %.3f) %s" % (what, value, ">=" if sign > 0 else "<=", aim,
                                           "ok" if sign * value >= sign * aim else "MISSED"))
    print("%d lines in %.2f s, %.0f us each, with start and output" % (
        len(known), took, took * 1e6 / len(known)))
    return 0 if all(s * v >= s * a for _, v, a, s in result) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
