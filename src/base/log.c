#include "base/log.h"

#include <linux/limits.h>
#include <stdarg.h>
#include <stdio.h>

static bool silent;

void
log_silence(bool yes)
{
	silent = yes;
}

void
log_line(const char *fmt, ...)
{
	char line[PATH_MAX + 512];
	va_list ap;

	if (silent)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	for (char *p = line; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	fprintf(stderr, "schedwire: %s\n", line);
}
