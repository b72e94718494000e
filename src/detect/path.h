/*
 * path.h -- Windows paths in plain form (normalise.h): where they lead to, and
 * the names in them.  The views that are returned point into the path, or are
 * constants: nobody frees them.
 */
#ifndef PATH_H
#define PATH_H

#include "base/reader.h"

/* Where a path leads to. */
enum place {
	PLACE_NAME,		/* a bare name: Windows searches for it */
	PLACE_RELATIVE,
	PLACE_SYSTEM,		/* below the Windows directory, where users cannot write */
	PLACE_PROGRAMS,		/* Program Files */
	PLACE_OTHER,		/* elsewhere on a disk: C:\Scripts, C:\ProgramData\Vendor */
	PLACE_PROFILE,		/* a user's profile, ProgramData itself, and programs in the root of a disk */
	PLACE_TEMP,		/* Temp, Public, Downloads, $Recycle.Bin, and what of Windows users can write */
	PLACE_SHARE,		/* \\server\share */
	PLACE_ADMIN_SHARE,	/* \\server\C$, ADMIN$, IPC$, any share of an IP address, or WebDAV */
	PLACE_WEB		/* scheme:// */
};

/* Returns where path leads to.  Quotes and blanks around it are ignored. */
enum place	 path_place(struct view path);

/* Returns the program's name: the last element of path, without ".exe" and
 * without dots and blanks at its end.  The 8.3 names of Windows' own programs
 * ("powers~1") are returned in full. */
struct view	 path_program(struct view path);

/* Returns the last element of path; of a web address, without its query. */
struct view	 path_base(struct view path);

/* Returns the extension of the last element without its dot ("ps1"), or an
 * empty view. */
struct view	 path_extension(struct view path);

/* Is name one of names, "a|b|c*"?  A star lets a name go on behind it. */
bool		 name_listed(const char *names, struct view name);

#endif
