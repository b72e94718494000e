/* ifaces.c -- the table of RPC interfaces. */
#include "rpc/iface.h"

#include <string.h>

#include "base/reader.h"

const struct rpc_iface *const rpc_ifaces[] = {
	&tsch_iface, &atsvc_iface, &sasec_iface, &epm_iface, NULL
};

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
