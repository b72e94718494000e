#!/bin/sh
# Who may include what: a folder is a layer, and sees only what is listed for it.
# Every C file of src/ and dissectors/ is held to these tables, without exception.
root=${srcdir:-.} n=0
cd "$root" || exit 99
bad=$(mktemp) && trap 'rm -f "$bad"' EXIT || exit 99

# folder: the folders whose headers it may include, besides its own.
folders='
base:
secret:			base
fact:			base
task:			base fact
script:			base fact task
script/cmd:		base script
script/powershell:	base fact task script
engine:			base fact
detect:			base fact script baseline
baseline:		base
settings:		base detect baseline
output:			base fact
auth:			base fact secret engine
smb:			base fact secret task engine auth
rpc:			base fact secret task engine auth smb
http:			base fact secret engine
winrm:			base fact secret task script engine auth http
.:			base secret engine fact detect output settings auth smb rpc http winrm
'

# header of a library: the only files that may include it.
libraries='
pcap			src/engine/capture.c
jansson			src/output/
expat			src/task/xml.c
htp/			dissectors/http/
zlib			src/base/decode-text.c
lz4			src/base/lz4.c
sqlite3			src/baseline/
yaml.h			src/settings/
krb5			src/secret/
nettle/			src/base/digest.c src/secret/
syslog			src/output/
'

# call: the only files that may make it.
calls='
strcpy strcat sprintf vsprintf gets atoi atol strtok alloca	-
printf fprintf vprintf vfprintf puts fputs fopen fwrite		src/base/log.c src/engine/ledger.c src/detect/allow.c src/settings/ src/output/ src/baseline/ src/secret/ src/conf.c src/offline.c
malloc calloc realloc strdup strndup asprintf vasprintf		src/base/ src/engine/capture.c src/engine/worker.c src/engine/ledger.c src/detect/ src/settings/ src/output/ src/baseline/ src/conf.c src/setup.c src/offline.c
'

# The folders whose modules stand in an order.
oneway='auth|base|fact|http|output|rpc|settings|smb|task|winrm'

tell() {	# what was checked; the complaints are in $bad
	n=$((n + 1))
	if [ -s "$bad" ]; then
		echo "not ok $n - $1"; sed 's/^/# /' "$bad"; failed=1
	else
		echo "ok $n - $1"
	fi
}

sources=$(find src dissectors -name '*.[ch]' | sort)

# shellcheck disable=SC2086	# a list on purpose
awk -v table="$folders" '
	BEGIN {
		for (i = split(table, row, "\n"); i > 0; i--) {
			if (split(row[i], part, ":") != 2)
				continue
			layer[part[1]]
			for (k = split(part[2], other, " "); k > 0; k--)
				may[part[1], other[k]]
		}
	}
	function folder(path) {
		return sub("/[^/]*$", "", path) ? path : "."
	}
	FNR == 1 {
		here = FILENAME
		sub("^[^/]*/", "", here)
		here = folder(here)
		if (!(here in layer))
			print FILENAME ": " here " has no row"
	}
	/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, part, "\"")
		there = folder(part[2])
		if (there != here && !((here, there) in may) && part[2] != "config.h")
			print FILENAME ":" FNR ": " here " may not include " part[2]
	}' $sources >"$bad"
tell "a layer includes what lies below it"

# A module is X.c with X.h.  Whoever includes another's header stands above it.
# shellcheck disable=SC2046	# a list on purpose
awk '
	FNR == 1 {
		here = FILENAME
		sub("^[^/]*/", "", here)
		sub("[.][ch]$", "", here)
	}
	/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, part, "\"")
		there = part[2]
		if (sub("[.]h$", "", there) && there != here)
			print here, there
	}' $(echo "$sources" | grep -E "/($oneway)/") | tsort 2>"$bad" >/dev/null
tell "the modules that include one another form no circle"

while read -r names; do
	[ -n "$names" ] || continue
	headers=$(echo "$names" | tr -s '\t ' '\n' | grep -v '^src/\|^dissectors/' | paste -sd'|')
	allowed=$(echo "$names" | tr -s '\t ' '\n' | grep '^src/\|^dissectors/' | paste -sd'|')
	# shellcheck disable=SC2086	# a list on purpose
	grep -nE "^[[:space:]]*#[[:space:]]*include[[:space:]]*<($headers)" $sources |
	    grep -vE "^($allowed)" >"$bad"
	tell "only ${allowed%%|*} knows ${headers%%|*}"
done <<END
$libraries
END

while read -r names; do
	[ -n "$names" ] || continue
	functions=$(echo "$names" | tr -s '\t ' '\n' | grep -v '^src/\|^dissectors/\|^-' | paste -sd'|')
	allowed=$(echo "$names" | tr -s '\t ' '\n' | grep '^src/\|^dissectors/\|^-' | paste -sd'|')
	# shellcheck disable=SC2086	# a list on purpose
	grep -nwE "($functions)[[:space:]]*\(" $sources | grep -vE "^($allowed)" >"$bad"
	tell "who may call ${functions%%|*}()"
done <<END
$calls
END
echo "1..$n"
exit ${failed:-0}
