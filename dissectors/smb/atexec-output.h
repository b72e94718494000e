/* atexec-output.h -- who called a task interface of whom, and fetched which output since. */
#ifndef ATEXEC_OUTPUT_H
#define ATEXEC_OUTPUT_H

#include "engine/dissect.h"

/* A task interface of server was called by client, sealed or clear. */
void	 atexec_called(struct world *, const struct addr *client, const struct addr *server);

/* Was that noted, and name never asked about for this pair before? */
bool	 atexec_first_read(struct world *, const struct addr *client,
	    const struct addr *server, struct view name);

#endif
