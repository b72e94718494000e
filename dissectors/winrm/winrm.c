/* winrm.c -- WS-Management over HTTP: logons, sealed bodies, [MS-WSMV] 2.2.9. */
#include "winrm/winrm.h"

#include "base/decode-text.h"
#include "auth/gss.h"
#include "engine/ledger.h"
#include "base/limits.h"
#include "winrm/multipart.h"
#include "fact/fact.h"
#include "base/text.h"
#include "winrm/credssp.h"
#include "winrm/wsman.h"

#define MAX_TOKEN	MAX_KRB_MESSAGE	/* bytes of a token, decoded from base64 */
#define MAX_BASIC	1024		/* bytes of "user:password", decoded */

enum scheme { SCHEME_NONE, SCHEME_BASIC, SCHEME_GSS, SCHEME_CREDSSP };

/* What a body has, by its Content-Type. */
enum content_type { BODY_UNKNOWN, BODY_XML, BODY_SEALED, BODY_OTHER };

struct winrm {
	struct carrier	 c;
	struct wsman	*wsman;
	const struct http_message *m;	/* the message at hand; NULL: none */

	/* Who it is */
	enum scheme	 scheme;
	struct gss	*gss;
	struct credssp	*credssp;
	bool		 began;		/* the client sent a token */
	bool		 lost;		/* the place in the key stream is not known any more */
	char		*user, *domain;	/* of SCHEME_BASIC */

	/* What is sealed */
	enum multipart_sealing sealing;	/* of the message at hand */
	size_t		 token;		/* bytes of its signature */
	struct fact	*sealed;	/* reported at the end, if no body was opened */
	bool		 opened;	/* some body was */

	/* Is it WinRM? */
	unsigned int	 bodies;	/* messages that ended */
	bool		 likely;	/* its URL, user agent or port say so */
	bool		 certain;	/* its bodies prove it */
};

/* ---- Views of text ---- */

static bool
has(struct view v, const char *word)
{
	v = view_upto(v, 0, MAX_MULTIPART_LINE);
	return text_find(v, word) < v.len;
}

static bool
text_has(const char *s, const char *word)
{
	return s != NULL && has(view_str(s), word);
}

/* Returns the first word of v, and cuts v to what follows it. */
static struct view
word(struct view *v)
{
	struct view w;
	size_t n = 0;

	*v = text_skip_blanks(*v);
	while (n < v->len && memchr(" \t,", v->p[n], 3) == NULL)
		n++;
	w = view_upto(*v, 0, n);
	*v = view_from(*v, n);
	return w;
}

/* ---- Logons ---- */

static void
logon_over(struct winrm *w)
{
	if (w->began) {
		gss_note(w->gss, w->c.peers, "winrm");
		credssp_note(w->credssp, w->c.peers);
	}
	gss_free(w->gss);
	credssp_free(w->credssp);
	budget_free(w->user);
	budget_free(w->domain);
	w->gss = NULL;
	w->credssp = NULL;
	w->user = w->domain = NULL;
	w->began = w->lost = false;
	w->scheme = SCHEME_NONE;
}

/* Another authentication scheme: forgets what the one before it told. */
static void
become(struct winrm *w, enum scheme scheme)
{
	if (w->scheme == scheme)
		return;
	logon_over(w);
	w->scheme = scheme;
	if (scheme == SCHEME_GSS)
		w->gss = gss_new(w->c.world, w->c.budget);
	else if (scheme == SCHEME_CREDSSP)
		w->credssp = credssp_new(w->c.world, w->c.budget);
}

/* Does a logon begin with this token?  NEGOTIATE_MESSAGE, or an initial GSS
 * token (RFC 2743 3.1). */
static bool
begins(struct view token)
{
	return view_starts(token, "NTLMSSP\0\1\0\0\0", 12) || view_starts(token, "\x60", 1);
}

static void
gss_leg(struct winrm *w, enum dir dir, struct view token)
{
	if (token.len == 0)
		return;
	if (dir == C2S && w->began && begins(token))
		logon_over(w);
	become(w, SCHEME_GSS);
	w->began |= dir == C2S;
	gss_token(w->gss, dir, token);
}

static void
credssp_leg(struct winrm *w, enum dir dir, struct view token)
{
	if (dir == C2S && w->began && credssp_begins(w->credssp, token)) {
		logon_over(w);
		become(w, SCHEME_CREDSSP);
	}
	w->began |= dir == C2S;
	credssp_token(w->credssp, dir, token);
}

