#include "engine/probe.h"

/* A piece is held as its side and its length, then that many bytes.  One byte
 * a piece is the worst case. */
#define MAX_HELD	(2 * MAX_PROBE * 3)

void
probe_init(struct probe *p, struct world *w, const struct proto_ops *const *protos,
    struct budget *b)
{
	*p = (struct probe){ .world = w, .protos = protos };
	buf_init(&p->held, b, MAX_HELD);
}

void
probe_free(struct probe *p)
{
	buf_free(&p->held);
}

/* ---- First bytes ---- */

static bool
hold(struct probe *p, unsigned int side, struct view v)
{
	uint8_t head[2] = { (uint8_t)side, (uint8_t)v.len };

	return buf_add(&p->held, (struct view){ head, sizeof(head) }) &&
	    buf_add(&p->held, v);
}

bool
probe_next(struct reader *r, unsigned int *side, struct view *v)
{
	*side = rd_u8(r);
	*v = rd_view(r, rd_u8(r));
	return rd_ok(r);
}

/* Gathers the first bytes of a side, v being the latest of them.  Returns how
 * many they are. */
static size_t
first_bytes(const struct probe *p, unsigned int side, struct view v, uint8_t first[MAX_PROBE])
{
	struct reader r = rd_open(buf_view(&p->held));
	struct view h;
	unsigned int of;
	size_t n = 0;

	while (probe_next(&r, &of, &h))
		if (of == side && h.len <= MAX_PROBE - n) {
			memcpy(first + n, h.p, h.len);
			n += h.len;
		}
	v = view_upto(v, 0, MAX_PROBE - n);
	if (v.len > 0)
		memcpy(first + n, v.p, v.len);
	return n + v.len;
}

/* ---- Ports ---- */

struct peers
probe_turned(struct peers p)
{
	struct addr client = p.client;
	uint16_t cport = p.cport;

	p.client = p.server;
	p.cport = p.sport;
	p.server = client;
	p.sport = cport;
	return p;
}

const struct proto_ops *
probe_ports(struct world *w, const struct proto_ops *const *protos, const struct peers *ends,
    unsigned int *client)
{
	bool known = *client != CLIENT_UNKNOWN;
	const struct proto_ops *const *ops;
	struct peers p;

	/* The lower port is more likely the server's: that is asked first. */
	if (!known)
		*client = ends->cport < ends->sport;
	for (int turn = 0; turn < (known ? 1 : 2); turn++) {
		if (turn > 0)
			*client = !*client;
		p = *client == 0 ? *ends : probe_turned(*ends);
		for (ops = protos; *ops != NULL; ops++)
			if ((*ops)->claims != NULL && (*ops)->claims(w, &p))
				return *ops;
	}
	return NULL;
}

/* ---- The answer ---- */

/* Shows the first bytes of a side to every protocol.  Sets *found if one
 * knows them, else returns whether one of them wants to see more. */
static bool
show(const struct probe *p, unsigned int side, struct view first, bool midstream,
    struct probe_found *found)
{
	enum probe_answer says;
	bool more = false;

	for (const struct proto_ops *const *ops = p->protos; *ops != NULL; ops++) {
		says = (*ops)->probe(first);
		if (says == PROBE_CLIENT || says == PROBE_SERVER) {
			found->ops = *ops;
			if (found->client == CLIENT_UNKNOWN)
				found->client = says == PROBE_CLIENT ? side : !side;
			found->in_step[side] = true;
			found->in_step[!side] = !midstream;
			return false;
		}
		more = more || (says == PROBE_MORE && first.len < MAX_PROBE);
	}
	return more;
}

/* As show(), for the first bytes of a side, v being the latest of them; then
 * by the ports. */
static bool
ask(const struct probe *p, unsigned int side, struct view v, const struct peers *ends,
    bool midstream, struct probe_found *found)
{
	uint8_t bytes[MAX_PROBE];
	struct view first = { bytes, first_bytes(p, side, v, bytes) };
	bool more = show(p, side, first, midstream, found);
	unsigned int client = found->client;

	if (found->ops == NULL &&
	    (found->ops = probe_ports(p->world, p->protos, ends, &client)) != NULL) {
		found->client = client;
		found->in_step[0] = found->in_step[1] =
		    !midstream && found->ops->probe(first) != PROBE_NO;
	}
	return more;
}

bool
probe_bytes(struct probe *p, unsigned int side, struct view v, const struct peers *ends,
    unsigned int client, bool midstream, struct probe_found *found)
{
	bool more;

	*found = (struct probe_found){ .client = client };
	more = ask(p, side, v, ends, midstream, found);
	if (found->ops == NULL && !more && midstream && p->held.len > 0) {
		/* What was held began in the middle of something; this may
		 * not. */
		probe_free(p);
		more = ask(p, side, v, ends, midstream, found);
	}
	if (found->ops != NULL)
		return true;
	if (more)
		return !hold(p, side, v);
	return !midstream || ++p->tries >= MAX_PROBE_SEGS;
}
