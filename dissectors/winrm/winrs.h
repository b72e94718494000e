/*
 * winrs.h -- WinRS, the shells that run command lines: what a command line says
 * ([MS-WSMV] 3.1.4.11) and what is typed into it while it runs.
 */
#ifndef WINRS_H
#define WINRS_H

#include "winrm/wsman-context.h"

/* A Command request: makes a command of its CommandLine. */
void	 winrs_command(struct wsman_context *, struct shell *);

/* One stream of a Send request: makes a command of each whole line in it.  The
 * rest is kept in the command that the line is typed into. */
void	 winrs_input(struct wsman_context *, struct shell *, const struct soap_stream *);

#endif
