/* yaml-reader.h -- a YAML file as a sequence of libyaml's events, and errors that name a line. */
#ifndef YAML_READER_H
#define YAML_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <yaml.h>

struct yaml_reader {
	const char	*path;
	uint8_t		*text;		/* the whole file */
	yaml_parser_t	 parser;
	yaml_event_t	 event;		/* the current one; yaml_next() replaces it */
	char		*err;		/* the caller's, for one line */
	size_t		 errlen;
};

/*
 * Reads the file, which may have MAX_SETTINGS bytes, into memory and starts
 * parsing it.  path and err stay the caller's and must outlive the reader.
 * Returns false, with err written, if the file cannot be read; yaml_close() is
 * due even then.
 */
bool	 yaml_open(struct yaml_reader *, const char *path, char *err, size_t errlen);
void	 yaml_close(struct yaml_reader *);

/*
 * Moves on to the next event.  Returns false, with err written, at a syntax
 * error, an anchor or alias (a short file could stand for a huge one), a text
 * with a NUL in it, or a second document.
 */
bool	 yaml_next(struct yaml_reader *);

/* Returns the line of the current event, from 1. */
size_t	 yaml_line(const struct yaml_reader *);

/* Returns the current event's text if it is a scalar, else NULL. */
const char *yaml_scalar(const struct yaml_reader *);

/*
 * Writes "FILE:LINE: what is wrong" to err, or "FILE: ..." for line 0, with "?"
 * for control characters.  Always returns false.
 */
bool	 yaml_wrong(const struct yaml_reader *, size_t line, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));

#endif
