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

for name in 02_tcp_none_imp 04_at_smb2_clear 07_ipv6_clear 07_vlan_smb_atexec 03_smbd_files_plain311; do
	pcap=$root/pcaps/$name.pcap
	rm -f "$tmp/got"		# a sensor appends to what is there
	"$schedwire" -r "$pcap" -o - </dev/null >"$tmp/want" 2>"$tmp/err"
	ip netns exec "$b" "$schedwire" -i v1 -o "$tmp/got" </dev/null 2>"$tmp/err" &
	pid=$!
	if ! wait_for 10 listening; then
		say 1 "$name: listens"
		kill "$pid" 2>/dev/null; pid=
		continue
	fi
	ip netns exec "$a" "${PYTHON:-python3}" "$root/tests/live.py" play v0 "$pcap"
	sleep 1
	kill -TERM "$pid"
	wait_for 10 gone
	say $? "$name: ends on SIGTERM"
	wait "$pid"
	say $? "$name: ends in order"
	pid=
	"${PYTHON:-python3}" "$root/tests/live.py" compare "$tmp/want" "$tmp/got"
	say $? "$name: live as in replay"
	[ -s "$tmp/err" ]
	say $? "$name: a summary at the end"
done
echo "1..$n"
exit $bad
