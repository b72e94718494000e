#include "rpc.h"

#include <sys/endian.h>

#include <stdlib.h>
#include <string.h>

enum { REQUEST = 0, RESPONSE = 2, BIND = 11, BIND_ACK = 12, ALTER = 14, ALTER_RESP = 15,
	AUTH3 = 16 };

#define PACKET_PRIVACY	6
#define HEADER		24	/* of a request or response */

static const uint8_t tsch[16] = { 0x49, 0x59, 0xd3, 0x86, 0xc9, 0x83, 0x44, 0x40,
	0xb4, 0x24, 0xdb, 0x36, 0x32, 0x31, 0xfd, 0x0c };
static const uint8_t ndr20[16] = { 0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11,
	0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60 };

void
rpc_init(struct rpc *r, struct wire *w, enum rpc_auth auth)
{
	memset(r, 0, sizeof(*r));
	r->w = w;
	r->auth = auth;
	msg_init(&r->ask, 16384);
	msg_init(&r->answer, 16384);
	ntlm_init(&r->ntlm);
	krb_init(&r->krb);
}

void
rpc_free(struct rpc *r)
{
	free(r->ask.p);
	free(r->answer.p);
	ntlm_free(&r->ntlm);
	krb_free(&r->krb);
}

/* ---- PDUs ---- */

static void
begin(const struct rpc *r, struct msg *m, uint8_t type)
{
	bool shakes = type != REQUEST && type != RESPONSE;

	m->len = 0;
	put8(m, 5);
	put8(m, 0);
	put8(m, type);
	put8(m, shakes && r->auth != RPC_CLEAR ? 7 : 3);	/* whole; headers are signed */
	put32(m, 0x10);			/* little-endian, ASCII, IEEE */
	put16(m, 0);
	put16(m, 0);
	put32(m, r->call);
}

static void
lengths(struct msg *m, size_t frag, size_t auth)
{
	le16enc(m->p + 8, (uint16_t)frag);
	le16enc(m->p + 10, (uint16_t)auth);
}

/* 2.2.2.11 */
static void
put_trailer(const struct rpc *r, struct msg *m, size_t pad)
{
	put8(m, (uint8_t)r->auth);
	put8(m, PACKET_PRIVACY);
	put8(m, (uint8_t)pad);
	put8(m, 0);
	put32(m, 0);
}

/* The end of a PDU that carries a leg of the logon; token NULL: it has none. */
static void
end_leg(const struct rpc *r, struct msg *m, const struct msg *token)
{
	if (token != NULL) {
		put_trailer(r, m, 0);
		put(m, token->p, token->len);
	}
	lengths(m, m->len, token != NULL ? token->len : 0);
}

/* The end of a request or response. */
static void
end_call(struct rpc *r, bool server, struct msg *m)
{
	size_t stub = m->len - HEADER, pad = -stub & 15;
	size_t token = r->auth == RPC_NTLM ? NTLM_TOKEN : KRB_TOKEN;

	le32enc(m->p + 16, (uint32_t)stub);
	if (r->auth == RPC_CLEAR) {
		lengths(m, m->len, 0);
		return;
	}
	put_zero(m, pad);
	put_trailer(r, m, pad);
	lengths(m, m->len + token, token);
	if (r->auth == RPC_NTLM)
		ntlm_seal(&r->ntlm, server, m, HEADER, stub + pad);
	else
		krb_seal(&r->krb, server, m, HEADER, stub + pad);
}

static void
exchange(struct rpc *r)
{
	if (r->smb != NULL) {
		smb_transceive(r->smb, &r->ask, &r->answer);
		return;
	}
	conn_say(r->w, r->c, false, r->ask.p, r->ask.len);
	conn_say(r->w, r->c, true, r->answer.p, r->answer.len);
}

/* ---- The logon ---- */

static void
put_ask(const struct rpc *r, struct msg *m, uint8_t type)
{
	begin(r, m, type);
	put16(m, 5840);
	put16(m, 5840);
	put32(m, type == ALTER ? 0x1234 : 0);
	put32(m, 1);			/* contexts */
	put16(m, 0);
	put16(m, 1);
	put(m, tsch, sizeof(tsch));
	put32(m, 1);
	put(m, ndr20, sizeof(ndr20));
	put32(m, 2);
}

static void
put_answer(const struct rpc *r, struct msg *m, uint8_t type)
{
	const char *address = type == ALTER_RESP ? "" : r->smb != NULL ? "\\PIPE\\atsvc" : "49700";
	size_t len = *address != '\0' ? strlen(address) + 1 : 0;

	begin(r, m, type);
	put16(m, 5840);
	put16(m, 5840);
	put32(m, 0x1234);
	put16(m, (uint16_t)len);
	put(m, address, len);
	put_pad(m, 0, 4);
	put32(m, 1);
	put32(m, 0);
	put(m, ndr20, sizeof(ndr20));
	put32(m, 2);
}

static void
bind_ntlm(struct rpc *r)
{
	ntlm_logon(&r->ntlm, r->w);
	put_ask(r, &r->ask, BIND);
	end_leg(r, &r->ask, &r->ntlm.negotiate);
	put_answer(r, &r->answer, BIND_ACK);
	end_leg(r, &r->answer, &r->ntlm.challenge);
	exchange(r);

	begin(r, &r->ask, AUTH3);
	put32(&r->ask, 0);		/* 2.2.2.10: means nothing */
	end_leg(r, &r->ask, &r->ntlm.authenticate);
	conn_say(r->w, r->c, false, r->ask.p, r->ask.len);
}

