/*
 * Makes the captures that make bench measures with:
 *
 *	mkbulk copy FILE [LOSE]	an SMB2 file copy both ways, 512 MiB and more; one
 *				packet in LOSE is missing
 *	mkbulk small FILE	5,000,000 small packets of 100,000 connections that
 *				carry nothing of ours
 *	mkbulk tasks FILE	20,000 tasks registered over RPC in the clear
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

#define COPY_BLOCK	(1u << 20)
#define COPY_WRITES	272
#define COPY_READS	272
#define SMALL_CONNS	100000
#define SMALL_PACKETS	50		/* of each connection */
#define TASKS		20000
#define TASKS_PER_CONN	50

/* ---- SMB2, [MS-SMB2] 2.2 ---- */

enum { NEGOTIATE, SETUP, LOGOFF, TREE, UNTREE, CREATE, CLOSE, FLUSH, READ, WRITE };

/* NBSS and SMB2 header; the length is filled in by smb_send(). */
static void
smb_begin(struct msg *m, uint16_t command, bool server, uint64_t id, uint64_t session,
    uint32_t tree)
{
	m->len = 0;
	put32(m, 0);
	put(m, "\xfeSMB", 4);
	put16(m, 64);
	put16(m, command == READ || command == WRITE ? 16 : 1);	/* credit charge */
	put32(m, server && command == SETUP && session == 0 ? 0xc0000016 : 0);
	put16(m, command);
	put16(m, 64);			/* credits */
	put32(m, server ? 1 : 0);
	put32(m, 0);
	put64(m, id);
	put32(m, 0xfeff);
	put32(m, tree);
	put64(m, session);
	put_zero(m, 16);
}

static void
smb_send(struct wire *w, struct conn *c, bool server, struct msg *m)
{
	size_t n = m->len - 4;

	m->p[1] = (uint8_t)(n >> 16);
	m->p[2] = (uint8_t)(n >> 8);
	m->p[3] = (uint8_t)n;
	conn_say(w, c, server, m->p, m->len);
}

static void
smb_negotiate(struct wire *w, struct conn *c, struct msg *m)
{
	smb_begin(m, NEGOTIATE, false, 0, 0, 0);
	put16(m, 36);
	put16(m, 1);			/* dialects */
	put16(m, 1);			/* signing enabled */
	put16(m, 0);
	put32(m, 0x7f);
	put_zero(m, 16 + 8);
	put16(m, 0x0302);
	smb_send(w, c, false, m);

	smb_begin(m, NEGOTIATE, true, 0, 0, 0);
	put16(m, 65);
	put16(m, 1);
	put16(m, 0x0302);
	put16(m, 0);
	put_zero(m, 16);
	put32(m, 0x7f);
	put32(m, 8u << 20);
	put32(m, 8u << 20);
	put32(m, 8u << 20);
	put_zero(m, 16);
	put16(m, 128);
	put16(m, 0);
	put32(m, 0);
	smb_send(w, c, true, m);
}

/* [MS-NLMP] 2.2.1: the three messages, with nothing but names in them. */
static void
ntlm(struct msg *m, int leg)
{
	static const char *const names[] = { "CORP", "copyuser", "WS7" };
	uint32_t at = 88;

	put(m, "NTLMSSP", 8);
	put32(m, (uint32_t)leg);
	if (leg == 1) {
		put32(m, 0xe2088297);
		put_zero(m, 24);
	} else if (leg == 2) {
		put32(m, 0);
		put32(m, 56);
		put32(m, 0xe2898215);
		put(m, "challeng", 8);
		put_zero(m, 8);
		put32(m, 4);
		put32(m, 56);
		put_zero(m, 8);
		put32(m, 0);
	} else {
		put32(m, 0);
		put32(m, 88);
		put32(m, 0);
		put32(m, 88);
		for (size_t i = 0; i < 3; i++) {
			uint16_t n = (uint16_t)(strlen(names[i]) * 2);

			put16(m, n);
			put16(m, n);
			put32(m, at);
			at += n;
		}
		put32(m, 0);
		put32(m, at);
		put32(m, 0xe2888215);
		put_zero(m, 24);
		for (size_t i = 0; i < 3; i++)
			put_wide(m, names[i]);
	}
}

