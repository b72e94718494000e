/* file.h -- records written to a file, a pipe or standard output, each at once. */
#ifndef OUTPUT_FILE_H
#define OUTPUT_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct output_file;

/*
 * Open a file, which only its owner and group may read.  NULL or "-" is
 * standard output.  append keeps what the file holds; otherwise it is emptied.
 * Returns NULL with errno set if it can't be opened.  path is not copied.
 */
struct output_file *output_file_open(const char *path, bool append);

/* Write len bytes at p, waiting for a slow reader.  After a failure this does
 * nothing; output_file_error() tells. */
void		 output_file_write(struct output_file *, const char *p, size_t len);

/* Returns 0, or the errno of the write that failed; EPIPE: nobody reads the pipe. */
int		 output_file_error(const struct output_file *);

/* Returns the name for messages: the path, or "standard output". */
const char	*output_file_name(const struct output_file *);

/* Returns true if the records go to a terminal. */
bool		 output_file_tty(const struct output_file *);

/* Close and free.  Returns what output_file_error() would, or the errno of the
 * close itself; 0 for NULL. */
int		 output_file_close(struct output_file *);

#endif
