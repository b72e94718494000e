/* redact-fact.h -- a fact without its passwords. */
#ifndef REDACT_FACT_H
#define REDACT_FACT_H

#include "fact/fact.h"

/* Every text of it; has_password tells if there was one. */
void	redact_fact(struct fact *);

#endif
