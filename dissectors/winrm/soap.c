/* soap.c -- SOAP envelopes of WS-Management: DSP0226, [MS-WSMV] 2.2.4. */
#include "winrm/soap.h"

#include <stdlib.h>
#include <strings.h>

#include "engine/dissect.h"
#include "winrm/soap-join.h"
#include "base/text.h"
#include "task/xml.h"

/* ---- Namespaces: known by their URIs, whatever prefix a document uses ---- */

enum ns {
	NS_OTHER, NS_SOAP, NS_ADDRESSING, NS_WSMAN, NS_SHELL, NS_TRANSFER, NS_POWERSHELL,
	NS_FAULT, NS_XSI
};

static const struct {
	enum ns		 ns;
	const char	*uri;
} namespaces[] = {
	{ NS_SOAP, "http://www.w3.org/2003/05/soap-envelope" },
	{ NS_ADDRESSING, "http://schemas.xmlsoap.org/ws/2004/08/addressing" },
	{ NS_ADDRESSING, "http://www.w3.org/2005/08/addressing" },
	{ NS_WSMAN, "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" },
	{ NS_SHELL, "http://schemas.microsoft.com/wbem/wsman/1/windows/shell" },
	{ NS_TRANSFER, "http://schemas.xmlsoap.org/ws/2004/09/transfer" },
	{ NS_POWERSHELL, "http://schemas.microsoft.com/powershell" },
	{ NS_FAULT, "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" },
	{ NS_XSI, "http://www.w3.org/2001/XMLSchema-instance" },
};

#define PREFIX_ROOM	32

struct prefix {
	uint8_t		 len;
	uint8_t		 ns;
	unsigned int	 depth;		/* of the element that declares it */
	char		 s[PREFIX_ROOM];
};

/* ---- Elements ---- */

enum tag {
	T_ROOT, T_ENVELOPE, T_HEADER, T_BODY,
	T_ACTION, T_RESOURCE, T_ID, T_RELATES,
	T_SELECTORS, T_SELECTOR, T_OPTIONS, T_OPTION,
	T_CREATED, T_REFERENCE, T_SHELL, T_SHELL_ID, T_CREATION, T_CONNECTING, T_CONNECT,
	T_LINE, T_COMMAND, T_ARGUMENTS, T_RESPONSE, T_COMMAND_ID,
	T_STREAMS, T_STREAM, T_STATE, T_EXIT, T_RECEIVE, T_DESIRED, T_SIGNAL,
	T_FAULT, T_DETAIL, T_WSMAN_FAULT,
	T_METHOD, T_NODE, T_OTHER
};

/* The elements that are read, by their parents.  In an envelope whose middle is
 * missing a Stream may not be closed; the next one and the state then stand
 * inside it. */
static const struct {
	uint8_t		 parent, ns, tag;
	const char	*name;
} elements[] = {
	{ T_ROOT, NS_SOAP, T_ENVELOPE, "Envelope" },
	{ T_ENVELOPE, NS_SOAP, T_HEADER, "Header" },
	{ T_ENVELOPE, NS_SOAP, T_BODY, "Body" },
	{ T_HEADER, NS_ADDRESSING, T_ACTION, "Action" },
	{ T_HEADER, NS_ADDRESSING, T_ID, "MessageID" },
	{ T_HEADER, NS_ADDRESSING, T_RELATES, "RelatesTo" },
	{ T_HEADER, NS_WSMAN, T_RESOURCE, "ResourceURI" },
	{ T_HEADER, NS_WSMAN, T_SELECTORS, "SelectorSet" },
	{ T_HEADER, NS_WSMAN, T_OPTIONS, "OptionSet" },
	{ T_SELECTORS, NS_WSMAN, T_SELECTOR, "Selector" },
	{ T_OPTIONS, NS_WSMAN, T_OPTION, "Option" },
	{ T_BODY, NS_TRANSFER, T_CREATED, "ResourceCreated" },
	{ T_CREATED, NS_ADDRESSING, T_REFERENCE, "ReferenceParameters" },
	{ T_REFERENCE, NS_WSMAN, T_SELECTORS, "SelectorSet" },
	{ T_BODY, NS_SHELL, T_SHELL, "Shell" },
	{ T_SHELL, NS_SHELL, T_SHELL_ID, "ShellId" },
	{ T_SHELL, NS_POWERSHELL, T_CREATION, "creationXml" },
	{ T_BODY, NS_SHELL, T_CONNECTING, "Connect" },
	{ T_CONNECTING, NS_POWERSHELL, T_CONNECT, "connectXml" },
	{ T_BODY, NS_SHELL, T_LINE, "CommandLine" },
	{ T_LINE, NS_SHELL, T_COMMAND, "Command" },
	{ T_LINE, NS_SHELL, T_ARGUMENTS, "Arguments" },
	{ T_BODY, NS_SHELL, T_RESPONSE, "CommandResponse" },
	{ T_RESPONSE, NS_SHELL, T_COMMAND_ID, "CommandId" },
	{ T_BODY, NS_SHELL, T_STREAMS, "Send" },
	{ T_BODY, NS_SHELL, T_STREAMS, "ReceiveResponse" },
	{ T_STREAMS, NS_SHELL, T_STREAM, "Stream" },
	{ T_STREAM, NS_SHELL, T_STREAM, "Stream" },
	{ T_STREAMS, NS_SHELL, T_STATE, "CommandState" },
	{ T_STREAM, NS_SHELL, T_STATE, "CommandState" },
	{ T_STATE, NS_SHELL, T_EXIT, "ExitCode" },
	{ T_BODY, NS_SHELL, T_RECEIVE, "Receive" },
	{ T_RECEIVE, NS_SHELL, T_DESIRED, "DesiredStream" },
	{ T_BODY, NS_SHELL, T_SIGNAL, "Signal" },
	{ T_BODY, NS_SOAP, T_FAULT, "Fault" },
	{ T_FAULT, NS_SOAP, T_DETAIL, "Detail" },
	{ T_DETAIL, NS_FAULT, T_WSMAN_FAULT, "WSManFault" },
};

