/* define.h -- the description of a task (task.h) as the fields of a fact. */
#ifndef PS_DEFINE_H
#define PS_DEFINE_H

#include "script/powershell/value.h"

struct fact;

/* Sets the fields of a task fact that the description's definition gives. */
void		 ps_set_definition(struct ps *, struct fact *, struct ps_value description);

/* Sets the task's name from its folder and name; an unknown name sets nothing. */
void		 ps_set_task_name(struct ps *, struct fact *, struct ps_value folder,
		    struct ps_value name);

/* Returns a TimeSpan as a string of XML's duration ("PT5M"); seconds must not be negative. */
struct ps_value	 ps_timespan(struct ps *, int64_t seconds);

/* Converts a string to that form from "1.02:03:04", "02:03:04" or "P1D"; unknown: it is none. */
struct ps_value	 ps_duration(struct ps *, struct ps_value);

#endif
