/* table.c -- the protocols that are looked for in TCP connections and UDP
 * datagrams, and who reads the messages of HTTP. */
#include "auth/kdc.h"
#include "http/http.h"
#include "http/tls.h"
#include "rpc/dcerpc.h"
#include "smb/nbss.h"
#include "winrm/winrm.h"

const struct proto_ops *const tcp_protos[] = {
	&nbss_proto, &dcerpc_proto, &kdc_proto, &tls_proto, &http_proto, NULL
};
const struct dgram_ops *const udp_protos[] = { &kdc_dgram, NULL };
const struct http_listener *const http_listener = &winrm_listener;
