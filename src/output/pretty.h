/* pretty.h -- a JSON line, indented and coloured for people. */
#ifndef PRETTY_H
#define PRETTY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes one line of valid JSON to out(arg, ...) in pieces, indented by two
 * and with an empty line behind it.  What a terminal would obey or turn around
 * (C1 controls, DEL, bidirectional overrides) is written as \uXXXX.
 */
void	pretty_line(const char *line, size_t len, bool colour,
	    void (*out)(void *arg, const char *, size_t), void *arg);

#endif
