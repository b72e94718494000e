/* file.h -- records to a file, a pipe or standard output, each written at once. */
#ifndef FILE_H
#define FILE_H

#include <stdbool.h>
#include <stddef.h>

struct sink_file;

/* path NULL or "-" is standard output.  append: keep what the file holds.
 * NULL, with errno set, when it can't be opened. */
struct sink_file *sink_file_open(const char *path, bool append);

/* After a failure, writes do nothing. */
void		 sink_file_write(struct sink_file *, const char *, size_t);

/* 0, or the errno of the write that failed; EPIPE: the reader has gone. */
int		 sink_file_error(const struct sink_file *);
const char	*sink_file_name(const struct sink_file *);	/* for people */
bool		 sink_file_tty(const struct sink_file *);

/* Closes and frees; returns what sink_file_error() would, the close included. */
int		 sink_file_close(struct sink_file *);

#endif
