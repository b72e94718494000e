/*
 * normalise.h -- command lines in plain form: the one spelling that the tables
 * of patterns expect, however the shell would let the line be written.
 */
#ifndef NORMALISE_H
#define NORMALISE_H

#include "base/budget.h"

/*
 * Appends text (UTF-8) to out in its plain form:
 *   - ASCII letters are lower case;
 *   - carets, backticks and pairs of quotes inside a word are removed;
 *   - every kind of dash, quotation mark and blank becomes the ASCII one, and
 *     a run of blanks (tabs and ends of lines are blanks) becomes one space;
 *   - environment variables that have the same value on every Windows are
 *     replaced, in the spellings of cmd.exe and PowerShell (%windir%,
 *     %SystemRoot:~0,3%, $env:temp, ${env:x});
 *   - "\.\" and "\dir\..\" are folded, "\\?\" and "\\.\" are taken off paths.
 * The result is longer than text by a constant factor at most.  Returns false
 * when out could not take all of it; out then holds the beginning.
 */
bool	 normalise_text(struct view text, struct buf *out);

#endif
