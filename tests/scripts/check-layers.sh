#!/bin/sh
# Who may include what.  A layer sees only what lies below it.
#	name	files	headers it must not include (extended regular expression)
root=${srcdir:-.} n=0 bad=0
cd "$root" || exit 99

# Reports every include in the files that matches the pattern.
never() {
	n=$((n + 1)) what=$1 pattern=$2
	shift 2
	# shellcheck disable=SC2046	# a pattern that matches no file is left out
	set -- $(for f; do [ -f "$f" ] && echo "$f"; done)
	if hits=$(grep -nE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($pattern)" "$@" /dev/null); then
		echo "not ok $n - $what"; echo "$hits" | sed 's/^/# /'; bad=1
	else
		echo "ok $n - $what"
	fi
}

# All C files of the tree but those named.
all_but() {
	for f in src/*.[ch] dissectors/*.[ch] secret/*.[ch]; do
		case " $* " in *" $f "*) ;; *) echo "$f" ;; esac
	done
}

dissectors=$(echo dissectors/*.[ch])
ours=$(for h in dissectors/*.h; do basename "$h"; done | tr . '\n' | grep -v '^h$' | paste -sd'|')
base="src/addr.h src/reader.h src/limits.h src/budget.[ch] src/stats.[ch] src/utf16.[ch]
	src/der.[ch] src/digest.[ch] src/log.[ch] src/pkt.h src/ntlmssp.[ch] src/krbmsg.[ch]
	src/decompress.[ch] src/lz*.[ch] src/xpress.[ch] src/ledger.[ch] src/decode-text.[ch]
	src/text.[ch]"
secret=$(echo src/secret.h secret/*.[ch])
inside=$(for h in secret/*.h; do basename "$h" .h; done | paste -sd'|')
engine="src/capture.[ch] src/decode.[ch] src/decode-ip.c src/decode-link.c src/decode-parts.h
	src/decode-tunnel.c src/defrag.[ch] src/flow.[ch] src/tcp.[ch]
	src/frame.[ch] src/classify.[ch]"
judging="src/alert.[ch] src/allow.[ch] src/chain.[ch] src/command.[ch] src/disguise.[ch]
	src/habit*.[ch] src/baseline*.[ch] src/lolbin.[ch] src/lookalike.[ch] src/mask.[ch]
	src/normalise.[ch] src/path.c src/phrases.[ch] src/rarity.[ch] src/rules.[ch] src/score.[ch]
	src/settings*.[ch] src/spread.[ch] src/taskname*.[ch] src/template.c src/when.[ch]
	src/wintask.[ch] src/yamlfile.[ch]"

# shellcheck disable=SC2086,SC2046	# lists on purpose
{
never "dissectors speak through dissect.h and obs.h" \
	'(pcap|ndpi|jansson|pthread)|(syslog|netinet/|sys/socket)|(flow|tcp|decode|decode-parts|defrag|capture|worker|eve|sink|conf|correlate|progress)\.h' \
	$dissectors
never "base includes nothing above it" \
	"(obs|dissect|flow|tcp|decode|decode-parts|capture|eve|conf|correlate|worker)\.h|($ours)\.h" $base
never "the engine knows no fact and no protocol" \
	"(obs|eve|correlate)\.h|($ours)\.h" $engine
never "only capture knows libpcap" '(pcap|pcap/)' $(all_but src/capture.c)
never "only eve and the sinks know JSON" 'jansson' \
	$(all_but src/eve.c src/eve-stats.c src/pretty.c src/sink-file.c)
never "facts are judged and written without raw bytes" "reader\.h|($ours)\.h" \
	src/correlate.[ch] src/eve.[ch]
never "judging knows facts and texts, and no protocol" \
	"(dissect|flow|tcp|decode|capture|eve|conf|worker|sink)\.h|($ours)\.h" $judging
never "only baseline-db knows SQLite" 'sqlite3\.h' $(all_but src/baseline-db.c)
never "only the settings know YAML" '(cyaml/|yaml\.h)' $(all_but src/settings-yaml.c src/yamlfile.[ch])
never "the secret layer can neither log nor make facts" \
	"(obs|dissect|sink|log|ledger|eve|conf|correlate|worker)\.h|syslog|jansson|($ours)\.h" $secret
never "only the secret layer knows keys and krb5" \
	"($inside)\\.h|krb5|nettle/(hmac|arcfour|aes|ccm|gcm|des|md4|pbkdf2|cmac)" $(all_but $secret)
never "only lz4 knows LZ4" 'lz4\.h' $(all_but src/lz4.c)
never "only http knows libhtp" 'htp/' $(all_but dissectors/http*.[ch])
never "only decode-text knows zlib" 'zlib\.h' $(all_but src/decode-text.c)
never "only digest and the secret layer know nettle" 'nettle' $(all_but src/digest.c $secret)
never "only classify knows nDPI" 'ndpi' $(all_but src/classify.c)
never "only xml knows expat" 'expat' \
	$(all_but dissectors/xml.c)
}

# A dissector that names another one's header is a second way between layers:
# some are shared by all, the others by the parts of one dissector.
n=$((n + 1))
if hits=$(grep -nE '^#[[:space:]]*include "' dissectors/*.c | awk -F'[:"/]' -v ours="$ours" '
	function may(file, h) {
		if (h ~ /^(asks|gss|ndr|open|status|table|task|temp|xml)$/ || h == file) return 1
		if (h == "rpc") return file ~ /^(dcerpc|rpc_.*)$/
		if (h ~ /^smb/) return file ~ /^(nbss|smb|smb[12].*|open)$/
		if (h == "taskwords") return file ~ /^(cim|ps_.*|taskwords|taskxml)$/
		if (h == "taskxml") return file ~ /^(taskxml|gpo)$/
		if (h ~ /^(taskfile|watched)$/) return file ~ /^(open|taskfile|watched)$/
		if (h == "http") return file ~ /^(http|table|tls|winrm)$/
		if (h ~ /^(shells|wsman_parts)$/) return file ~ /^(cimcall|pipeline|shells|winrs|wsman)$/
		if (h == "wsman") return file ~ /^(winrm|wsman_parts)$/
		if (h ~ /^soap/) return file ~ /^(cim|cimcall|soap.*|winrs|pipeline)$/
		if (h == "cim") return file == "cimcall"
		if (h == "psrp") return file ~ /^(pipeline|shells)$/
		if (h ~ /^clixml/) return file ~ /^(psrp|clixml.*)$/
		if (h == "multipart") return file == "winrm"
		if (h == "winrm_credssp") return file == "winrm"
		if (h == "tls_session") return file ~ /^(tls|multipart|winrm_credssp)$/
		if (h == "cmdvars") return file ~ /^cmd/
		if (h ~ /^http_/) return file ~ /^http/
		if (h == "powershell") return file ~ /^ps_/
		return index(file, h "_") == 1
	}
	{
		file = $2; sub(/\.c$/, "", file)
		h = $5; sub(/\.h$/, "", h)
		if (("|" ours "|") ~ ("[|]" h "[|]") && !may(file, h)) { print; bad = 1 }
	}
	END { exit !bad }'); then
	echo "not ok $n - dissectors do not name one another"; echo "$hits" | sed 's/^/# /'; bad=1
else
	echo "ok $n - dissectors do not name one another"
fi

# What is unsafe, prints, or takes memory past a budget is not called at all.
n=$((n + 1))
if hits=$(grep -nwE '((f|d|vf|v)?printf|puts|fopen|fwrite)[[:space:]]*\(' \
    dissectors/*.[ch]); then
	echo "not ok $n - dissectors read and print nothing"; echo "$hits" | sed 's/^/# /'; bad=1
else
	echo "ok $n - dissectors read and print nothing"
fi
n=$((n + 1))
if hits=$(grep -nwE '(strcpy|strcat|sprintf|vsprintf|gets|atoi|atol|strtok|alloca)[[:space:]]*\(' \
    src/*.[ch] dissectors/*.[ch] secret/*.[ch]); then
	echo "not ok $n - no unsafe string calls"; echo "$hits" | sed 's/^/# /'; bad=1
else
	echo "ok $n - no unsafe string calls"
fi
n=$((n + 1))
if hits=$(grep -nwE '(malloc|calloc|realloc|strdup|strndup|asprintf)[[:space:]]*\(' dissectors/*.[ch] secret/*.[ch] \
    src/decode*.c src/defrag.c src/flow.c src/tcp.c src/frame.c src/obs.c src/world.c); then
	echo "not ok $n - packet memory comes from a budget"; echo "$hits" | sed 's/^/# /'; bad=1
else
	echo "ok $n - packet memory comes from a budget"
fi
echo "1..$n"
exit $bad
