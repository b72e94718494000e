/* target.h -- the host on which a cmdlet acts. */
#ifndef PS_TARGET_H
#define PS_TARGET_H

#include "script/powershell/value.h"

/*
 * Returns the host that the bound parameters of a cmdlet name (-ComputerName,
 * -CimSession, -Session, -HostName): a string, a session object or an array of
 * these; PS_NULL if they name none.
 */
struct ps_value	 ps_target_hosts(struct ps_value bound);

/*
 * Sets script->target to a host of ps_target_hosts(), unless that is the
 * machine itself or PS_NULL.  Returns the former target, which the caller puts
 * back when the cmdlet is done.
 */
const char	*ps_set_target(struct ps *, struct ps_value host);

#endif