/* Keeps a name as the user typed it: "CORP\alice", "alice@corp.example", "alice". */
static void
basic_user(struct winrm *w, struct view who)
{
	struct view user = who, domain = { NULL, 0 };
	const uint8_t *at;

	if (who.len == 0)
		return;
	if ((at = view_chr(who, '\\')) != NULL) {
		domain = view_upto(who, 0, (size_t)(at - who.p));
		user = view_from(who, domain.len + 1);
	} else if ((at = memrchr(who.p, '@', who.len)) != NULL) {
		user = view_upto(who, 0, (size_t)(at - who.p));
		domain = view_from(who, user.len + 1);
	}
	budget_free(w->user);
	budget_free(w->domain);
	w->user = budget_strndup(w->c.budget, user);
	w->domain = domain.len > 0 ? budget_strndup(w->c.budget, domain) : NULL;
}

/* RFC 7617: keeps the user of "user:password", and wipes the buffer. */
static void
basic(struct winrm *w, struct buf *decoded)
{
	struct view v = buf_view(decoded);
	const uint8_t *colon = v.len > 0 ? view_chr(v, ':') : NULL;

	become(w, SCHEME_BASIC);
	if (colon != NULL)
		basic_user(w, view_upto(v, 0, (size_t)(colon - v.p)));
	if (decoded->p != NULL)
		explicit_bzero(decoded->p, decoded->cap);
}

/* Reads "Negotiate YII…" of an Authorization or WWW-Authenticate field. */
static void
credentials(struct winrm *w, enum dir dir, struct view field)
{
	struct view scheme = word(&field), text = word(&field);
	struct buf token;

	if (text.len == 0)
		return;
	buf_init(&token, w->c.budget, text_is(scheme, "Basic") ? MAX_BASIC : MAX_TOKEN);
	if (text_is(scheme, "Basic")) {
		if (dir == C2S && base64_decode(text, &token))
			basic(w, &token);
	} else if (text_is(scheme, "Negotiate") || text_is(scheme, "Kerberos") ||
	    text_is(scheme, "NTLM")) {
		if (base64_decode(text, &token))
			gss_leg(w, dir, buf_view(&token));
	} else if (text_is(scheme, "CredSSP")) {
		become(w, SCHEME_CREDSSP);
		if (base64_decode(text, &token))
			credssp_leg(w, dir, buf_view(&token));
	}
	buf_free(&token);
}

static void
read_credentials(struct winrm *w, const struct http_message *m)
{
	const char *name = m->dir == C2S ? "Authorization" : "WWW-Authenticate";
	struct view field;

	for (size_t i = 0; i < MAX_AUTH_FIELDS; i++) {
		field = http_field(m, name, i);
		if (field.p == NULL)
			return;
		credentials(w, m->dir, field);
	}
}

/* ---- What facts say of the connection ---- */

/* If the mechanism is not known from tokens, the length of a signature tells
 * it: 16 bytes are NTLM's ([MS-NLMP] 2.2.2.9). */
static const char *
encryption(const struct winrm *w, struct fact *o)
{
	const char *mechanism = fact_get(o, F_AUTH_MECHANISM);

	if (w->c.tls)
		return "tls";
	switch (w->sealing) {
	case SEALING_NONE:
		return "none";
	case SEALING_CREDSSP:
		return "credssp";
	case SEALING_KERBEROS:
		return "kerberos";
	case SEALING_SPNEGO:
		break;
	}
	if (w->scheme == SCHEME_GSS && mechanism != NULL)
		return mechanism;
	return w->token == 16 ? "ntlm" : "kerberos";
}

static void
describe_logon(const struct winrm *w, struct fact *o)
{
	switch (w->scheme) {
	case SCHEME_NONE:
		break;
	case SCHEME_BASIC:
		fact_str(o, F_AUTH_MECHANISM, "basic");
		fact_str(o, F_AUTH_USER, w->user);
		fact_str(o, F_AUTH_DOMAIN, w->domain);
		break;
	case SCHEME_GSS:
		gss_auth(w->gss, o);
		break;
	case SCHEME_CREDSSP:
		credssp_auth(w->credssp, o);
		fact_str(o, F_AUTH_MECHANISM, "credssp");
		break;
	}
}

static void
describe(void *arg, struct fact *o)
{
	const struct winrm *w = arg;
	const struct http_message *m = w->m;

	fact_str(o, F_APP_PROTO, "http");
	if (m != NULL) {
		fact_str(o, F_HTTP_HOST, m->host);
		fact_str(o, F_HTTP_URL, m->target);
		fact_str(o, F_HTTP_METHOD, m->method);
		fact_str(o, F_HTTP_AGENT, m->agent);
		if (m->status != 0)
			fact_int(o, F_HTTP_STATUS, m->status);
	}
	describe_logon(w, o);
	fact_str(o, F_WINRM_ENCRYPTION, encryption(w, o));
	if (w->c.describe != NULL)
		w->c.describe(w->c.arg, o);
}

