/*
 * Makes the captures that make bench measures with:
 *
 *	mkbulk copy FILE [LOSE]	an SMB 3.1.1 file copy both ways, 512 MiB and more; one
 *				packet in LOSE is missing
 *	mkbulk copy-smb3 FILE	the same, encrypted
 *	mkbulk small FILE	5,000,000 small packets of 100,000 connections that
 *				carry nothing of ours
 *	mkbulk tasks FILE	20,000 tasks registered over RPC in the clear
 *	mkbulk tasks-ntlm FILE	the same, sealed with NTLM
 *	mkbulk tasks-krb FILE	the same, sealed with Kerberos
 *	mkbulk tasks-smb FILE	the same as tasks, on a pipe
 *	mkbulk tasks-smb3 FILE	the same, in encrypted sessions
 *	mkbulk winrs FILE	20,000 tasks made with commands over WinRM, in the clear
 *	mkbulk winrs-ntlm FILE	the same, sealed with NTLM
 *	mkbulk psrp FILE	the same with PowerShell's scripts, in the clear
 *	mkbulk psrp-ntlm FILE	the same, sealed with NTLM
 *	mkbulk winrm-output FILE	four commands over WinRM that print 1 GiB
 *
 * What is sealed has its secrets beside it, in FILE.secrets and FILE.keytab.
 */
#include <sys/stat.h>

#include <err.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "rpc.h"
#include "smb.h"
#include "winrm.h"
#include "wire.h"

#define COPY_BLOCK	(1u << 20)
#define COPY_WRITES	272
#define COPY_READS	272
#define SMALL_CONNS	100000
#define SMALL_PACKETS	50		/* of each connection */
#define TASKS		20000
#define TASKS_PER_CONN	50
#define TASKS_PER_SHELL	100
#define OUTPUT_COMMANDS	4
#define OUTPUT_ANSWERS	537		/* of each command */
#define OUTPUT_BLOCK	375000		/* of each answer: 500,000 bytes of base64 */

#define SESSION		0x100000000041	/* the first SMB session's id */

struct kind {
	const char	*name;
	void		(*make)(struct wire *, const struct kind *, const char *path);
	enum rpc_auth	 auth;		/* of the tasks */
	bool		 pipe;		/* they go over SMB */
	bool		 sealed;	/* SMB or WinRM is encrypted */
	enum winrm_shell shell;
};

/* ---- Secrets ---- */

/* Beside the capture, for its owner's eyes only. */
static void
save(const char *path, const char *suffix, const void *p, size_t len)
{
	char name[4096];
	FILE *f;
	int fd;

	if (snprintf(name, sizeof(name), "%s%s", path, suffix) >= (int)sizeof(name))
		errx(1, "%s: name too long", path);
	if ((fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600)) == -1 ||
	    fchmod(fd, 0600) == -1 || (f = fdopen(fd, "wb")) == NULL)
		err(1, "%s", name);
	if (fwrite(p, 1, len, f) != len || fclose(f) != 0)
		err(1, "%s", name);
}

static void
save_password(const char *path)
{
	static const char line[] = "password\t" NTLM_DOMAIN "\\" NTLM_USER "\t" NTLM_PASSWORD "\n";

	save(path, ".secrets", line, sizeof(line) - 1);
}

static void
save_keytab(const char *path, const struct msg *keytab)
{
	char line[4096], copy[4096];
	int n;

	snprintf(copy, sizeof(copy), "%s", path);
	n = snprintf(line, sizeof(line), "keytab\t%s.keytab\n", basename(copy));
	save(path, ".secrets", line, (size_t)n);
	save(path, ".keytab", keytab->p, keytab->len);
}

/* ---- A file copy ---- */

static void
make_copy(struct wire *w, const struct kind *k, const char *path)
{
	struct conn c = { 0x0a000001, 0x0a000002, 50123, 445, { 0, 0 }, 0 };
	static uint8_t block[COPY_BLOCK];
	struct smb s;

	smb_init(&s, w, COPY_BLOCK);
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = (uint8_t)wire_random(w);
	w->step = 10;
	conn_begin(w, &c);
	smb_open(&s, &c, SESSION, "data", k->sealed);
	smb_create(&s, "backup\\disk.vhdx");
	for (uint64_t i = 0; i < COPY_WRITES; i++)
		smb_write(&s, i * COPY_BLOCK, block, sizeof(block));
	smb_close(&s);
	smb_create(&s, "backup\\mail.ost");
	for (uint64_t i = 0; i < COPY_READS; i++)
		smb_read(&s, i * COPY_BLOCK, block, sizeof(block));
	smb_close(&s);
	conn_end(w, &c);
	smb_free(&s);
	if (k->sealed)
		save_password(path);
}

/* ---- What is none of ours ---- */

