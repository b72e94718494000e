/*
 * cim.h -- methods of the CIM classes that make, change, run, delete or list
 * tasks: PS_ScheduledTask and MSFT_ScheduledTask, Win32_ScheduledJob ([MS-WSMV]
 * 4.1.4).
 */
#ifndef CIM_H
#define CIM_H

#include "script/script.h"
#include "winrm/soap.h"

/* Reads a request, and hands a task fact to the script if it has to do with a
 * task.  Returns false if its class is none of the above, or its method is not
 * known. */
bool	 cim_request(struct script *, const struct soap *request);

/* Reads the response to it: adds the name and number that the server gave to a
 * task that was created.  The fact stays the caller's. */
void	 cim_response(struct fact *task, const struct soap *response);

#endif
