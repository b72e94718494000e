/* table.h -- what dissectors/table.c gathers: each of these ends its own file. */
#ifndef TABLE_H
#define TABLE_H

#include "engine/dissect.h"

extern const struct proto_ops nbss_proto, dcerpc_proto, kdc_proto, tls_proto;
extern const struct dgram_ops kdc_dgram;
extern const struct rpc_iface tsch_iface, atsvc_iface, sasec_iface, epm_iface;

#endif
