/* iface.c -- looks up interfaces and their operations. */
#include "rpc/iface.h"

const struct rpc_iface *
rpc_iface_find(const uint8_t uuid[16])
{
	for (size_t i = 0; rpc_ifaces[i] != NULL; i++)
		if (memcmp(rpc_ifaces[i]->uuid, uuid, 16) == 0)
			return rpc_ifaces[i];
	return NULL;
}

const struct rpc_op *
rpc_op_find(const struct rpc_iface *i, uint16_t opnum)
{
	for (size_t n = 0; n < i->nops; n++)
		if (i->ops[n].opnum == opnum)
			return &i->ops[n];
	return NULL;
}