static void
smb_setup(struct wire *w, struct conn *c, struct msg *m, uint64_t session)
{
	for (int leg = 1; leg <= 3; leg += 2) {
		size_t at, from;

		smb_begin(m, SETUP, false, (uint64_t)leg, leg == 1 ? 0 : session, 0);
		put16(m, 25);
		put8(m, 0);
		put8(m, 1);
		put32(m, 0);
		put32(m, 0);
		put16(m, 88);
		at = m->len;
		put16(m, 0);
		put64(m, 0);
		from = m->len;
		ntlm(m, leg);
		m->p[at] = (uint8_t)(m->len - from);
		smb_send(w, c, false, m);

		smb_begin(m, SETUP, true, (uint64_t)leg, leg == 1 ? 0 : session, 0);
		memcpy(m->p + 4 + 40, &session, sizeof(session));
		put16(m, 9);
		put16(m, 0);
		put16(m, 72);
		put16(m, leg == 1 ? 60 : 0);
		if (leg == 1)
			ntlm(m, 2);
		smb_send(w, c, true, m);
	}
}

static void
smb_tree(struct wire *w, struct conn *c, struct msg *m, uint64_t session)
{
	static const char share[] = "\\\\10.0.0.2\\data";

	smb_begin(m, TREE, false, 4, session, 0);
	put16(m, 9);
	put16(m, 0);
	put16(m, 72);
	put16(m, (uint16_t)(strlen(share) * 2));
	put_wide(m, share);
	smb_send(w, c, false, m);

	smb_begin(m, TREE, true, 4, session, 1);
	put16(m, 16);
	put16(m, 1);
	put_zero(m, 8);
	put32(m, 0x1f01ff);
	smb_send(w, c, true, m);
}

static void
smb_create(struct wire *w, struct conn *c, struct msg *m, uint64_t session,
    uint64_t id, const char *name)
{
	smb_begin(m, CREATE, false, id, session, 1);
	put16(m, 57);
	put16(m, 0);
	put32(m, 2);
	put_zero(m, 16);
	put32(m, 0x12019f);
	put32(m, 0x80);
	put32(m, 7);
	put32(m, 5);
	put32(m, 0x40);
	put16(m, 120);
	put16(m, (uint16_t)(strlen(name) * 2));
	put64(m, 0);
	put_wide(m, name);
	smb_send(w, c, false, m);

	smb_begin(m, CREATE, true, id, session, 1);
	put16(m, 89);
	put16(m, 0);
	put32(m, 1);
	put_zero(m, 48);
	put32(m, 0x80);
	put32(m, 0);
	put64(m, id);
	put64(m, id);
	put64(m, 0);
	smb_send(w, c, true, m);
}

static void
smb_close(struct wire *w, struct conn *c, struct msg *m, uint64_t session,
    uint64_t id, uint64_t file)
{
	smb_begin(m, CLOSE, false, id, session, 1);
	put16(m, 24);
	put_zero(m, 6);
	put64(m, file);
	put64(m, file);
	smb_send(w, c, false, m);

	smb_begin(m, CLOSE, true, id, session, 1);
	put16(m, 60);
	put_zero(m, 58);
	smb_send(w, c, true, m);
}

static void
smb_write(struct wire *w, struct conn *c, struct msg *m, uint64_t session,
    uint64_t id, uint64_t file, uint64_t off, const uint8_t *block)
{
	smb_begin(m, WRITE, false, id, session, 1);
	put16(m, 49);
	put16(m, 112);
	put32(m, COPY_BLOCK);
	put64(m, off);
	put64(m, file);
	put64(m, file);
	put_zero(m, 16);
	put(m, block, COPY_BLOCK);
	smb_send(w, c, false, m);

	smb_begin(m, WRITE, true, id, session, 1);
	put16(m, 17);
	put16(m, 0);
	put32(m, COPY_BLOCK);
	put64(m, 0);
	put8(m, 0);
	smb_send(w, c, true, m);
}

