#!/bin/sh
# Secrets: the wrong ones open nothing, a missed logon invents nothing, and no
# key leaves the program.
root=${srcdir:-.}
exec "${PYTHON:-python3}" "$root/tests/scripts/secrets-check.py" "${SCHEDWIRE:-./schedwire}" \
	"$root"/pcaps/*.secrets
