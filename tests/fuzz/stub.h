/* stub.h -- one stub of an interface, behind a byte: opnum, 0x20 response,
 * 0x40 big-endian, 0x80 NDR64. */
#ifndef FUZZ_STUB_H
#define FUZZ_STUB_H

#include <stdlib.h>

#include "engine/world.h"
#include "rpc/iface.h"

static inline int
fuzz_stub(const struct rpc_iface *iface, uint16_t opnum, const uint8_t *data, size_t len)
{
	struct stats stats = { 0 };
	struct peers peers = { 0 };
	struct budget budget;
	struct world world;
	struct rpc_call call = { .world = &world, .peers = &peers };
	const struct rpc_op *op = rpc_op_find(iface, opnum);
	struct ndr n;

	if (op == NULL)
		return 0;
	budget_init(&budget, NULL, 8u << 20);
	world_init(&world, &budget, &stats, NULL);
	if ((call.fact = fact_new(&budget, iface->kind, &peers, world.now)) == NULL)
		abort();
	n = ndr_open((struct view){ data + 1, len - 1 }, (data[0] & 0x80) != 0,
	    (data[0] & 0x40) != 0);
	fact_str(call.fact, F_ACTION, op->action);
	if (iface->begin != NULL)
		iface->begin(&call);
	if ((data[0] & 0x20) != 0)
		op->response(&n, &call);
	else if (op->request != NULL)
		op->request(&n, &call);
	if (iface->finish != NULL)
		iface->finish(&call);
	fact_free(call.fact);
	world_free(&world);
	if (budget.used != 0)
		abort();	/* a leak */
	return 0;
}

#endif
