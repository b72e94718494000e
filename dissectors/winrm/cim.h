/* cim.h -- methods of CIM classes that make, change or run tasks. */
#ifndef CIM_H
#define CIM_H

#include "script/script.h"
#include "winrm/soap.h"

/* Tasks that a request asks for are told through asks.  False: it is no
 * request of a class that has to do with tasks. */
bool	 cim_read(struct script *, const struct soap *request);

/* What the answer says of such a task: the name and number it was given. */
void	 cim_answer(struct fact *task, const struct soap *answer);

#endif
