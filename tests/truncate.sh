#!/bin/sh
# A capture that ends anywhere says what was complete until then.
root=${srcdir:-.}
exec "${PYTHON:-python3}" "$root/tests/truncate.py" "${SCHEDWIRE:-./schedwire}" "$root"/pcaps/*.pcap