struct soap_text {
	struct soap_text *next;
};

/* An element that was begun and is not closed yet. */
struct level {
	uint8_t		 tag;
	size_t		 node;		/* of a T_NODE */
	unsigned int	 nodes;		/* how many T_NODEs it is inside of */
};

struct envelope {
	struct soap	*soap;
	struct prefix	 prefixes[MAX_SOAP_PREFIXES];
	size_t		 n_prefixes;
	struct level	 levels[MAX_XML_DEPTH + 1];
	unsigned int	 depth;
	struct soap_pair *pair;		/* the one whose value follows; NULL */
	struct buf	 text;		/* of the element that began last */
	bool		 torn;		/* its middle is missing: a text may have a SOAP_HOLE */
};

/* ---- Texts ---- */

/* Returns a copy with a NUL behind it, which belongs to the envelope; NULL: the
 * budget is spent. */
static char *
keep(struct envelope *r, struct view v)
{
	struct soap_text *t = budget_alloc(r->soap->budget, sizeof(*t) + v.len + 1);
	char *s;

	if (t == NULL) {
		r->soap->cut = true;
		return NULL;
	}
	t->next = r->soap->texts;
	r->soap->texts = t;
	s = (char *)(t + 1);
	if (v.len > 0)
		memcpy(s, v.p, v.len);
	s[v.len] = '\0';
	return s;
}

static struct view
keep_view(struct envelope *r, struct view v)
{
	const char *s = keep(r, v);

	return (struct view){ (const uint8_t *)s, s != NULL ? v.len : 0 };
}

static const char *
keep_att(struct envelope *r, const struct xml_tag *tag, const char *name)
{
	const char *s = xml_att(tag, name);

	return s != NULL && *s != '\0' ? keep(r, view_str(s)) : NULL;
}

/* Returns a cleared element at the end of an array of *n, whose room doubles as
 * it grows; NULL: it has max already, or the budget is spent. */
static void *
one_more(struct envelope *r, void *array, size_t *n, size_t size, size_t max)
{
	size_t room = *n == 0 ? 4 : *n * 2;
	char **p = array;
	char *grown;

	if (*n >= max) {
		r->soap->cut = true;
		return NULL;
	}
	if (*n == 0 || (*n >= 4 && (*n & (*n - 1)) == 0)) {
		if ((grown = budget_resize(r->soap->budget, *p, room * size)) == NULL) {
			r->soap->cut = true;
			return NULL;
		}
		*p = grown;
	}
	memset(*p + *n * size, 0, size);
	return *p + (*n)++ * size;
}

/* ---- Declarations of namespaces ---- */

