#!/bin/sh
# How fast, in how much memory?  Each capture is read in turns by the bare
# libpcap loop and by schedwire, so that a busy machine slows both, and the
# best round of each counts.
#	bench.sh SCHEDWIRE DIRECTORY-OF-THE-PROGRAMS
set -eu
schedwire=$1 tools=$2 rounds=${ROUNDS:-3}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM

best() {	# the least first field
	sort -n "$1" | awk 'NR == 1 { print $1 }'
}

measure() {	# capture, events wanted in the output (or -)
	: >"$tmp/bare" && : >"$tmp/ours" && : >"$tmp/kib"
	cat "$1" >/dev/null		# into the page cache
	i=0
	while [ $i -lt "$rounds" ]; do
		"$tools/run" "$tmp/r" "$tools/pcaploop" "$1" 2>/dev/null
		cat "$tmp/r" >>"$tmp/bare"
		"$tools/run" "$tmp/r" "$schedwire" -r "$1" -o "$tmp/out" 2>"$tmp/err" </dev/null ||
			{ cat "$tmp/err"; exit 1; }
		cat "$tmp/r" >>"$tmp/ours"
		awk '{ print $2 }' "$tmp/r" >>"$tmp/kib"
		i=$((i + 1))
	done
	bare=$(best "$tmp/bare") ours=$(best "$tmp/ours")
	kib=$(sort -n "$tmp/kib" | tail -1)
	events=$(wc -l <"$tmp/out")
}

verdict() {	# name, measured, unit, at most
	awk -v n="$1" -v x="$2" -v u="$3" -v max="$4" 'BEGIN {
		printf "  %-34s %10.2f %-9s target: at most %g: %s\n", n, x, u, max,
		    x <= max ? "pass" : "MISS"
		exit x > max }' || missed=1
}

report() {	# title, target of the ratio
	echo "$1: bare loop $bare s, schedwire $ours s, $events records"
	verdict "time against the bare loop" \
	    "$(awk -v a="$ours" -v b="$bare" 'BEGIN { print a / (b > 0 ? b : 0.001) }')" times "$2"
	verdict "peak memory" "$(awk -v k="$kib" 'BEGIN { print k / 1024 }')" MiB 64
}

missed=0
"$tools/mkbulk" copy "$tmp/x.pcap" 2>/dev/null
measure "$tmp/x.pcap"
report "SMB2 file copy, 544 MiB" 1.5

"$tools/mkbulk" copy "$tmp/x.pcap" 1000 2>/dev/null
measure "$tmp/x.pcap"
report "the same, 1 packet in 1,000 lost" 1.5

"$tools/mkbulk" small "$tmp/x.pcap" 2>/dev/null
measure "$tmp/x.pcap"
report "5,000,000 packets of 100,000 others' connections" 4

"$tools/mkbulk" tasks "$tmp/x.pcap" 2>/dev/null
measure "$tmp/x.pcap"
echo "20,000 tasks registered in the clear: bare loop $bare s, schedwire $ours s"
awk -v s="$ours" 'BEGIN { printf "  %-34s %10.0f a second\n", "tasks", 20000 / s }'
verdict "peak memory" "$(awk -v k="$kib" 'BEGIN { print k / 1024 }')" MiB 64
told=$(grep -c '"action": *"create"' "$tmp/out" || true)
verdict "tasks not reported" $((20000 - told)) "" 0
exit $missed
