/*
 * atexec-output.h -- the output files of atexec: its task writes what its command
 * prints to a file that the client then reads over SMB.  Reading such a file is
 * a fact only if the client has called a task interface of that server.
 */
#ifndef ATEXEC_OUTPUT_H
#define ATEXEC_OUTPUT_H

#include "engine/dissect.h"

/* Notes that client has called a task interface of server, whether that could be
 * read or was sealed.  Of all such pairs the last MAX_ATEXEC_PAIRS are kept. */
void	 atexec_called(struct world *, const struct addr *client, const struct addr *server);

/*
 * Returns whether that client has called a task interface of that server and
 * this is the first time that this function is asked about the name (without
 * ".tmp", in either case) for the two.  Of each pair the last MAX_ATEXEC_NAMES
 * names are remembered.
 */
bool	 atexec_first_read(struct world *, const struct addr *client,
	    const struct addr *server, struct view name);

#endif
