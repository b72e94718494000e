/* table.c -- the protocols that are looked for in TCP connections and UDP datagrams. */
#include "auth/kdc.h"
#include "http/http.h"
#include "rpc/dcerpc.h"
#include "smb/smb.h"

const struct proto_ops *const tcp_protos[] = {
	&nbss_proto, &dcerpc_proto, &kdc_proto, &tls_proto, &http_proto, NULL
};
const struct dgram_ops *const udp_protos[] = { &kdc_dgram, NULL };
