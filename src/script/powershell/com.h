/*
 * com.h -- COM objects and WMI classes: Schedule.Service (the Task Scheduler
 * scripting objects), shells, Win32_Process, Win32_ScheduledJob.
 */
#ifndef PS_COM_H
#define PS_COM_H

#include "script/powershell/value.h"

/* Returns a new COM object of that ProgID; unknown if it is none of these. */
struct ps_value	 ps_com_new(struct ps *, struct view progid);

/* Returns the object v.name, which is made when it is first used; unknown if there is none. */
struct ps_value	 ps_com_member(struct ps *, struct ps_value v, struct view name);

/* Returns v.name(args), and does what it does; *known is false if v has no such method. */
struct ps_value	 ps_com_method(struct ps *, struct ps_value v, struct view name,
		    struct ps_value *args, size_t n, bool *known);

/* The property name of an object was assigned v: reports a task that this changes. */
void		 ps_com_set(struct ps *, struct ps_map *object, struct view name,
		    struct ps_value v);

/*
 * Invokes a method of a WMI class by name, as Invoke-CimMethod does; arguments
 * are a hashtable, or an array or single value by position.
 */
void		 ps_invoke_cim_method(struct ps *, struct ps_value class, struct ps_value method,
		    struct ps_value arguments);

#endif
