/*
 * obfuscation.h -- how a command line is written: what nobody types who wants it
 * to be read.
 */
#ifndef OBFUSCATION_H
#define OBFUSCATION_H

#include "detect/rules.h"

/* A text (UTF-8) as it was sent, not in plain form.  Adds OBFUSCATED and its like. */
void	obfuscation_judge(struct findings *, struct view text);

#endif
