/* rarity.h -- how usual a fact is here: its tuples in the baseline. */
#ifndef RARITY_H
#define RARITY_H

#include "baseline/baseline.h"
#include "fact/fact.h"
#include "detect/rules.h"

/* Adds what is new or known about it to the findings, and sets
 * detection.baseline.  b is for memory that is taken meanwhile. */
void	rarity_judge(struct baseline *, struct budget *b, struct fact *, struct findings *);

/* It happened, and is nothing that anybody should get used to not seeing. */
void	rarity_feed(struct baseline *, struct budget *b, const struct fact *);

#endif