static bool
declare(struct envelope *r, const char *prefix, const char *uri)
{
	size_t len = strlen(prefix);
	struct prefix *p;

	if (len > PREFIX_ROOM || r->n_prefixes == nitems(r->prefixes))
		return false;
	p = &r->prefixes[r->n_prefixes++];
	*p = (struct prefix){ .len = (uint8_t)len, .ns = NS_OTHER, .depth = r->depth };
	memcpy(p->s, prefix, len);
	for (size_t i = 0; i < nitems(namespaces); i++)
		if (strcmp(namespaces[i].uri, uri) == 0)
			p->ns = (uint8_t)namespaces[i].ns;
	return true;
}

/* Returns false if there are more than can be kept: no prefix is certain then. */
static bool
declare_all(struct envelope *r, const struct xml_tag *tag)
{
	bool all = true;

	for (const char *const *a = tag->atts; a[0] != NULL; a += 2) {
		if (strcmp(a[0], "xmlns") == 0)
			all &= declare(r, "", a[1]);
		else if (strncmp(a[0], "xmlns:", 6) == 0)
			all &= declare(r, a[0] + 6, a[1]);
	}
	return all;
}

static enum ns
ns_of(const struct envelope *r, const char *prefix, size_t len)
{
	for (size_t i = r->n_prefixes; i-- > 0;)
		if (r->prefixes[i].len == len && memcmp(r->prefixes[i].s, prefix, len) == 0)
			return r->prefixes[i].ns;
	return NS_OTHER;
}

/* Returns the attribute xsi:type or xsi:nil, whatever its prefix; NULL: none. */
static const char *
xsi_att(const struct envelope *r, const struct xml_tag *tag, const char *name)
{
	for (const char *const *a = tag->atts; a[0] != NULL; a += 2) {
		const char *colon = strchr(a[0], ':');

		if (colon != NULL && strcmp(colon + 1, name) == 0 &&
		    ns_of(r, a[0], (size_t)(colon - a[0])) == NS_XSI)
			return a[1];
	}
	return NULL;
}

/* ---- Start tags ---- */

static enum tag
tag_of(const struct envelope *r, const struct xml_tag *tag, enum tag parent)
{
	enum ns ns = ns_of(r, tag->prefix, tag->prefix_len);

	for (size_t i = 0; i < nitems(elements); i++)
		if (elements[i].parent == parent && elements[i].ns == ns &&
		    strcmp(elements[i].name, tag->name) == 0)
			return elements[i].tag;
	if (parent == T_METHOD || parent == T_NODE)
		return T_NODE;
	return parent == T_BODY && ns == NS_OTHER ? T_METHOD : T_OTHER;
}

static void
node_begins(struct envelope *r, struct level *l, const struct xml_tag *tag, unsigned int depth)
{
	struct soap *s = r->soap;
	struct soap_node *n;
	const char *type = xsi_att(r, tag, "type"), *colon, *name;

	l->nodes = depth + 1;
	l->node = SIZE_MAX;
	n = one_more(r, &s->nodes, &s->n_nodes, sizeof(*n), MAX_SOAP_NODES);
	if (n == NULL)
		return;
	l->node = s->n_nodes - 1;
	name = strcmp(tag->name, "Selector") == 0 ? xml_att(tag, "Name") : NULL;
	if ((n->name = keep(r, view_str(name != NULL ? name : tag->name))) == NULL)
		n->name = "";
	if (type != NULL && (colon = strchr(type, ':')) != NULL)
		type = colon + 1;
	if (type != NULL)
		n->type = keep(r, view_str(type));
	n->nil = soap_true(xsi_att(r, tag, "nil"));
	n->depth = depth;
}

static void
stream_begins(struct envelope *r, const struct xml_tag *tag)
{
	struct soap *s = r->soap;
	struct soap_stream *t;

	t = one_more(r, &s->streams, &s->n_streams, sizeof(*t), MAX_SOAP_STREAMS);
	if (t == NULL)
		return;
	t->name = keep_att(r, tag, "Name");
	t->command_id = keep_att(r, tag, "CommandId");
	t->end = soap_true(xml_att(tag, "End"));
}

/* A Selector or an Option, whose value follows. */
static void
pair_begins(struct envelope *r, struct soap_pair *pairs, size_t *n, const struct xml_tag *tag)
{
	const char *name = keep_att(r, tag, "Name");

	r->pair = NULL;
	if (*n >= MAX_SOAP_PAIRS)
		r->soap->cut = true;
	else if (name != NULL) {
		r->pair = &pairs[(*n)++];
		*r->pair = (struct soap_pair){ name, "" };
	}
}