/* ---- Heads ---- */

/*
 * A Windows server listens for WinRM at these TCP ports, over HTTP and over
 * HTTPS ([MS-WSMV] 2.1).  47001 is open even where the WinRM service has no
 * listener configured.
 */
static bool
winrm_claims(uint16_t port, bool tls)
{
	return tls ? port == 5986 : port == 5985 || port == 47001;
}

static void *
winrm_new(const struct carrier *c)
{
	struct winrm *w = budget_calloc(c->budget, 1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->c = *c;
	w->wsman = wsman_new(&(struct carrier){ .world = c->world, .budget = c->budget,
	    .peers = c->peers, .describe = describe, .arg = w });
	if (w->wsman == NULL) {
		budget_free(w);
		return NULL;
	}
	w->likely = winrm_claims(c->peers->sport, c->tls);
	return w;
}

static enum content_type
body_type(const struct http_message *m, enum multipart_sealing *sealing)
{
	struct view type = http_field(m, "Content-Type", 0);

	*sealing = multipart_type(type);
	if (*sealing != SEALING_NONE)
		return BODY_SEALED;
	if (type.len == 0)
		return BODY_UNKNOWN;
	return has(type, "application/soap+xml") || has(type, "text/xml") ?
	    BODY_XML : BODY_OTHER;
}

/* Does a request's head look like WinRM's?  Other pages may have names like
 * that, so only a body proves it. */
static bool
looks_likely(const struct http_message *m)
{
	return text_has(m->agent, "Microsoft WinRM Client") ||
	    (m->method != NULL && strcmp(m->method, "POST") == 0 &&
	    (text_has(m->target, "wsman") || text_has(m->target, "powershell")));
}

/*
 * A sealed body can only be opened as a whole.  A clear one is long if it is a
 * response with much output: then its beginning tells what it is, and its end
 * how the command ended.
 */
static void
winrm_head(void *conn, const struct http_message *m, struct http_want *want)
{
	struct winrm *w = conn;

	w->m = m;
	w->likely |= looks_likely(m);
	read_credentials(w, m);
	*want = (struct http_want){ .first = 0 };
	switch (body_type(m, &w->sealing)) {
	case BODY_SEALED:
		w->certain = true;
		want->first = MAX_WINRM_BODY;
		break;
	case BODY_XML:
	case BODY_UNKNOWN:
		if (!w->certain && !w->likely)
			want->first = WINRM_PEEK;
		else if (m->dir == C2S)
			want->first = MAX_WINRM_BODY;
		else
			want->first = want->last = WINRM_PEEK;
		break;
	case BODY_OTHER:
		break;
	}
	w->m = NULL;
}

/* ---- Bodies ---- */

static void
clear_body(struct winrm *w, const struct http_message *m, const struct http_body *b)
{
	if (b->first.len == 0 || !wsman_begins(b->first))
		return;
	w->certain = true;
	wsman_message(w->wsman, m->dir, m->exchange, b->first, b->missing, b->last, w->c.tls);
}

/* A body that could not be opened.  All of them together give one fact. */
static void
note_sealed(struct winrm *w)
{
	struct world *world = w->c.world;
	int64_t status;

	stat_add(world->stats, STAT_WINRM_SEALED, 1);
	if (w->opened)
		return;
	if (w->sealed == NULL) {
		w->sealed = fact_new(world->budget, FACT_COMMAND, w->c.peers, world->now);
		describe(w, w->sealed);
	} else if (!fact_get_int(w->sealed, F_HTTP_STATUS, &status))
		describe(w, w->sealed);
	if (w->sealed != NULL)
		w->sealed->at = world->now;
}

/* Opens a part with the keys of the logon and appends it to clear.  Returns
 * false if it cannot. */
static bool
unseal_logon(struct winrm *w, enum dir dir, const struct multipart_part *p, struct buf *clear)
{
	struct sealed in = { .body = p->body, .token = p->token };
	struct logon *logon = gss_logon(w->gss);
	struct stats *stats = w->c.world->stats;
	size_t at = clear->len, len;

	if (logon_state(logon) != LOGON_OPEN)
		return false;
	if (!p->whole || !buf_add(clear, p->body)) {
		logon_skip(logon, dir, p->len, false);
		return false;
	}
	switch (logon_unseal(logon, dir, &in, clear->p + at, &len)) {
	case UNSEAL_OK:
		clear->len = at + len;
		return true;
	case UNSEAL_NO_KEY:
		break;
	case UNSEAL_BAD:
		stat_add(stats, STAT_UNSEAL_BAD, 1);
		break;
	case UNSEAL_LOST:
		if (!w->lost)
			stat_add(stats, STAT_UNSEAL_LOST, 1);
		w->lost = true;
		break;
	}
	clear->len = at;
	return false;
}

static bool
unseal(struct winrm *w, enum dir dir, const struct multipart_part *p, struct buf *clear)
{
	return w->sealing == SEALING_CREDSSP ?
	    credssp_unseal(w->credssp, dir, p->body, clear) : unseal_logon(w, dir, p, clear);
}

/* RFC 1964 1.2.2.3: an RC4 wrap token pads with a byte 01, which
 * OriginalContent's Length counts too. */
static struct view
unpadded(struct view v)
{
	while (v.len > 0 && v.p[v.len - 1] > 0 && v.p[v.len - 1] <= 8)
		v.len--;
	return v;
}

static void
sealed_body(struct winrm *w, const struct http_message *m, const struct http_body *b)
{
	struct multipart parts = multipart_open(w->sealing, b->first);
	struct multipart_part p;
	bool any = false, all;
	struct buf clear;

	/* A message of CredSSP may have several parts, and does not say how many. */
	all = w->sealing != SEALING_CREDSSP || (!b->torn && b->missing == 0);

	buf_init(&clear, w->c.budget, MAX_WINRM_BODY);
	while (multipart_next(&parts, &p)) {
		if (!b->torn && p.len > b->first.len + b->missing)
			p.len = (size_t)(b->first.len + b->missing);
		any = true;
		w->token = p.token.len;
		all &= unseal(w, m->dir, &p, &clear);
	}
	if (!any || !all) {
		note_sealed(w);
	} else {
		stat_add(w->c.world->stats, STAT_WINRM_OPENED, 1);
		w->opened = true;
		fact_free(w->sealed);
		w->sealed = NULL;
		wsman_message(w->wsman, m->dir, m->exchange, unpadded(buf_view(&clear)), 0,
		    (struct view){ NULL, 0 }, true);
	}
	buf_free(&clear);
}

static void
winrm_body(void *conn, const struct http_message *m, const struct http_body *b)
{
	struct winrm *w = conn;
	enum content_type type = body_type(m, &w->sealing);

	w->m = m;
	w->bodies++;
	if (type == BODY_SEALED)
		sealed_body(w, m, b);
	else if (type != BODY_OTHER)
		clear_body(w, m, b);
	w->m = NULL;
}

static bool
winrm_done(void *conn)
{
	const struct winrm *w = conn;

	if (w->certain)
		return false;
	return w->bodies >= (w->likely ? MAX_WINRM_PATIENCE : 2);
}

/* ---- The end of the connection ---- */

/* Commands were given, and it is not known which. */
static void
put_sealed(struct world *world, struct fact *o)
{
	fact_str(o, F_ROUTE, "winrm");
	fact_str(o, F_VISIBILITY, "sealed");
	fact_str(o, F_OUTCOME, "unknown");
	sink_put(world->sink, o);
}

static void
report_sealed(struct winrm *w)
{
	struct fact *o = w->sealed;

	w->sealed = NULL;
	if (o == NULL)
		return;
	describe_logon(w, o);
	if (!w->began)
		ledger_note(w->c.world->ledger, w->c.peers, "winrm", NULL, false,
		    "logon not captured");
	put_sealed(w->c.world, o);
}

static void
winrm_sealed(const struct carrier *c, struct packet_ref at)
{
	struct fact *o = fact_new(c->world->budget, FACT_COMMAND, c->peers, at);

	if (c->describe != NULL)
		c->describe(c->arg, o);
	fact_str(o, F_APP_PROTO, "http");
	fact_str(o, F_WINRM_ENCRYPTION, "tls");
	put_sealed(c->world, o);
}

static void
winrm_free(void *conn)
{
	struct winrm *w = conn;

	if (w == NULL)
		return;
	wsman_free(w->wsman);
	report_sealed(w);
	logon_over(w);
	budget_free(w);
}

const struct http_listener winrm_listener = {
	.claims = winrm_claims,
	.sealed = winrm_sealed,
	.conn_new = winrm_new,
	.head = winrm_head,
	.body = winrm_body,
	.done = winrm_done,
	.conn_free = winrm_free,
};
