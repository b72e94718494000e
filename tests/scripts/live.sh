#!/bin/sh
# Live: two network namespaces and a wire between them.  What is played into
# one end must come out of a schedwire that listens at the other, as in a
# replay.  Needs root and network namespaces; prints TAP.
root=${srcdir:-.} schedwire=${SCHEDWIRE:-./schedwire} n=0 bad=0

skip() {
	echo "1..0 # SKIP $1"
	exit 77
}

[ "$(id -u)" = 0 ] || skip "not root"
command -v ip >/dev/null || skip "no ip(8)"
a=sw-a-$$ b=sw-b-$$
ip netns add "$a" 2>/dev/null || skip "network namespaces are not permitted"
tmp=$(mktemp -d)
pid=
cleanup() {
	[ -z "$pid" ] || kill "$pid" 2>/dev/null
	ip netns del "$a" 2>/dev/null
	ip netns del "$b" 2>/dev/null
	rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 1' INT TERM
ip netns add "$b" &&
    ip -n "$a" link add v0 mtu 9000 type veth peer name v1 mtu 9000 netns "$b" &&
    ip -n "$a" link set v0 up && ip -n "$b" link set v1 up ||
    skip "no veth pair"

say() {		# status, text
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"; bad=1
		[ ! -s "$tmp/err" ] || sed 's/^/# /' "$tmp/err"
	fi
}

wait_for() {	# seconds, command ...
	left=$(($1 * 10))
	shift
	while ! "$@"; do
		[ $left -gt 0 ] || return 1
		left=$((left - 1))
		sleep 0.1
	done
}

# AF_PACKET sockets of this namespace: is the sensor listening yet?
listening() {
	[ "$(ip netns exec "$b" cat /proc/net/packet | wc -l)" -gt 1 ]
}

gone() {
	! kill -0 "$pid" 2>/dev/null
}

start() {	# text, option ...: a sensor that writes $tmp/got
	what=$1
	shift
	rm -f "$tmp/got"		# a sensor appends to what is there
	ip netns exec "$b" "$schedwire" -i v1 -o "$tmp/got" "$@" </dev/null 2>"$tmp/err" &
	pid=$!
	wait_for 10 listening && return 0
	say 1 "$what: listens"
	kill "$pid" 2>/dev/null; pid=
	return 1
}

play() {
	ip netns exec "$a" "${PYTHON:-python3}" "$root/tests/scripts/live.py" play v0 "$root/pcaps/$1.pcap"
	sleep 1
}

replay() {	# name, option ...
	pcap=$root/pcaps/$1.pcap
	shift
	"$schedwire" -r "$pcap" -o - "$@" </dev/null 2>>"$tmp/err"
}

finish() {	# text; $tmp/want has what must be told
	kill -TERM "$pid"
	wait_for 10 gone
	say $? "$1: ends on SIGTERM"
	wait "$pid"
	say $? "$1: ends in order"
	pid=
	"${PYTHON:-python3}" "$root/tests/scripts/live.py" compare "$tmp/want" "$tmp/got"
	say $? "$1: live as in replay"
	[ -s "$tmp/err" ]
	say $? "$1: a summary at the end"
}

for name in 02_tcp_none_imp 04_at_smb2_clear 07_ipv6_clear 07_vlan_smb_atexec 03_smbd_files_plain311; do
	replay $name >"$tmp/want"
	start $name || continue
	kill -HUP "$pid"		# no reason to end: there is nothing to read again
	play $name
	finish $name
done

# ---- Secrets ----

told() {	# pattern: on standard error
	grep -q "$1" "$tmp/err"
}

done_with() {
	echo "1..$n"
	exit $bad
}

case $("$schedwire" -V) in *", with secrets") ;; *) done_with ;; esac
first=04_at_smb2_sealed second=02_tcp_privacy_samba_ntlm third=03_smbd_files_enc302
secrets=$tmp/secrets
(umask 077 && cat "$root/pcaps/$first.secrets" "$root/pcaps/$second.secrets" \
    "$root/pcaps/$third.secrets" >"$tmp/right" && sed 's/$/x/' "$tmp/right" >"$tmp/wrong" &&
    echo nonsense >"$tmp/broken" && cp "$tmp/wrong" "$secrets")
{
	replay $first -S "$tmp/wrong"
	replay $second -S "$tmp/right"
	replay $third -S "$tmp/right"
} >"$tmp/want"
if start secrets -S "$secrets"; then
	play $first
	cat "$tmp/right" >"$secrets"
	kill -HUP "$pid"
	wait_for 10 told "secrets read again: $secrets"
	say $? "secrets: read again on SIGHUP"
	play $second
	cat "$tmp/broken" >"$secrets"
	kill -HUP "$pid"
	wait_for 10 told "secrets not read again: .*secrets:1: "
	say $? "secrets: a broken file is said to be one"
	play $third			# with those from before
	finish secrets
	grep -q '"visibility":"sealed"' "$tmp/got" && grep -q '"visibility":"decrypted"' "$tmp/got"
	say $? "secrets: sealed before, decrypted after"
fi
done_with
