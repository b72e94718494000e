/* redact.h -- passwords in text that people read. */
#ifndef REDACT_H
#define REDACT_H

#include "base/budget.h"

/*
 * Is there a password in this UTF-8 text (a command line, a script, a task
 * definition, with or without XML's escapes)?  If so out, an empty buf, gets
 * the text with every such value as "***"; if out's budget or limit refuses,
 * it is left empty: the text must then not be shown at all.
 *
 * Known are /rp; /p of schtasks and of others that log on so; -Password,
 * /password and their like; literals given to ConvertTo-SecureString;
 * cpassword="…"; <Password>…</Password>.  A value "*" asks for a password and
 * stays, as do PowerShell's variables.  In doubt more is masked rather than
 * less.  Takes linear time.
 */
bool	redact(struct view text, struct buf *out);

#endif
