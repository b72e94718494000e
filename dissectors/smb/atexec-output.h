/* temp.h -- who called a task interface of whom, and fetched which output since. */
#ifndef TEMP_H
#define TEMP_H

#include "engine/dissect.h"

/* A task interface of server was called by client, sealed or clear. */
void	 temp_note(struct world *, const struct addr *client, const struct addr *server);

/* Was that noted, and name never asked about for this pair before? */
bool	 temp_first(struct world *, const struct addr *client,
	    const struct addr *server, struct view name);

#endif
