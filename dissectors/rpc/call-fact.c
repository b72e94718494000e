/* call-fact.c -- what a fact says of the call that it came by. */
#include "rpc/call.h"

#include <stdio.h>

#include "auth/gss.h"
#include "base/digest.h"

static const char *
auth_type_name(uint8_t type, char text[4])
{
	switch (type) {
	case 0: return "none";
	case 9: return "spnego";
	case 10: return "ntlm";
	case 14: return "schannel";
	case 16: return "kerberos";
	case 68: return "netlogon";
	}
	snprintf(text, 4, "%u", type);
	return text;
}

static const char *
auth_level_name(uint8_t level)
{
	static const char *const names[] = { "none", "none", "connect", "call",
		"pkt", "pkt_integrity", "pkt_privacy" };

	return level < nitems(names) ? names[level] : NULL;
}

/* How well the call was protected, and by whose logon. */
static void
describe_auth(const struct rpc_pending *p)
{
	const struct rpc_auth *a = rpc_auth_find(p->conn, p->has_trailer, p->auth_id);
	uint8_t type = p->auth_type, level = p->auth_level;
	char text[4];

	/* At level connect the bind alone carries a token. */
	if (!p->has_trailer && a != NULL && a->level <= LEVEL_CONNECT)
		type = a->type, level = a->level;
	if (level != 0 || !p->trailer_lost) {
		fact_str(p->call.fact, F_RPC_AUTH_TYPE, auth_type_name(type, text));
		fact_str(p->call.fact, F_RPC_AUTH_LEVEL, auth_level_name(level));
	}
	if (a != NULL)
		gss_auth(a->gss, p->call.fact);
}

/* The size of a whole stub, if it is known. */
static bool
stub_size(const struct rpc_stub *s, int64_t *n)
{
	*n = s->torn ? s->hint : (int64_t)s->size;
	return !s->torn || s->hint != 0;
}

static void
describe_interface(const struct rpc_pending *p)
{
	struct fact *o = p->call.fact;
	char text[37];

	uuid_text(p->iface->uuid, text);
	fact_str(o, F_RPC_IFACE_UUID, text);
	snprintf(text, sizeof(text), "%u.%u", p->major_version, p->minor_version);
	fact_str(o, F_RPC_IFACE_VERSION, text);
	fact_str(o, F_RPC_IFACE, p->iface->name);
	fact_str(o, F_RPC_PROCEDURE, p->op->name);
	if (!p->unsure)
		fact_str(o, F_RPC_SYNTAX, p->wide ? "ndr64" : "ndr");
}

static void
describe_transport(const struct rpc_conn *c, struct fact *o)
{
	char text[6];

	if (c->c.piped) {
		fact_str(o, F_RPC_TRANSPORT, "ncacn_np");
		fact_str(o, F_RPC_ENDPOINT, c->pipe);
		return;
	}
	snprintf(text, sizeof(text), "%u", c->c.peers->sport);
	fact_str(o, F_APP_PROTO, "dcerpc");
	fact_str(o, F_RPC_TRANSPORT, "ncacn_ip_tcp");
	fact_str(o, F_RPC_ENDPOINT, text);
}

void
rpc_call_describe(const struct rpc_pending *p)
{
	struct fact *o = p->call.fact;
	char text[4];
	int64_t n;

	fact_str(o, F_RPC_REQUEST, "REQUEST");
	fact_str(o, F_RPC_RESPONSE, p->faulted ? "FAULT" : p->res.frags > 0 ? "RESPONSE" : "UNREPLIED");
	fact_int(o, F_RPC_CALL_ID, p->call_id);
	snprintf(text, sizeof(text), "5.%u", p->minor & 1u);
	fact_str(o, F_RPC_VERSION, text);
	fact_int(o, F_RPC_OPNUM, p->opnum);
	fact_int(o, F_RPC_REQ_FRAGS, p->req.frags);
	if (stub_size(&p->req, &n))
		fact_int(o, F_RPC_REQ_SIZE, n);
	if (p->res.frags > 0) {
		fact_int(o, F_RPC_RES_FRAGS, p->res.frags);
		if (stub_size(&p->res, &n))
			fact_int(o, F_RPC_RES_SIZE, n);
	}
	describe_interface(p);
	describe_transport(p->conn, o);
	describe_auth(p);
}
