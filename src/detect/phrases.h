/*
 * phrases.h -- what the text of a script or command line says, whatever program
 * reads it: download cradles, loaders, credential theft, attack tools by name.
 */
#ifndef PHRASES_H
#define PHRASES_H

#include "detect/rules.h"

/* Adds to the findings what phrases.def says of text, in plain form
 * (normalise.h).  Takes time proportional to the text, whatever it holds. */
void	phrases_judge(struct findings *, struct view text);

#endif
