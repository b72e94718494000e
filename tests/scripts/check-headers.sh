#!/bin/sh
# Each header compiles alone: whoever includes it needs to know nothing else.
root=${srcdir:-.} cc=${CC:-cc} n=0 bad=0
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT || exit 99

# HEADER_SECRETS: secret/ where that is built; its headers need krb5's.
for h in "$root"/src/*.h "$root"/dissectors/*.h ${HEADER_SECRETS:+"$root"/$HEADER_SECRETS*.h}; do
	n=$((n + 1)) name=${h#"$root"/}
	printf '#include "%s"\n' "$(basename "$h")" >"$tmp/alone.c"
	# shellcheck disable=SC2086	# flags are lists on purpose
	if $cc -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -I"$root/src" -I"$root/dissectors" \
	    -I"$root/secret" \
	    $HEADER_CFLAGS -fsyntax-only "$tmp/alone.c" 2>"$tmp/err"; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"; sed 's/^/# /' "$tmp/err"; bad=1
	fi
done
echo "1..$n"
exit $bad
