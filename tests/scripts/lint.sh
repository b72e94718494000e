#!/bin/sh
# What clang-tidy (.clang-tidy) and cppcheck find in src/ and dissectors/.
#	LINT_FLAGS: what the compiler is given besides
root=$1 jobs=$(nproc) bad=0
files=$(find "$root/src" "$root/dissectors" -name '*.c' | sort)

# cppcheck does not read the system's headers but for these, whose macros make
# types and functions.  Left out: it takes a prototype without names for one
# with the names in another order.
queue=$(find /usr/include/bsd/sys/queue.h) && tree=$(find /usr/include/bsd/sys/tree.h) || exit 99
echo "cppcheck"
cppcheck -q -j "$jobs" --std=c11 --enable=warning,performance,portability --error-exitcode=1 \
    --inline-suppr --suppress=missingInclude --suppress=funcArgOrderDifferent \
    --include="$queue" --include="$tree" -D_GNU_SOURCE -D__packed= -I"$root/src" -I"$root/dissectors" \
    "$root/src" "$root/dissectors" || bad=1

echo "clang-tidy"
# shellcheck disable=SC2086	# lists on purpose
echo $files | tr ' ' '\n' | xargs -P "$jobs" -n 4 sh -c '
	flags=$1
	shift
	out=$(clang-tidy -quiet "$@" -- -std=gnu11 $flags 2>/dev/null) || { echo "$out"; exit 1; }
	' sh "$LINT_FLAGS" || bad=1
[ "$bad" -ne 0 ] || echo "no finding"
exit "$bad"
