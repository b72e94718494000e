/* redact-fact.h -- masking the passwords in a fact. */
#ifndef REDACT_FACT_H
#define REDACT_FACT_H

#include "fact/fact.h"

/*
 * Replace every password in the fact's TEXT fields by "***", and set
 * has_password if there was one.  A text whose masked form does not fit the
 * fact's memory becomes "***" as a whole.
 */
void	redact_fact(struct fact *);

#endif
