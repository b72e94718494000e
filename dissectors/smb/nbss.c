/* nbss.c -- SMB over TCP: the NetBIOS session service of RFC 1002 4.3, and [MS-SMB2] 2.1. */
#include "smb/nbss.h"

#include "base/limits.h"
#include "smb/smb1.h"
#include "smb/smb2.h"

#define HEADER		4
#define MAGIC		4		/* "\xfeSMB" */
#define SMB2_HEADER	64
#define LEAST		32		/* an SMB1 header: no message is shorter */
#define MAX_SETUP	512		/* a session request holds two names */

enum {
	SESSION_MESSAGE = 0x00, SESSION_REQUEST = 0x81, POSITIVE = 0x82,
	NEGATIVE = 0x83, RETARGET = 0x84, KEEPALIVE = 0x85
};

static const struct smb_ops *const families[] = { &smb2_ops, &smb1_ops };

struct nbss {
	struct carrier	 c;
	struct smb_conn	*state[nitems(families)];	/* NULL until the family is spoken */
};

/* Returns the family that a message with these first bytes belongs to; nitems(families) if none. */
static size_t
family_of(struct view m)
{
	size_t i;

	for (i = 0; i < nitems(families); i++)
		if (m.len >= MAGIC && m.p[0] != 0 &&
		    strchr(families[i]->magic, (char)m.p[0]) != NULL &&
		    memcmp(m.p + 1, "SMB", 3) == 0)
			break;
	return i;
}

static struct smb_conn *
state_of(struct nbss *n, size_t f)
{
	if (n->state[f] == NULL)
		n->state[f] = smb_conn_new(families[f], &n->c);
	return n->state[f];
}

static size_t
be24(const uint8_t *p)
{
	return (size_t)p[0] << 16 | (size_t)p[1] << 8 | p[2];
}

/* Could these bytes, perhaps too few, begin a PDU? */
static bool
plausible(struct view v)
{
	uint8_t type = v.len > 0 ? v.p[0] : 0;

	if (v.len == 0)
		return false;
	if (type == SESSION_REQUEST || type == POSITIVE || type == KEEPALIVE)
		return (v.len < 2 || v.p[1] == 0) && (v.len < HEADER ||
		    (type == SESSION_REQUEST ? be24(v.p + 1) == 68 : be24(v.p + 1) == 0));
	if (type != SESSION_MESSAGE)
		return false;
	if (v.len >= HEADER && be24(v.p + 1) < LEAST)
		return false;
	if (v.len > 4 && (v.p[4] < 0xfc || memcmp(v.p + 5, "SMB", v.len < 8 ? v.len - 5 : 3) != 0))
		return false;
	if (v.len >= 10 && v.p[4] == 0xfe)
		return le16dec(v.p + 8) == SMB2_HEADER && be24(v.p + 1) >= SMB2_HEADER;
	return true;
}

static size_t
nbss_resync(struct view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (plausible(view_from(v, i)))
			return i;
	return v.len;
}

static enum probe_answer
nbss_probe(struct view v)
{
	bool response = false;

	if (v.len > 0 && (v.p[0] == NEGATIVE || v.p[0] == RETARGET))
		return v.len < HEADER ? PROBE_MORE :
		    be24(v.p + 1) <= 6 ? PROBE_SERVER : PROBE_NO;
	if (!plausible(v))
		return v.len == 0 ? PROBE_MORE : PROBE_NO;
	if (v.len < HEADER)
		return PROBE_MORE;
	if (v.p[0] == POSITIVE)
		return PROBE_SERVER;
	if (v.p[0] != SESSION_MESSAGE)
		return PROBE_CLIENT;
	if (v.len < HEADER + 20)
		return PROBE_MORE;
	/* Sealed and compressed messages do not say who sent them. */
	if (v.p[HEADER] == 0xfe)
		response = (v.p[HEADER + 16] & 0x01) != 0;
	else if (v.p[HEADER] == 0xff)
		response = (v.p[HEADER + 9] & 0x80) != 0;
	return response ? PROBE_SERVER : PROBE_CLIENT;
}

static bool
nbss_claims(struct world *w, const struct peers *peers)
{
	(void)w;
	return peers->sport == 445 || peers->sport == 139;
}

static enum head
nbss_head(void *conn, enum dir dir, struct view v, struct extent *x)
{
	struct nbss *n = conn;
	struct extent in;
	enum head h;
	size_t f;

	x->need = HEADER;
	if (v.len < HEADER)
		return HEAD_MORE;
	x->len = HEADER + be24(v.p + 1);
	x->keep = HEADER;
	if (v.p[0] >= SESSION_REQUEST && v.p[0] <= KEEPALIVE)
		return x->len <= MAX_SETUP ? HEAD_PDU : HEAD_BAD;
	if (v.p[0] != SESSION_MESSAGE)
		return HEAD_BAD;
	if (x->len < HEADER + LEAST)
		return x->len == HEADER ? HEAD_PDU : HEAD_BAD;
	x->need = HEADER + MAGIC;
	if (v.len < x->need)
		return HEAD_MORE;
	if ((f = family_of(view_from(v, HEADER))) == nitems(families))
		return HEAD_BAD;
	if (state_of(n, f) == NULL)
		return HEAD_PDU;
	in.need = in.len = in.keep = x->len - HEADER;
	h = families[f]->head(n->state[f], dir, view_upto(v, HEADER, in.len), &in);
	x->need = HEADER + in.need;
	if (h != HEAD_PDU)
		return h;
	x->keep = HEADER + in.keep;
	if (x->keep > MAX_PDU) {
		x->keep = MAX_PDU;
		stat_add(n->c.world->stats, STAT_PDU_TOO_LARGE, 1);
	}
	return HEAD_PDU;
}

static void
nbss_pdu(void *conn, enum dir dir, struct view have, size_t len)
{
	struct nbss *n = conn;
	struct view m = view_from(have, HEADER);
	size_t f = family_of(m);

	if (have.p[0] != SESSION_MESSAGE || f == nitems(families) || state_of(n, f) == NULL)
		return;
	families[f]->message(n->state[f], dir, m, len - HEADER);
}

static void
nbss_gap(void *conn, enum dir dir)
{
	struct nbss *n = conn;

	for (size_t i = 0; i < nitems(families); i++)
		if (n->state[i] != NULL)
			n->state[i]->gaps[dir]++;
}

static void *
nbss_new(const struct carrier *c)
{
	struct nbss *n = budget_calloc(c->budget, 1, sizeof(*n));

	if (n != NULL)
		n->c = *c;
	return n;
}

static void
nbss_free(void *conn)
{
	struct nbss *n = conn;

	if (n == NULL)
		return;
	for (size_t i = 0; i < nitems(families); i++)
		smb_conn_free(families[i], n->state[i]);
	budget_free(n);
}

const struct proto_ops nbss_proto = {
	.name = "smb",
	.claims = nbss_claims,
	.probe = nbss_probe,
	.conn_new = nbss_new,
	.head = nbss_head,
	.pdu = nbss_pdu,
	.resync = nbss_resync,
	.gap = nbss_gap,
	.conn_free = nbss_free,
};