static void
state_begins(struct envelope *r, const struct xml_tag *tag)
{
	const char *state = xml_att(tag, "State");

	if (state != NULL)
		r->soap->state = keep(r, soap_last_part(state));
}

static void
keep_command_id(struct envelope *r, const struct xml_tag *tag)
{
	const char *id = keep_att(r, tag, "CommandId");

	if (id != NULL)
		r->soap->command_id = id;
}

static bool
on_start(void *arg, const struct xml_tag *tag)
{
	struct envelope *r = arg;
	const struct level *up = &r->levels[r->depth];
	struct level *l = &r->levels[++r->depth];
	struct soap *s = r->soap;
	const char *code;

	if (!declare_all(r, tag))
		return false;
	*l = (struct level){ .tag = (uint8_t)tag_of(r, tag, up->tag) };
	r->text.len = 0;
	switch (l->tag) {
	case T_OTHER:
		return up->tag != T_ROOT;
	case T_NODE:
		node_begins(r, l, tag, up->nodes);
		break;
	case T_SELECTOR:
		pair_begins(r, s->selectors, &s->n_selectors, tag);
		break;
	case T_OPTION:
		pair_begins(r, s->options, &s->n_options, tag);
		break;
	case T_SHELL:
		if (s->shell == NULL)
			s->shell = keep_att(r, tag, "ShellId");
		break;
	case T_LINE:
	case T_DESIRED:
	case T_SIGNAL:
		keep_command_id(r, tag);
		break;
	case T_STREAM:
		stream_begins(r, tag);
		break;
	case T_STATE:
		keep_command_id(r, tag);
		state_begins(r, tag);
		break;
	case T_FAULT:
		s->fault = true;
		break;
	case T_WSMAN_FAULT:
		if ((code = xml_att(tag, "Code")) != NULL) {
			s->has_fault_status = true;
			s->fault_status = (uint32_t)strtoul(code, NULL, 10);
		}
		break;
	default:
		break;
	}
	return true;
}

/* ---- Texts and end tags ---- */

static void
on_text(void *arg, struct view utf8)
{
	struct envelope *r = arg;

	switch (r->levels[r->depth].tag) {
	case T_ROOT: case T_ENVELOPE: case T_HEADER: case T_BODY: case T_METHOD: case T_OTHER:
		return;
	default:
		if (!buf_add(&r->text, utf8))
			r->soap->cut = true;
	}
}

static void
stream_ends(struct envelope *r, struct view v)
{
	struct soap *s = r->soap;
	struct soap_stream *t = s->n_streams > 0 ? &s->streams[s->n_streams - 1] : NULL;
	const uint8_t *hole;

	if (t == NULL || t->text.p != NULL)
		return;
	if (r->torn && v.len > 0 && (hole = view_chr(v, SOAP_HOLE)) != NULL) {
		t->holed = true;
		t->tail = keep_view(r, view_from(v, (size_t)(hole - v.p) + 1));
		v.len = (size_t)(hole - v.p);
	}
	t->text = keep_view(r, v);
}

static void
argument_ends(struct envelope *r, struct view v)
{
	struct soap *s = r->soap;
	struct view *a;

	a = one_more(r, &s->arguments, &s->n_arguments, sizeof(*a), MAX_SOAP_ARGUMENTS);
	if (a != NULL)
		*a = keep_view(r, v);
}

static void
pair_ends(struct envelope *r, struct view v)
{
	const char *value = keep(r, v);

	if (r->pair == NULL || value == NULL)
		return;
	r->pair->value = value;
	if (strcasecmp(r->pair->name, "ShellId") == 0 && v.len > 0)
		r->soap->shell = value;
}

/* Only the node that began last can have a text: another one has elements inside. */
static void
node_ends(struct envelope *r, const struct level *l, struct view v)
{
	struct soap *s = r->soap;

	if (l->node != SIZE_MAX && l->node == s->n_nodes - 1)
		s->nodes[l->node].value = keep_view(r, v);
}

static void
exit_ends(struct envelope *r, struct view v)
{
	struct soap *s = r->soap;
	const char *text = keep(r, v);
	char *end;
	long long n;

	if (text == NULL || v.len == 0)
		return;
	n = strtoll(text, &end, 10);	/* some write 0xC0000005 as -1073741819 */
	s->has_exit = *end == '\0' && n >= INT32_MIN && n <= UINT32_MAX;
	if (s->has_exit)
		s->exit_code = (uint32_t)n;
}

