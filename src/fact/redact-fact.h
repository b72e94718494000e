/* mask.h -- a fact without its passwords. */
#ifndef MASK_H
#define MASK_H

#include "fact/obs.h"

/* Every text of it; has_password tells if there was one. */
void	mask_fact(struct obs *);

#endif
