#!/bin/sh
# Each header compiles alone: whoever includes it needs to know nothing else.
root=${srcdir:-.} cc=${CC:-cc} n=0 bad=0
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT || exit 99

# Without HEADER_SECRETS src/secret/ is not built; its headers need krb5's.
for h in $(cd "$root" && find src dissectors -name '*.h' | sort); do
	case $HEADER_SECRETS$h in src/secret/*) continue ;; esac
	n=$((n + 1))
	printf '#include "%s"\n' "${h#*/}" >"$tmp/alone.c"
	# shellcheck disable=SC2086	# flags are lists on purpose
	if $cc -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -I"$root/src" -I"$root/dissectors" \
	    $HEADER_CFLAGS -fsyntax-only "$tmp/alone.c" 2>"$tmp/err"; then
		echo "ok $n - $h"
	else
		echo "not ok $n - $h"; sed 's/^/# /' "$tmp/err"; bad=1
	fi
done
echo "1..$n"
exit $bad