static void
smb_read(struct wire *w, struct conn *c, struct msg *m, uint64_t session,
    uint64_t id, uint64_t file, uint64_t off, const uint8_t *block)
{
	smb_begin(m, READ, false, id, session, 1);
	put16(m, 49);
	put16(m, 0x50);
	put32(m, COPY_BLOCK);
	put64(m, off);
	put64(m, file);
	put64(m, file);
	put_zero(m, 17);
	smb_send(w, c, false, m);

	smb_begin(m, READ, true, id, session, 1);
	put16(m, 17);
	put16(m, 80);
	put32(m, COPY_BLOCK);
	put64(m, 0);
	put(m, block, COPY_BLOCK);
	smb_send(w, c, true, m);
}

static void
make_copy(struct wire *w)
{
	struct conn c = { 0x0a000001, 0x0a000002, 50123, 445, { 0, 0 }, 0 };
	const uint64_t session = 0x100000000041;
	static uint8_t block[COPY_BLOCK];
	struct msg m;
	uint64_t id = 5;

	msg_init(&m, COPY_BLOCK + 4096);
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = (uint8_t)wire_random(w);
	w->step = 10;
	conn_begin(w, &c);
	smb_negotiate(w, &c, &m);
	smb_setup(w, &c, &m, session);
	smb_tree(w, &c, &m, session);
	smb_create(w, &c, &m, session, id, "backup\\disk.vhdx");
	for (uint64_t i = 0; i < COPY_WRITES; i++)
		smb_write(w, &c, &m, session, id + 1 + i, id, i * COPY_BLOCK, block);
	smb_close(w, &c, &m, session, id + 1 + COPY_WRITES, id);
	id += COPY_WRITES + 2;
	smb_create(w, &c, &m, session, id, "backup\\mail.ost");
	for (uint64_t i = 0; i < COPY_READS; i++)
		smb_read(w, &c, &m, session, id + 1 + i, id, i * COPY_BLOCK, block);
	smb_close(w, &c, &m, session, id + 1 + COPY_READS, id);
	conn_end(w, &c);
	free(m.p);
}

/* ---- What is none of ours ---- */

