#!/bin/sh
# Replay each capture in TESTLIST and compare the events with the ones we keep.
#	name	capture		options
# -S names a file of pcaps/: a private copy is used, for git keeps no modes.
# UPDATE=1 rewrites the expectation; read the diff before you commit it.
schedwire=${SCHEDWIRE:-./schedwire} root=${srcdir:-.} n=0 bad=0
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT || exit 99
mkdir "$tmp/secrets" &&
    install -m 600 "$root"/pcaps/*.secrets "$root"/pcaps/*.keytab \
    "$root"/pcaps/*.keylog "$tmp/secrets" || exit 99
case $("$schedwire" -V) in *", with secrets") able=1 ;; *) able= ;; esac

while read -r name pcap opts; do
	case $name in ''|'#'*) continue ;; esac
	n=$((n + 1)) want=$root/tests/golden/$name.jsonl got=$tmp/$name.jsonl
	case $opts in
	"-S "*)
		if [ -z "$able" ]; then
			echo "ok $n - $name # SKIP built without secrets"; continue
		fi
		opts="-S $tmp/secrets/${opts#-S }" ;;
	esac
	# shellcheck disable=SC2086	# opts is a list on purpose
	if ! "$schedwire" -r "$root/pcaps/$pcap" -o - $opts </dev/null >"$got" 2>"$tmp/err"; then
		echo "not ok $n - $name (exit)"; sed 's/^/# /' "$tmp/err"; bad=1
	elif [ -n "$UPDATE" ]; then
		cp "$got" "$want"; echo "ok $n - $name updated"
	elif diff -u "$want" "$got" >"$tmp/diff"; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"; cut -c1-400 "$tmp/diff" | sed 's/^/# /'; bad=1
	fi
done <"$root/tests/TESTLIST"
echo "1..$n"
exit $bad
