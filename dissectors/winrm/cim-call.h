/*
 * cim-call.h -- calls of CIM classes' methods ([MS-WSMV] 3.1.4.2) that start a
 * process or have to do with tasks.
 */
#ifndef CIM_CALL_H
#define CIM_CALL_H

#include "winrm/wsman-context.h"

/* Reads the request at hand.  Returns a command in no shell, which the caller
 * frees; NULL when the method is of no interest. */
struct command *cim_call_request(struct wsman_context *);

/* Reads the response at hand and reports the command with its outcome. */
void	 cim_call_response(struct wsman_context *, struct command *);

#endif
