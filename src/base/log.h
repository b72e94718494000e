/* log.h -- what the operator is told: one line on standard error. */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>

/* "schedwire: " is put before it, and bytes that would move a terminal's
 * cursor (a file's name may hold any) become "?". */
void	log_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void	log_silence(bool);	/* for tests */

#endif
