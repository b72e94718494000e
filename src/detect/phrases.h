/*
 * phrases.h -- what scripts and command lines say, whatever program reads
 * them: cradles, loaders, credential theft, attack tools by name.
 */
#ifndef PHRASES_H
#define PHRASES_H

#include "detect/rules.h"

/* A text in plain form (normalise.h).  Adds what phrases.def says of it.
 * Linear in the text, whatever it holds. */
void	phrases_judge(struct findings *, struct view text);

#endif