static void
make_small(struct wire *w, const struct kind *k, const char *path)
{
	static const char request[] = "GET /api/v1/items?page=7 HTTP/1.1\r\nHost: app\r\n\r\n";
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{\"items\":[1,2,3]}\n";
	static const char tls[] = "\x17\x03\x03\x00\x3b" "0123456789abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVW";
	struct conn *c;

	(void)k;
	(void)path;
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

/* ---- Tasks ---- */

static void
make_tasks(struct wire *w, const struct kind *k, const char *path)
{
	struct msg keytab;
	struct smb s;
	struct rpc r;

	msg_init(&keytab, 65536);
	krb_keytab_begin(&keytab);
	smb_init(&s, w, 16384);
	rpc_init(&r, w, k->auth);
	w->step = 100;
	for (unsigned int n = 0; n < TASKS; n += TASKS_PER_CONN) {
		unsigned int i = n / TASKS_PER_CONN;
		struct conn c = { 0x0a030001, 0x0a040001 + i, (uint16_t)(50000 + i),
			k->pipe ? 445 : 49700, { 0, 0 }, 0 };

		conn_begin(w, &c);
		if (k->pipe) {
			smb_open(&s, &c, SESSION + 4 * (uint64_t)i, "IPC$", k->sealed);
			smb_create(&s, "atsvc");
		}
		rpc_bind(&r, &c, k->pipe ? &s : NULL, &keytab);
		for (unsigned int j = 0; j < TASKS_PER_CONN; j++)
			rpc_register(&r, n + j);
		if (k->pipe)
			smb_close(&s);
		conn_end(w, &c);
	}
	if (k->auth == RPC_KERBEROS)
		save_keytab(path, &keytab);
	else if (k->auth == RPC_NTLM || k->sealed)
		save_password(path);
	rpc_free(&r);
	smb_free(&s);
	free(keytab.p);
}

/* ---- WinRM ---- */

static struct conn
winrm_conn(unsigned int i)
{
	return (struct conn){ .client = 0x0a050001, .server = 0x0a060001 + i,
		.cport = (uint16_t)(50000 + i), .sport = 5985 };
}

static void
make_winrm(struct wire *w, const struct kind *k, const char *path)
{
	struct winrm r;

	winrm_init(&r, w, k->shell, k->sealed, 16384);
	w->step = 100;
	for (unsigned int n = 0; n < TASKS; n += TASKS_PER_SHELL) {
		struct conn c = winrm_conn(n / TASKS_PER_SHELL);

		conn_begin(w, &c);
		winrm_open(&r, &c);
		for (unsigned int j = 0; j < TASKS_PER_SHELL; j++)
			winrm_task(&r, n + j);
		winrm_close(&r);
		conn_end(w, &c);
	}
	if (k->sealed)
		save_password(path);
	winrm_free(&r);
}

/* As a listing of a directory prints it, cut where the block ends. */
static void
fill_listing(struct wire *w, char *block, size_t len)
{
	static const char line[] = "11/24/2026  08:%02u AM         %9u inventory-%08x.log\r\n";
	char text[96];
	size_t n;

	for (size_t at = 0; at < len; at += n) {
		n = (size_t)snprintf(text, sizeof(text), line, wire_random(w) % 60,
		    wire_random(w) % 1000000000, wire_random(w));
		n = n < len - at ? n : len - at;
		memcpy(block + at, text, n);
	}
}

static void
make_output(struct wire *w, const struct kind *k, const char *path)
{
	static char block[OUTPUT_BLOCK];
	struct winrm r;

	(void)path;
	fill_listing(w, block, sizeof(block));
	winrm_init(&r, w, k->shell, k->sealed, sizeof(block));
	w->step = 10;
	for (unsigned int i = 0; i < OUTPUT_COMMANDS; i++) {
		struct conn c = winrm_conn(i);

		conn_begin(w, &c);
		winrm_open(&r, &c);
		winrm_output(&r, block, sizeof(block), OUTPUT_ANSWERS);
		winrm_close(&r);
		conn_end(w, &c);
	}
	winrm_free(&r);
}

int
main(int argc, char **argv)
{
	static const struct kind kinds[] = {
		{ .name = "copy", .make = make_copy, .pipe = true },
		{ .name = "copy-smb3", .make = make_copy, .pipe = true, .sealed = true },
		{ .name = "small", .make = make_small },
		{ .name = "tasks", .make = make_tasks },
		{ .name = "tasks-ntlm", .make = make_tasks, .auth = RPC_NTLM },
		{ .name = "tasks-krb", .make = make_tasks, .auth = RPC_KERBEROS },
		{ .name = "tasks-smb", .make = make_tasks, .pipe = true },
		{ .name = "tasks-smb3", .make = make_tasks, .pipe = true, .sealed = true },
		{ .name = "winrs", .make = make_winrm },
		{ .name = "winrs-ntlm", .make = make_winrm, .sealed = true },
		{ .name = "psrp", .make = make_winrm, .shell = WINRM_POWERSHELL },
		{ .name = "psrp-ntlm", .make = make_winrm,
		    .shell = WINRM_POWERSHELL, .sealed = true },
		{ .name = "winrm-output", .make = make_output },
	};
	struct wire w = { .step = 1 };

	if (argc < 3)
		errx(2, "usage: mkbulk kind file [lose]");
	if (argc > 3)
		w.lose = (unsigned int)strtoul(argv[3], NULL, 10);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(argv[1], kinds[i].name) == 0) {
			wire_open(&w, argv[2]);
			kinds[i].make(&w, &kinds[i], argv[2]);
			wire_close(&w);
			fprintf(stderr, "%ju packets, %ju lost\n", (uintmax_t)w.packets,
			    (uintmax_t)w.lost);
			return 0;
		}
	errx(2, "%s: no such kind", argv[1]);
}
