#include "engine/proto-conn.h"

struct proto_conn *
proto_conn_new(const struct proto_ops *ops, const struct carrier *c, const bool lost[2])
{
	struct proto_conn *p = budget_calloc(c->budget, 1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->ops = ops;
	if ((p->conn = ops->conn_new(c)) == NULL) {
		budget_free(p);
		return NULL;
	}
	for (enum dir d = C2S; d <= S2C; d++)
		frame_init(&p->framer[d], ops, p->conn, c->world, c->budget, d, lost[d]);
	return p;
}

void
proto_conn_data(struct proto_conn *p, enum dir d, struct view v)
{
	p->spoke[d] = true;
	frame_push(&p->framer[d], v);
}

void
proto_conn_gap(struct proto_conn *p, enum dir d, uint64_t n)
{
	if (p != NULL)
		frame_gap(&p->framer[d], n);
}

bool
proto_conn_over(const struct proto_conn *p)
{
	bool hopeless[2];

	for (enum dir d = C2S; d <= S2C; d++) {
		if (p->framer[d].left)
			return true;
		hopeless[d] = !p->spoke[d] || frame_hopeless(&p->framer[d]);
	}
	return hopeless[C2S] && hopeless[S2C];
}

void
proto_conn_end(struct proto_conn *p)
{
	for (enum dir d = C2S; p != NULL && d <= S2C; d++)
		frame_end(&p->framer[d]);
}

void
proto_conn_free(struct proto_conn *p)
{
	if (p == NULL)
		return;
	p->ops->conn_free(p->conn);
	for (enum dir d = C2S; d <= S2C; d++)
		frame_free(&p->framer[d]);
	budget_free(p);
}
