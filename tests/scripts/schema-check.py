#!/usr/bin/env python3
"""Check that the vocabulary, the schema and the records given agree; prints TAP.

usage: schema-check.py [FILE.jsonl ...]
"""
import json
import os
import re
import sys

from jsonschema import Draft7Validator

MAX_LINE = 65535    # limits.h, newline included
TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
TYPES = {"STR": "string", "TEXT": "string", "INT": "integer",
         "BOOL": "boolean", "STRS": "array", "TIME": "string"}
FROM_FIELDS = ("app_proto", "alert", "smb", "dcerpc", "http", "winrm", "auth", "task",
               "command", "detection", "anomaly")
OF_EVE = {"uptime": "integer",  # counters that are in no table
          "capture.kernel_packets": "integer",
          "capture.kernel_drops": "integer",
          "capture.kernel_ifdrops": "integer",
          "schedwire.memuse": "integer",
          "schedwire.memuse_peak": "integer"}


def read(*path):
    with open(os.path.join(TOP, *path), encoding="utf-8") as f:
        return f.read()


def leaves(schema, path=""):
    """{dotted path: type} of everything below an object schema."""
    found = {}
    for key, sub in schema["properties"].items():
        here = path + "." + key if path else key
        if "$ref" in sub:       # only X_truncated
            continue
        if "properties" in sub:
            found.update(leaves(sub, here))
        elif "properties" in sub.get("items", {}):
            found.update(leaves(sub["items"], here + "[]"))
        else:
            found[here] = sub.get("type")
    return found


def open_objects(schema, path="$"):
    """Paths of object schemas that don't say additionalProperties: false."""
    if isinstance(schema, list):
        return [p for i, s in enumerate(schema)
                for p in open_objects(s, "%s[%d]" % (path, i))]
    if not isinstance(schema, dict):
        return []
    bad = []
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        bad.append(path)
    if schema.get("type") == "array" and schema.get("minItems", 0) < 1:
        bad.append(path)
    for key, sub in schema.items():
        bad += open_objects(sub, path + "." + key)
    return bad


def stray_flags(schema, path=""):
    """X_truncated beside no text and no list X."""
    bad = []
    for key, sub in schema.get("properties", {}).items():
        if "$ref" in sub:
            of = schema["properties"].get(key[:-len("_truncated")], {})
            if not key.endswith("_truncated") or of.get("type") not in ("string", "array"):
                bad.append(path + key)
        bad += stray_flags(sub.get("items", sub), path + key + ".")
    return bad


def compare(want, have):
    return (["%s: not in the schema" % p for p in want if p not in have]
            + ["%s: only in the schema" % p for p in have if p not in want]
            + ["%s: %s, but %s in the schema" % (p, want[p], have[p])
               for p in want if p in have and want[p] != have[p]])


def fields():
    rows = re.findall(r'^FIELD\(\w+,\s*"([^"]*)",\s*"([^"]*)",\s*(\w+)\)',
                      read("src", "fact", "field.def"), re.M)
    return {(obj + "." + key if obj else key): TYPES[t] for at, key, t in rows
            for obj in (("task", "command") if at == "*" else (at,))}


def counters():
    rows = re.findall(r'^COUNT\(\w+,\s*"([^"]*)"\)', read("src", "base", "stats.def"), re.M)
    return dict({path: "integer" for path in rows}, **OF_EVE)


def no_twins(pairs):
    seen = dict(pairs)
    if len(seen) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return seen


def hollow(value, path="$"):
    """Where nothing is written in place of leaving it out."""
    if value is None or value == "" or value == {} or value == []:
        return [path]
    if isinstance(value, dict):
        return [p for k, v in value.items() for p in hollow(v, path + "." + k)]
    if isinstance(value, list):
        return [p for i, v in enumerate(value) for p in hollow(v, "%s[%d]" % (path, i))]
    return []


def record_errors(raw, validator):
    if len(raw) > MAX_LINE:
        yield "%d bytes" % len(raw)
    if not raw.endswith(b"\n"):
        yield "no newline at its end"
    try:
        record = json.loads(raw.decode("utf-8"), object_pairs_hook=no_twins)
    except ValueError as e:     # bad UTF-8 too
        yield str(e)
        return
    for path in hollow(record):
        yield path + " is empty"
    for e in validator.iter_errors(record):
        yield "%s: %s" % ("/".join(map(str, e.absolute_path)), e.message[:200])


def file_errors(name, validator):
    with open(name, "rb") as f:
        for n, raw in enumerate(f, 1):
            for e in record_errors(raw, validator):
                yield "%s:%d: %s" % (name, n, e)


def main(names):
    schema = json.loads(read("data", "schema.json"), object_pairs_hook=no_twins)
    Draft7Validator.check_schema(schema)
    validator = Draft7Validator(schema)
    known = leaves(schema)
    of_fields = {p: t for p, t in known.items() if re.split(r"[.\[]", p)[0] in FROM_FIELDS}
    of_stats = {p[len("stats."):]: t for p, t in known.items() if p.startswith("stats.")}
    tests = [
        ("field.def and the schema agree", compare(fields(), of_fields)),
        ("stats.def and the schema agree", compare(counters(), of_stats)),
        ("every object is closed, every array has an element", open_objects(schema)),
        ("every flag stands beside what it speaks of", stray_flags(schema)),
    ]
    tests += [(os.path.basename(n), list(file_errors(n, validator))) for n in names]
    failed = 0
    for n, (name, errors) in enumerate(tests, 1):
        print("%s %d - %s" % ("not ok" if errors else "ok", n, name))
        for e in errors[:20]:
            print("# " + e)
        failed += bool(errors)
    print("1..%d" % len(tests))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
