#!/bin/sh
# What is known to be in the captures must come out, and nothing else.
root=${srcdir:-.}
exec "${PYTHON:-python3}" "$root/tests/scripts/truth.py" "${SCHEDWIRE:-./schedwire}" lab "$root/pcaps"
