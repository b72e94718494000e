/* redact.h -- masking the passwords in a text. */
#ifndef REDACT_H
#define REDACT_H

#include "base/budget.h"

/*
 * Look for passwords in a UTF-8 text: a command line, a script or a task
 * definition, with or without the escapes of XML.  Returns false if there is
 * none, and leaves out as it is.  Otherwise returns true, and out, which the
 * caller has made and must free, gets the text with "***" in place of every
 * password.  If out's budget or limit refuses that, out is empty: then the
 * text must not be shown at all.
 *
 * These are known: /rp; /p of schtasks and of other programs that log on with
 * it; -Password, /password and shorter forms; texts given to
 * ConvertTo-SecureString; cpassword="..."; <Password>...</Password>.  The value
 * "*", which makes a program ask for a password, and PowerShell's variables
 * are not masked.  Where it is not clear how far a password goes, more is
 * masked rather than less.  The time taken is linear in the text's length.
 */
bool	redact(struct view text, struct buf *out);

#endif
