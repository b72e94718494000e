/*
 * disguise.h -- how a command line is written: what nobody types who wants it
 * to be read.
 */
#ifndef DISGUISE_H
#define DISGUISE_H

#include "detect/rules.h"

/* A text (UTF-8) as it was sent, not in plain form.  Adds OBFUSCATED and its like. */
void	disguise_judge(struct findings *, struct view text);

#endif
