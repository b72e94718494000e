#!/usr/bin/env python3
"""How much do the tests notice?  Changes one place of a source file at a time,
builds, and runs goldens and unit tests: a mutant that nothing notices survives.

    mutate.py [-n MUTANTS] [-s SEED] BUILD-FOLDER FILE ...

BUILD-FOLDER is configured; a copy of it and of the sources is used.  MUTANTS
(5) are drawn for each FILE by SEED (1).  Prints one line for each mutant and
the score; ends with status 0 whatever the score is.
"""
import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

# What is put in a place's stead.  Each pattern is applied to code alone, never
# to comments, strings, preprocessor lines or declarations of tables.
MUTATIONS = [
    (r" <= ", [" < "]), (r" < ", [" <= "]), (r" >= ", [" > "]), (r" > ", [" >= "]),
    (r" == ", [" != "]), (r" != ", [" == "]),
    (r" && ", [" || "]), (r" \|\| ", [" && "]),
    (r" \+ ", [" - "]), (r" - ", [" + "]), (r" & ", [" | "]), (r" << ", [" >> "]),
    (r"\breturn true;", ["return false;"]), (r"\breturn false;", ["return true;"]),
    (r"(?<=[(\s])!(?=[a-z(])", [""]), (r"\+\+", ["--"]),
    (r"\bcontinue;", ["break;"]), (r"\bbreak;", [";"]),
]
STATEMENT = re.compile(r"^\t+[a-z][\w>.\[\]-]*(\([^;]*\)| [-+|&]?= [^;]*);$")


def code_only(text):
    """The text with comments, strings and preprocessor lines as blanks."""
    blank = lambda m: re.sub(r"[^\n]", "\0", m.group(0))
    text = re.sub(r"/\*.*?\*/", blank, text, flags=re.S)
    text = re.sub(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text)
    return re.sub(r"^[ \t]*#(?:.*\\\n)*.*$", blank, text, flags=re.M)


def places(text):
    """Every mutant: offset, length, replacement."""
    code, found = code_only(text), []
    for pattern, others in MUTATIONS:
        for m in re.finditer(pattern, code):
            line = code[code.rfind("\n", 0, m.start()) + 1:m.start()]
            if line.startswith("\t"):
                found += [(m.start(), m.end() - m.start(), other) for other in others]
    at = 0
    for line in code.split("\n"):
        if STATEMENT.match(line):
            start = at + len(line) - len(line.lstrip("\t"))
            found.append((start, len(line.lstrip("\t")), ";"))
        at += len(line) + 1
    return found


class Bench:
    """A copy of sources and build in which files are changed and tests run."""

    def __init__(self, build, top):
        self.top = os.path.join(top, "tree")
        source = os.path.join(build, re.search(
            r"^srcdir = (.*)$", open(os.path.join(build, "Makefile")).read(), re.M).group(1))
        shutil.copytree(source, self.top, symlinks=True, ignore=shutil.ignore_patterns(
            ".git", "*.o", "*.a", "Makefile", "config.status", "config.h"))
        self.build = os.path.join(top, "build")
        os.mkdir(self.build)
        self.must([self.top + "/configure", "-q", "CFLAGS=-O0",
                   "CC=" + os.environ.get("CC", "cc")])
        self.must(["make", "-s", self.jobs()])
        if self.noticed():
            sys.exit("mutate.py: the tests fail without a mutant")

    def jobs(self):
        return "-j%d" % (os.cpu_count() or 1)

    def run(self, command):
        return subprocess.run(command, cwd=self.build, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode

    def must(self, command):
        if self.run(command) != 0:
            sys.exit("mutate.py: failed: " + " ".join(command))

    def tests(self, kind):
        if kind == "golden":
            return "tests/scripts/golden.sh"
        folder = os.path.join(self.top, "tests", "unit")
        return " ".join("tests/unit/" + f[:-2] for f in sorted(os.listdir(folder))
                        if f.startswith("test-") and f.endswith(".c"))

    def noticed(self):
        """By whom; None: the mutant survives."""
        if self.run(["make", "-s", self.jobs(), "schedwire"]) != 0:
            return "compiler"
        for kind in ("golden", "units"):
            if self.run(["make", "-s", self.jobs(), "check", "TESTS=" + self.tests(kind)]) != 0:
                return kind
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-n", type=int, default=5, metavar="MUTANTS")
    parser.add_argument("-s", default="1", metavar="SEED")
    parser.add_argument("build")
    parser.add_argument("file", nargs="+")
    args = parser.parse_args()
    killed = total = 0
    with tempfile.TemporaryDirectory() as top:
        bench = Bench(os.path.abspath(args.build), top)
        for name in args.file:
            path = os.path.join(bench.top, name)
            with open(path, encoding="utf-8") as f:
                text = f.read()
            found = places(text)
            draw = random.Random(args.s + name)
            for at, n, other in sorted(draw.sample(found, min(args.n, len(found)))):
                with open(path, "w", encoding="utf-8") as f:
                    f.write(text[:at] + other + text[at + n:])
                by = bench.noticed()
                with open(path, "w", encoding="utf-8") as f:
                    f.write(text)
                if by == "compiler":
                    continue
                total += 1
                killed += by is not None
                print("%s:%d: '%s' for '%s': %s" % (
                    name, text.count("\n", 0, at) + 1, other.strip(), text[at:at + n].strip(),
                    "noticed by " + by if by else "SURVIVES"), flush=True)
    print("%d of %d mutants were noticed (%.0f %%)" % (
        killed, total, 100 * killed / max(total, 1)))


if __name__ == "__main__":
    main()
