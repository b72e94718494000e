/*
 * score.h -- one fact, scored by itself: the same fact always gives the same
 * reasons.  What other facts add is in chain.h and rarity.h.
 */
#ifndef SCORE_H
#define SCORE_H

#include "detect/command.h"
#include "detect/rules.h"
#include "fact/fact.h"

/* Returns whether a fact is scored: a task that is created, changed or
 * validated, or a command. */
bool	score_applies(const struct fact *);

/* Adds the reasons that the fact gives.  What its encoded parts decode to is set
 * in its detection.decoded[].  The budget is for memory meanwhile; when it is
 * spent, less is found. */
void	score_fact(struct findings *, struct budget *, struct fact *);

/* Adds the reasons given by a task that a command creates: what it runs, and how
 * it is defined.  It can only raise the score of the command. */
void	score_created(const struct command_context *, struct fact *task);

/* Sets detection.score, .verdict and .reasons[] of the fact. */
void	score_set(const struct findings *, const struct rule_set *, struct fact *);

#endif
