/*
 * taskwords.h -- the names that CIM classes and PowerShell's objects have for
 * the parts of a task, and what the XML calls the same parts ([MS-TSCH] 2.5).
 * Strings that these functions return are constants.
 */
#ifndef TASKWORDS_H
#define TASKWORDS_H

#include "fact/fact.h"

/* A property of MSFT_TaskSettings3, of COM's ITaskSettings3, or of an object in
 * one of its properties. */
struct task_setting {
	const char	*inside;	/* the property that holds the object; NULL: none does */
	const char	*name;
	enum field	 field;
	bool		 span;		/* the value is a duration */
};
#define TASK_SETTINGS	28
extern const struct task_setting task_settings[TASK_SETTINGS];

/* Returns whether the field's value is a member of an enumeration. */
bool		 taskwords_spells(enum field);

/* Returns the member as the XML spells it; the text may be its number or any
 * of its names.  Returns NULL if the enumeration has no such member. */
const char	*taskwords_spelling(enum field, struct view);

/* Return the type that a record has for an action or a trigger, "exec" or
 * "calendar", by the XML's element; NULL if the element is none. */
const char	*taskwords_action_element(const char *);
const char	*taskwords_trigger_element(const char *);

/* The same by the name of its CIM class, "MSFT_TaskDailyTrigger", or by a name
 * that begins with that. */
const char	*taskwords_action_class(struct view);
const char	*taskwords_trigger_class(struct view);

/* A method of the CIM class PS_ScheduledTask. */
struct task_method {
	const char	*begins;	/* the beginning of its name: RegisterBy stands for RegisterByXml too */
	const char	*action;	/* of the task's record; NULL: it makes an object for another call */
};

/* Returns the method of that name, or NULL. */
const struct task_method *taskwords_method(struct view);

#endif
