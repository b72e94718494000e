/*
 * normalise.h -- command lines as patterns see them: written in one way,
 * however the shell that runs them would let them be written.
 */
#ifndef NORMALISE_H
#define NORMALISE_H

#include "base/budget.h"

/*
 * Append text (UTF-8) to out in its plain form: letters in lower case (ASCII);
 * carets, backticks and pairs of quotes that stand inside a word undone; every
 * kind of dash, quotation mark and blank as the ASCII one; environment
 * variables that are the same on every Windows replaced, in the spellings of
 * cmd.exe and PowerShell (%windir%, %SystemRoot:~0,3%, $env:temp, ${env:x});
 * "\.\" and "\dir\..\" folded, "\\?\" and "\\.\" taken off paths; runs of
 * blanks as one.  Grows by a constant factor at most.  False: out is full, and
 * holds a part.
 */
bool	 normalise_text(struct view text, struct buf *out);

/* Where a path, in its plain form, leads to. */
enum place {
	PLACE_NAME,		/* no path: found by the system's own search */
	PLACE_RELATIVE,
	PLACE_SYSTEM,		/* below the Windows directory, what of it users cannot write */
	PLACE_PROGRAMS,		/* Program Files */
	PLACE_OTHER,		/* elsewhere on a disk: C:\Scripts, C:\ProgramData\Vendor */
	PLACE_PROFILE,		/* a user's profile, ProgramData itself, and programs in the root of a disk */
	PLACE_TEMP,		/* Temp, Public, Downloads, $Recycle.Bin, and what of Windows users can write */
	PLACE_SHARE,		/* \\server\share */
	PLACE_ADMIN_SHARE,	/* \\server\C$, ADMIN$, IPC$, or a share of a bare address, or WebDAV */
	PLACE_WEB		/* scheme:// */
};
enum place path_place(struct view path);

/* A program's name, of its path in plain form: without directories, ".exe",
 * trailing dots and blanks.  8.3 names of Windows' own ("powers~1") are told
 * in full. */
struct view path_program(struct view path);
struct view path_base(struct view path);	/* the last element */
struct view path_extension(struct view path);	/* "ps1"; empty: none */

/*
 * Append the command line's template: what stays the same when the same tool
 * does the same again.  In plain form, with numbers of two or more digits,
 * dates, GUIDs, SIDs, hex, base64, user names of profiles and random-looking
 * file names as <n>, <guid>, <sid>, <hex>, <base64>, <user>, <name>.
 */
bool	 command_template(struct view text, struct buf *out);

#endif
