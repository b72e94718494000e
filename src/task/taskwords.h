/*
 * taskwords.h -- what CIM classes and PowerShell's objects call the parts of a
 * task, and how the XML says the same ([MS-TSCH] 2.5).
 */
#ifndef TASKWORDS_H
#define TASKWORDS_H

#include "fact/fact.h"

/* A property of MSFT_TaskSettings3, ITaskSettings3 or of an object inside. */
struct task_setting {
	const char	*inside;	/* the object; NULL: the settings themselves */
	const char	*name;
	enum field	 field;
	bool		 span;		/* a duration */
};
#define TASK_SETTINGS	28
extern const struct task_setting task_settings[TASK_SETTINGS];

/* Does that field hold the member of an enumeration?  Such a member, by its
 * number or by any of its names, as the XML spells it; NULL: it is none. */
bool		 taskwords_spells(enum field);
const char	*taskwords_spelling(enum field, struct view);

/* type of an action or of a trigger: by the XML's element, and by the class,
 * "MSFT_TaskDailyTrigger", or what begins like it.  NULL: none. */
const char	*taskwords_action_element(const char *);
const char	*taskwords_trigger_element(const char *);
const char	*taskwords_action_class(struct view);
const char	*taskwords_trigger_class(struct view);

/* A method of PS_ScheduledTask.  NULL: it has none of that name. */
struct task_method {
	const char	*begins;	/* "RegisterBy": ByXml, ByPrincipal, … */
	const char	*action;	/* NULL: it makes something for another call */
};
const struct task_method *taskwords_method(struct view);

#endif
