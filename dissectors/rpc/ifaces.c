/* ifaces.c -- the table of RPC interfaces: a new one gets its row here. */
#include "rpc/iface.h"

const struct rpc_iface *const rpc_ifaces[] = {
	&tsch_iface, &atsvc_iface, &sasec_iface, &svcctl_iface, &epm_iface, NULL
};