static void
bind_kerberos(struct rpc *r, struct msg *keytab)
{
	char host[64];

	snprintf(host, sizeof(host), "agent%u.bench.example", r->c->server & 0xffff);
	krb_logon(&r->krb, r->w, host, keytab);
	put_ask(r, &r->ask, BIND);
	end_leg(r, &r->ask, &r->krb.ap_req);
	put_answer(r, &r->answer, BIND_ACK);
	end_leg(r, &r->answer, &r->krb.ap_rep);
	exchange(r);

	put_ask(r, &r->ask, ALTER);
	end_leg(r, &r->ask, &r->krb.third);
	put_answer(r, &r->answer, ALTER_RESP);
	end_leg(r, &r->answer, NULL);
	exchange(r);
}

void
rpc_bind(struct rpc *r, struct conn *c, struct smb *smb, struct msg *keytab)
{
	r->c = c;
	r->smb = smb;
	r->call = 1;
	switch (r->auth) {
	case RPC_NTLM:
		bind_ntlm(r);
		break;
	case RPC_KERBEROS:
		bind_kerberos(r, keytab);
		break;
	case RPC_CLEAR:
		put_ask(r, &r->ask, BIND);
		end_leg(r, &r->ask, NULL);
		put_answer(r, &r->answer, BIND_ACK);
		end_leg(r, &r->answer, NULL);
		exchange(r);
	}
}

/* ---- The call ---- */

static void
put_string(struct msg *m, const char *s)
{
	uint32_t n = (uint32_t)strlen(s) + 1;

	put_pad(m, HEADER, 4);
	put32(m, n);
	put32(m, 0);
	put32(m, n);
	put_wide(m, s);
	put16(m, 0);
	put_pad(m, HEADER, 4);
}

static const char definition[] =
	"<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n"
	"<Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\r\n"
	"  <RegistrationInfo>\r\n"
	"    <Date>2026-11-24T08:00:00</Date>\r\n"
	"    <Author>CORP\\svc_deploy</Author>\r\n"
	"    <Description>Collects the inventory of installed software and of the services that "
	"run, and leaves it where the management server fetches it at night. Do not remove: the "
	"licence report is made of it.</Description>\r\n"
	"    <URI>%s</URI>\r\n"
	"  </RegistrationInfo>\r\n"
	"  <Triggers>\r\n"
	"    <CalendarTrigger>\r\n"
	"      <StartBoundary>2026-11-24T22:00:00</StartBoundary>\r\n"
	"      <Enabled>true</Enabled>\r\n"
	"      <RandomDelay>PT30M</RandomDelay>\r\n"
	"      <ScheduleByDay>\r\n        <DaysInterval>1</DaysInterval>\r\n      </ScheduleByDay>\r\n"
	"    </CalendarTrigger>\r\n"
	"  </Triggers>\r\n"
	"  <Principals>\r\n"
	"    <Principal id=\"Author\">\r\n"
	"      <UserId>S-1-5-18</UserId>\r\n"
	"      <RunLevel>HighestAvailable</RunLevel>\r\n"
	"    </Principal>\r\n"
	"  </Principals>\r\n"
	"  <Settings>\r\n"
	"    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>\r\n"
	"    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>\r\n"
	"    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>\r\n"
	"    <StartWhenAvailable>true</StartWhenAvailable>\r\n"
	"    <Enabled>true</Enabled>\r\n"
	"    <Hidden>false</Hidden>\r\n"
	"    <ExecutionTimeLimit>PT1H</ExecutionTimeLimit>\r\n"
	"    <Priority>7</Priority>\r\n"
	"  </Settings>\r\n"
	"  <Actions Context=\"Author\">\r\n"
	"    <Exec>\r\n"
	"      <Command>C:\\Program Files\\Inventory\\collect.exe</Command>\r\n"
	"      <Arguments>/quiet /host:%u /out:C:\\ProgramData\\Inventory</Arguments>\r\n"
	"    </Exec>\r\n"
	"  </Actions>\r\n"
	"</Task>";

void
rpc_register(struct rpc *r, unsigned int task)
{
	struct msg *m = &r->ask;
	char path[64], xml[sizeof(definition) + 128];

	snprintf(path, sizeof(path), "\\Inventory\\Collect %u", task);
	snprintf(xml, sizeof(xml), definition, path, task);
	r->call++;

	begin(r, m, REQUEST);
	put32(m, 0);			/* the stub's size */
	put16(m, 0);
	put16(m, 1);			/* opnum */
	put32(m, 0x20000);
	put_string(m, path);
	put_string(m, xml);
	put32(m, 6);			/* create or update */
	put32(m, 0);			/* sddl */
	put32(m, 0);			/* logon type */
	put32(m, 0);			/* credentials */
	put32(m, 0);
	end_call(r, false, m);

	m = &r->answer;
	begin(r, m, RESPONSE);
	put32(m, 0);
	put32(m, 0);
	put32(m, 0x20000);
	put_string(m, path);
	put32(m, 0);
	put32(m, 0);
	end_call(r, true, m);
	exchange(r);
}