static void
on_end(void *arg, size_t from, size_t to)
{
	struct envelope *r = arg;
	const struct level *l = &r->levels[r->depth];
	struct view raw = buf_view(&r->text), v = text_trim(raw);
	struct soap *s = r->soap;

	(void)from;
	(void)to;
	switch (l->tag) {
	case T_ACTION:		s->action = keep(r, v); break;
	case T_RESOURCE:	s->resource = keep(r, v); break;
	case T_ID:		s->id = keep(r, v); break;
	case T_RELATES:		s->relates = keep(r, v); break;
	case T_SELECTOR:
	case T_OPTION:		pair_ends(r, v); break;
	case T_SHELL_ID:	s->shell = v.len > 0 ? keep(r, v) : s->shell; break;
	case T_CREATION:	s->creation = keep_view(r, v); break;
	case T_CONNECT:		s->connect = keep_view(r, v); break;
	case T_LINE:		s->has_line = true; break;
	case T_COMMAND:		s->command = keep(r, raw); break;
	case T_ARGUMENTS:	argument_ends(r, raw); break;
	case T_COMMAND_ID:	s->command_id = keep(r, v); break;
	case T_STREAM:		stream_ends(r, v); break;
	case T_EXIT:		exit_ends(r, v); break;
	case T_NODE:		node_ends(r, l, v); break;
	default:		break;
	}
	r->text.len = 0;
	while (r->n_prefixes > 0 && r->prefixes[r->n_prefixes - 1].depth == r->depth)
		r->n_prefixes--;
	r->depth--;
}

/* ---- Envelopes ---- */

struct soap *
soap_read(struct budget *b, struct view first, uint64_t missing, struct view last)
{
	static const struct xml_ops ops = { on_start, on_text, on_end };
	struct envelope *r = budget_calloc(b, 1, sizeof(*r));
	struct soap *s = budget_calloc(b, 1, sizeof(*s));
	struct buf joined;
	struct xml_text text;

	buf_init(&joined, b, MAX_SOAP_TEXT);
	if (r == NULL || s == NULL || (missing > 0 && !soap_join(&joined, first, missing, last))) {
		budget_free(r);
		budget_free(s);
		buf_free(&joined);
		return NULL;
	}
	s->budget = b;
	r->soap = s;
	r->torn = missing > 0;
	buf_init(&r->text, b, MAX_SOAP_TEXT);
	text = xml_text(missing > 0 ? buf_view(&joined) : first, false);
	if (xml_read(&text, &ops, r) != XML_GOT_ALL || missing > 0)
		s->cut = true;
	if (r->levels[1].tag != T_ENVELOPE) {
		soap_free(s);
		s = NULL;
	}
	buf_free(&r->text);
	buf_free(&joined);
	budget_free(r);
	return s;
}

void
soap_free(struct soap *s)
{
	struct soap_text *t, *next;

	if (s == NULL)
		return;
	for (t = s->texts; t != NULL; t = next) {
		next = t->next;
		budget_free(t);
	}
	budget_free(s->arguments);
	budget_free(s->streams);
	budget_free(s->nodes);
	budget_free(s);
}

struct view
soap_last_part(const char *uri)
{
	const char *end = uri != NULL ? strchrnul(uri, '?') : NULL, *slash;

	if (end == NULL)
		return (struct view){ NULL, 0 };
	slash = memrchr(uri, '/', (size_t)(end - uri));
	if (slash != NULL)
		uri = slash + 1;
	return (struct view){ (const uint8_t *)uri, (size_t)(end - uri) };
}

bool
soap_true(const char *s)
{
	return s != NULL && (strcasecmp(s, "true") == 0 || strcmp(s, "1") == 0);
}

static const char *
pair_value(const struct soap_pair *pairs, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(pairs[i].name, name) == 0)
			return pairs[i].value;
	return NULL;
}

const char *
soap_selector(const struct soap *s, const char *name)
{
	return pair_value(s->selectors, s->n_selectors, name);
}

const char *
soap_option(const struct soap *s, const char *name)
{
	return pair_value(s->options, s->n_options, name);
}

const struct soap_node *
soap_param(const struct soap *s, const char *name)
{
	for (size_t i = 0; i < s->n_nodes; i++)
		if (s->nodes[i].depth == 0 && strcasecmp(s->nodes[i].name, name) == 0)
			return &s->nodes[i];
	return NULL;
}
