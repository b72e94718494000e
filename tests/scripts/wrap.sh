#!/bin/sh
# The same packets however they are captured, tagged, tunnelled or fragmented.
root=${srcdir:-.}
exec "${PYTHON:-python3}" "$root/tests/scripts/wrap.py" "${SCHEDWIRE:-./schedwire}" \
	"$root/pcaps/04_at_smb2_clear.pcap" "$root/pcaps/02_tcp_none_win_ndr64.pcap" \
	"$root/pcaps/03_smbd_files_nt1.pcap"
