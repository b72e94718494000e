#!/bin/sh
# The vocabulary, the schema and the events that we keep agree.
root=${srcdir:-.}
exec "${PYTHON:-python3}" "$root/tests/scripts/schema-check.py" "$root"/tests/golden/*.jsonl
