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
capture=$tmp/x.pcap secrets=$tmp/x.pcap.secrets

make_capture() {	# kind, one packet in so many to lose
	"$tools/mkbulk" "$1" "$capture" ${2:+"$2"} 2>"$tmp/err" || { cat "$tmp/err"; exit 1; }
}

best() {	# the least first field
	sort -n "$1" | awk 'NR == 1 { print $1 }'
}

measure() {	# options for schedwire
	: >"$tmp/bare" && : >"$tmp/ours" && : >"$tmp/kib"
	cat "$capture" >/dev/null	# into the page cache
	i=0
	while [ $i -lt "$rounds" ]; do
		"$tools/run" "$tmp/r" "$tools/pcaploop" "$capture" 2>/dev/null
		cat "$tmp/r" >>"$tmp/bare"
		"$tools/run" "$tmp/r" "$schedwire" "$@" -r "$capture" -o "$tmp/out" \
		    2>"$tmp/err" </dev/null || { cat "$tmp/err"; exit 1; }
		cat "$tmp/r" >>"$tmp/ours"
		awk '{ print $2 }' "$tmp/r" >>"$tmp/kib"
		i=$((i + 1))
	done
	bare=$(best "$tmp/bare") ours=$(best "$tmp/ours")
	kib=$(sort -n "$tmp/kib" | tail -1)
	events=$(wc -l <"$tmp/out")
}

title() {
	echo "$1: bare loop $bare s, schedwire $ours s, $events records"
}

ratio() {	# of two times
	awk -v a="$1" -v b="$2" 'BEGIN { print a / (b > 0 ? b : 0.001) }'
}

figure() {	# name, measured, unit
	awk -v n="$1" -v x="$2" -v u="$3" 'BEGIN { printf "  %-34s %10.2f %s\n", n, x, u }'
}

verdict() {	# name, measured, unit, at most
	awk -v n="$1" -v x="$2" -v u="$3" -v max="$4" 'BEGIN {
		printf "  %-34s %10.2f %-9s target: at most %g: %s\n", n, x, u, max,
		    x <= max ? "pass" : "MISS"
		exit x > max }' || missed=1
}

memory() {
	verdict "peak memory" "$(awk -v k="$kib" 'BEGIN { print k / 1024 }')" MiB 64
}

bulk() {	# title, target of the ratio
	title "$1"
	verdict "time against the bare loop" "$(ratio "$ours" "$bare")" times "$2"
	memory
}

speed() {	# of 20,000 what, the clear ones' time (or none)
	figure "time against the bare loop" "$(ratio "$ours" "$bare")" times
	awk -v n="$1" -v s="$ours" 'BEGIN { printf "  %-34s %10.0f a second\n", n, 20000 / s }'
	if [ -n "${2-}" ]; then
		figure "time against the same in the clear" "$(ratio "$ours" "$2")" times
	fi
	memory
}

all_told() {	# how many, event type, visibility that they all must have, what else
	told=$(grep '"event_type": *"'"$2"'"' "$tmp/out" | grep "$4" |
	    grep -c '"visibility": *"'"$3"'"' || true)
	printf '  %-34s %10d of %d\n' "${2}s $3" "$told" "$1"
	verdict "${2}s too few or too many" $((told < $1 ? $1 - told : told - $1)) "" 0
}

tasks() {	# title, visibility that all 20,000 must have, the clear ones' time (or none)
	title "$1"
	speed tasks "${3-}"
	all_told 20000 task "$2" '"action": *"create"'
}

commands() {	# the same, each by a command of its own
	title "$1"
	speed commands "${3-}"
	all_told 20000 command "$2" '"outcome": *"success"'
	all_told 20000 task "$2" '"action": *"create"'
}

missed=0
make_capture copy
measure
bulk "SMB 3.1.1 file copy, 544 MiB" 1.5
copy=$ours

make_capture copy 1000
measure
bulk "the same, 1 packet in 1,000 lost" 1.5

make_capture copy-smb3
measure
bulk "the same, encrypted, and no secret opens it" 1.5
verdict "time against the same in the clear" "$(ratio "$ours" "$copy")" times 1.25
measure -S "$secrets"
bulk "the same, opened with a password" 1.5
figure "time against the same in the clear" "$(ratio "$ours" "$copy")" times

make_capture small
measure
bulk "5,000,000 packets of 100,000 others' connections" 4

make_capture tasks
measure
tasks "20,000 tasks registered in the clear" clear
clear=$ours

make_capture tasks-ntlm
measure -S "$secrets"
tasks "the same, sealed with NTLM" decrypted "$clear"

make_capture tasks-krb
measure -S "$secrets"
tasks "the same, sealed with Kerberos" decrypted "$clear"

make_capture tasks-smb
measure
tasks "20,000 tasks registered on pipes in the clear" clear
clear=$ours

make_capture tasks-smb3
measure -S "$secrets"
tasks "the same, in encrypted SMB sessions" decrypted "$clear"

make_capture winrs
measure
commands "20,000 tasks made with WinRS commands in the clear" clear
clear=$ours

make_capture winrs-ntlm
measure -S "$secrets"
commands "the same, sealed with NTLM" decrypted "$clear"

make_capture psrp
measure
commands "20,000 tasks made with PowerShell remoting in the clear" clear
clear=$ours

make_capture psrp-ntlm
measure -S "$secrets"
commands "the same, sealed with NTLM" decrypted "$clear"

make_capture winrm-output
measure
bulk "1 GiB that 4 WinRS commands print" 2
all_told 4 command clear '"outcome": *"success"'

echo "judging a command line"
"$tools/score" "${srcdir:-.}/tests/bench/lines.tsv" >"$tmp/score"
verdict "median" "$(awk '{ print $1 }' "$tmp/score")" us 50
figure "longest" "$(awk '{ print $3 }' "$tmp/score")" us
exit $missed
