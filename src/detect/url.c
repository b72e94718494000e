#include "detect/url.h"

#include <ctype.h>

#include "base/text.h"

struct view
url_at(struct view text, size_t colon)
{
	static const char *const schemes[] = { "http", "https", "ftp", "ftps", "ws", "wss" };
	struct view rest = view_from(text, colon + 3);
	size_t from = colon, n = 0;

	while (from > 0 && colon - from < sizeof("https") && isalpha(text.p[from - 1]))
		from--;
	for (size_t i = 0; i < nitems(schemes); i++)
		if (strlen(schemes[i]) == colon - from &&
		    memcmp(schemes[i], text.p + from, colon - from) == 0) {
			while (n < rest.len && strchr(" \t\r\n\"'`<>|;,(){}", rest.p[n]) == NULL)
				n++;
			return view_upto(rest, 0, n);
		}
	return (struct view){ NULL, 0 };
}

struct view
url_host(struct view rest)
{
	size_t n = 0;

	while (n < rest.len && (isalnum(rest.p[n]) || rest.p[n] == '_' || rest.p[n] == '.' ||
	    rest.p[n] == '-'))
		n++;
	return view_upto(rest, 0, n);
}

static bool
host_is_remote(struct view host)
{
	/* This machine, and names that stand for a namespace in XML. */
	static const char *const others[] = {
		"", "localhost", "127.0.0.1", "www.w3.org", "schemas.microsoft.com",
		"schemas.xmlsoap.org", "schemas.openxmlformats.org", "schemas.dmtf.org",
	};

	for (size_t i = 0; i < nitems(others); i++)
		if (text_is(host, others[i]))
			return false;
	return true;
}

/* An address as inet_aton(3) takes it: four numbers or fewer, or hexadecimal. */
static bool
host_is_numeric(struct view host)
{
	size_t n = 0;

	if (view_starts(host, "0x", 2))
		return true;
	while (n < host.len && (isdigit(host.p[n]) || host.p[n] == '.'))
		n++;
	return n == host.len;
}

static bool
is_program(struct view rest)
{
	static const char *const ends[] = {
		".exe", ".dll", ".ps1", ".psm1", ".hta", ".vbs", ".vbe", ".js", ".jse", ".wsf", ".sct",
		".bat", ".cmd", ".scr", ".msi", ".cpl", ".jar", ".lnk", ".xsl", ".bin", ".iso", ".py",
		".sh", ".chm", ".inf", ".csproj",
	};
	size_t path = 0, end;

	while (path < rest.len && rest.p[path] != '/')
		path++;
	for (end = path; end < rest.len && rest.p[end] != '?' && rest.p[end] != '#'; end++)
		;
	for (size_t i = 0; i < nitems(ends); i++)
		if (text_ends(view_at(rest, path, end - path), ends[i]))
			return true;
	return false;
}

unsigned int
url_kinds(struct view rest)
{
	struct view host = url_host(rest);

	if (!host_is_remote(host))
		return 0;
	return URL_REMOTE | (host_is_numeric(host) ? URL_NUMERIC : 0) |
	    (is_program(rest) ? URL_PROGRAM : 0);
}
