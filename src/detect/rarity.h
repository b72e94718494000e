/* rarity.h -- how rare a fact is at this site: it is compared with the baseline. */
#ifndef RARITY_H
#define RARITY_H

#include "baseline/baseline.h"
#include "detect/rules.h"
#include "fact/fact.h"

/*
 * Compares a task or a command with the baseline: its command, task name, user,
 * pair of hosts and interface.  Adds what is new or known about it to the
 * findings, and sets detection.baseline of the fact.  The budget is for memory
 * meanwhile; when it is spent, the command is left out.
 */
void	rarity_judge(struct baseline *, struct budget *, struct fact *, struct findings *);

/* Adds a harmless fact to the baseline; the caller decides what is harmless. */
void	rarity_feed(struct baseline *, struct budget *, const struct fact *);

#endif
