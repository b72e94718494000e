#!/bin/sh
# The same for a folder of further captures, where there is one.
root=${srcdir:-.} more=${SCHEDWIRE_CAPTURES:-${srcdir:-.}/../shared/captures}
if [ ! -d "$more/lab" ]; then
	echo "1..0 # SKIP no folder of further captures (SCHEDWIRE_CAPTURES)"
	exit 0
fi
exec "${PYTHON:-python3}" "$root/tests/scripts/truth.py" "${SCHEDWIRE:-./schedwire}" lab "$more/lab"
