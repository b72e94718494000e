#!/bin/sh
# The model of names in the tree is the one that data/names.txt makes.
root=${srcdir:-.}
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
"${PYTHON:-python3}" "$root/tests/scripts/train-names.py" "$root/data/names.txt" "$tmp/model.c" || exit 99
if cmp "$tmp/model.c" "$root/src/detect/taskname-model.c"; then
	echo "ok 1 - names.txt makes this model"
else
	echo "not ok 1 - names.txt makes another model: run tests/scripts/train-names.py"
fi
echo 1..1
