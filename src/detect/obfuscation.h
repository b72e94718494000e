/*
 * obfuscation.h -- signs of obfuscation in the way a command line is written.
 */
#ifndef OBFUSCATION_H
#define OBFUSCATION_H

#include "detect/rules.h"

/* Judges a text (UTF-8) as it was sent, not its plain form.  Adds OBFUSCATED and
 * related reasons to the findings. */
void	obfuscation_judge(struct findings *, struct view text);

#endif
