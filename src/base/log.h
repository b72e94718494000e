/* log.h -- messages to the operator, on standard error. */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>

/* Prints "schedwire: ", the message and a newline.  Control characters, which a
 * file's name may contain, become "?". */
void	log_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Suppresses (true) or prints (false) further messages; for tests. */
void	log_silence(bool);

#endif
