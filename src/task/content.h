/*
 * content.h -- bytes that hold tasks: whoever has a whole text or file hands
 * it to its parser here.
 */
#ifndef CONTENT_H
#define CONTENT_H

#include "base/reader.h"

struct fact;

enum content {
	CONTENT_TASK_XML,	/* a task definition, [MS-TSCH] 2.5 */
	CONTENT_JOB,		/* a legacy .job file, [MS-TSCH] 2.4 */
	CONTENT_GPO		/* ScheduledTasks.xml of group policy, [MS-GPPREF] 2.2.1.22 */
};

/*
 * Tells by its first bytes whether a file holds tasks, and in which format.
 * Returns true and sets *kind if it does.  Returns false if it does not, or if
 * these bytes are too few to say: *maybe then says whether more bytes could
 * change the answer.  A .job file is known after JOB_HEADER bytes, XML after
 * its root element, or the root's first child.
 */
bool	 content_sniff(struct view first, enum content *kind, bool *maybe);

enum content_got {
	CONTENT_NOT,		/* the bytes hold no task at all */
	CONTENT_BROKEN,		/* malformed or cut: the fact has what stood before that place */
	CONTENT_WHOLE		/* the fact has all of it */
};

/*
 * Reads a task definition in XML, in any encoding, with or without a BOM, into
 * a task fact.  big says that UTF-16 without a BOM is big-endian.  Sets xml,
 * xml_size, xml_sha256 and all that the text says.  The fact may be NULL.
 */
enum content_got taskxml_read(struct fact *, struct view, bool big);

/*
 * Reads a .job file into a task fact.  Returns false, with the fact unchanged,
 * if the bytes are no such file; the fact may be NULL.
 */
bool	 jobfile_read(struct fact *, struct view);

#define JOB_HEADER	70	/* bytes of a .job file's fixed-length section, [MS-TSCH] 2.4.1 */

/*
 * Returns whether a .job file can begin with these bytes.  Of JOB_HEADER bytes
 * or more the answer is certain; of fewer than four it is false.
 */
bool	 jobfile_begins(struct view first);

/*
 * Reads each task in a ScheduledTasks.xml.  For each one fresh(arg) makes a
 * task fact, or returns NULL when the budget is spent, and done(arg, fact)
 * takes it over, filled.  Returns false if the file is malformed or cut; the
 * tasks before that place were given to done().
 */
bool	 gpo_read(struct view, struct fact *(*fresh)(void *arg),
	    void (*done)(void *arg, struct fact *), void *arg);

#endif
