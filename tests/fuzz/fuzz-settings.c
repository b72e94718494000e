/* fuzz-settings.c -- a configuration file, and what it allows. */
#include <sys/mman.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "settings/settings.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static struct fact *
task(struct budget *b)
{
	static const struct peers peers = { .client = { .b = { 10, 0, 0, 1 } },
	    .server = { .b = { 10, 0, 0, 2 } } };
	struct fact *o = fact_new(b, FACT_TASK, &peers, (struct packet_ref){ .us = 1 });

	fact_str(o, F_NAME, "\\Vendor\\Update");
	fact_str(o, F_AUTH_USER, "svc");
	fact_str(o, F_AUTH_DOMAIN, "CORP");
	fact_str(o, F_AUTH_REALM, "CORP.EXAMPLE");
	fact_str(o, F_AUTH_WORKSTATION, "WS7");
	fact_str(o, F_SMB_SHARE, "\\\\FS01\\IPC$");
	fact_next(o, F_ACT_TYPE);
	fact_str(o, F_ACT_COMMAND_LINE, "%windir%\\system32\\cmd.exe /c a.bat");
	return o;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char path[64], err[256] = "";
	int fd = memfd_create("settings", MFD_CLOEXEC);
	struct settings s;
	struct budget b;
	struct fact *o;

	if (fd < 0 || write(fd, data, len) != (ssize_t)len)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	budget_init(&b, NULL, 1u << 20);
	settings_init(&s);
	if (settings_read(&s, path, err, sizeof(err))) {
		if (s.rules.suspicious > s.rules.malicious)
			abort();
		o = task(&b);
		(void)allow_find(s.allow, &b, o);
		fact_free(o);
	} else if (strncmp(err, path, strlen(path)) != 0 || strchr(err, '\n') != NULL) {
		abort();	/* one line, and it names the file */
	}
	settings_free(&s);
	close(fd);
	return 0;
}