static void
make_small(struct wire *w)
{
	static const char request[] = "GET /api/v1/items?page=7 HTTP/1.1\r\nHost: app\r\n\r\n";
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{\"items\":[1,2,3]}\n";
	static const char tls[] = "\x17\x03\x03\x00\x3b" "0123456789abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVW";
	struct conn *c;

	if ((c = calloc(SMALL_CONNS, sizeof(*c))) == NULL)
		err(1, "calloc");
	w->step = 1;
	for (uint32_t i = 0; i < SMALL_CONNS; i++) {
		c[i].client = 0x0a010000 + i / 16;
		c[i].server = 0x0a020000 + i % 251;
		c[i].cport = (uint16_t)(20000 + i % 40000);
		c[i].sport = i % 2 == 0 ? 80 : 443;
		conn_begin(w, &c[i]);
	}
	/* All of them at once: each has its turn before any has its next. */
	for (unsigned int n = 3; n < SMALL_PACKETS; n++) {
		bool server = n % 2 == 0;

		for (uint32_t i = 0; i < SMALL_CONNS; i++) {
			if (c[i].sport == 443)
				conn_packet(w, &c[i], server, 0x18, tls, sizeof(tls) - 1);
			else if (server)
				conn_packet(w, &c[i], true, 0x18, answer, sizeof(answer) - 1);
			else
				conn_packet(w, &c[i], false, 0x18, request, sizeof(request) - 1);
		}
	}
	free(c);
}

/* ---- Tasks over RPC, [C706] 12 and [MS-TSCH] 3.2.5.4.2 ---- */

static const uint8_t tsch[16] = { 0x49, 0x59, 0xd3, 0x86, 0xc9, 0x83, 0x44, 0x40,
	0xb4, 0x24, 0xdb, 0x36, 0x32, 0x31, 0xfd, 0x0c };
static const uint8_t ndr20[16] = { 0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11,
	0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60 };

static void
rpc_begin(struct msg *m, uint8_t type, uint32_t call)
{
	m->len = 0;
	put8(m, 5);
	put8(m, 0);
	put8(m, type);
	put8(m, 3);			/* first and last fragment */
	put32(m, 0x10);			/* little-endian, ASCII, IEEE */
	put16(m, 0);
	put16(m, 0);
	put32(m, call);
}

static void
rpc_send(struct wire *w, struct conn *c, bool server, struct msg *m)
{
	m->p[8] = (uint8_t)m->len;
	m->p[9] = (uint8_t)(m->len >> 8);
	conn_say(w, c, server, m->p, m->len);
}

static void
rpc_bind(struct wire *w, struct conn *c, struct msg *m)
{
	rpc_begin(m, 11, 1);
	put16(m, 5840);
	put16(m, 5840);
	put32(m, 0);
	put32(m, 1);			/* contexts */
	put16(m, 0);
	put16(m, 1);
	put(m, tsch, sizeof(tsch));
	put32(m, 1);
	put(m, ndr20, sizeof(ndr20));
	put32(m, 2);
	rpc_send(w, c, false, m);

	rpc_begin(m, 12, 1);
	put16(m, 5840);
	put16(m, 5840);
	put32(m, 0x1234);
	put16(m, 6);
	put(m, "49700", 6);
	put32(m, 1);
	put32(m, 0);
	put(m, ndr20, sizeof(ndr20));
	put32(m, 2);
	rpc_send(w, c, true, m);
}

static void
put_string(struct msg *m, size_t stub, const char *s)
{
	uint32_t n = (uint32_t)strlen(s) + 1;

	put_pad(m, stub, 4);
	put32(m, n);
	put32(m, 0);
	put32(m, n);
	put_wide(m, s);
	put16(m, 0);
	put_pad(m, stub, 4);
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

static void
rpc_register(struct wire *w, struct conn *c, struct msg *m, uint32_t call, unsigned int task)
{
	char path[64], xml[sizeof(definition) + 128];
	size_t stub;

	snprintf(path, sizeof(path), "\\Inventory\\Collect %u", task);
	snprintf(xml, sizeof(xml), definition, path, task);

	rpc_begin(m, 0, call);
	put32(m, 0);
	put16(m, 0);
	put16(m, 1);			/* opnum */
	stub = m->len;
	put32(m, 0x20000);
	put_string(m, stub, path);
	put_string(m, stub, xml);
	put32(m, 6);			/* create or update */
	put32(m, 0);			/* sddl */
	put32(m, 0);			/* logon type */
	put32(m, 0);			/* credentials */
	put32(m, 0);
	m->p[16] = (uint8_t)(m->len - stub);
	m->p[17] = (uint8_t)((m->len - stub) >> 8);
	rpc_send(w, c, false, m);

	rpc_begin(m, 2, call);
	put32(m, 0);
	put32(m, 0);
	stub = m->len;
	put32(m, 0x20000);
	put_string(m, stub, path);
	put32(m, 0);
	put32(m, 0);
	m->p[16] = (uint8_t)(m->len - stub);
	rpc_send(w, c, true, m);
}

static void
make_tasks(struct wire *w)
{
	struct msg m;

	msg_init(&m, 16384);
	w->step = 100;
	for (unsigned int n = 0; n < TASKS; n += TASKS_PER_CONN) {
		unsigned int i = n / TASKS_PER_CONN;
		struct conn c = { 0x0a030001, 0x0a040001 + i, (uint16_t)(50000 + i), 49700,
			{ 0, 0 }, 0 };

		conn_begin(w, &c);
		rpc_bind(w, &c, &m);
		for (unsigned int k = 0; k < TASKS_PER_CONN; k++)
			rpc_register(w, &c, &m, 2 + k, n + k);
		conn_end(w, &c);
	}
	free(m.p);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*make)(struct wire *);
	} kinds[] = { { "copy", make_copy }, { "small", make_small }, { "tasks", make_tasks } };
	struct wire w = { .step = 1 };

	if (argc < 3)
		errx(2, "usage: mkbulk copy|small|tasks file [lose]");
	if (argc > 3)
		w.lose = (unsigned int)strtoul(argv[3], NULL, 10);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(argv[1], kinds[i].name) == 0) {
			wire_open(&w, argv[2]);
			kinds[i].make(&w);
			wire_close(&w);
			fprintf(stderr, "%ju packets, %ju lost\n", (uintmax_t)w.packets,
			    (uintmax_t)w.lost);
			return 0;
		}
	errx(2, "%s: no such kind", argv[1]);
}
