/*
 * score.h -- one fact, judged: the reasons that speak for a person being woken
 * by it.  The same fact gives the same reasons; what other facts add (chains,
 * what is usual here) is not looked at.
 */
#ifndef SCORE_H
#define SCORE_H

#include "detect/command.h"
#include "fact/fact.h"
#include "detect/rules.h"

/* A task that is made, changed or validated, or a command. */
bool	score_applies(const struct fact *);

/*
 * Adds the reasons.  What encoded parts say goes to the fact's
 * detection.decoded[].  Memory that is taken meanwhile is b's.
 */
void	score_fact(struct findings *, struct budget *b, struct fact *);

/* A task that a command makes: what it runs, and how it is defined.  Nothing in
 * it speaks for the command. */
void	score_made(const struct judging *, struct fact *task);

/* Sets detection: score, verdict, reasons. */
void	score_tell(const struct findings *, const struct rule_set *, struct fact *);

#endif
