/* pretty.h -- a JSON line, indented and coloured for people. */
#ifndef PRETTY_H
#define PRETTY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Write one line of valid JSON (len bytes, with or without its newline),
 * indented by two columns and followed by an empty line.  The result goes to
 * out(arg, bytes, length), in pieces.  colour adds the escape sequences of a
 * terminal.  Characters that a terminal would act on (C1 controls, DEL, marks
 * that turn the reading direction) are written as \uXXXX.
 */
void	pretty_line(const char *line, size_t len, bool colour,
	    void (*out)(void *arg, const char *, size_t), void *arg);

#endif
