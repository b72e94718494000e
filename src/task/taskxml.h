/*
 * taskxml.h -- reads a task definition ([MS-TSCH] 2.5) event by event, for who
 * finds one inside other XML, as group policy has it.  A definition that is a
 * text of its own is read by taskxml_read() of content.h.
 */
#ifndef TASKXML_H
#define TASKXML_H

#include "base/limits.h"
#include "task/xml.h"

#define PRINCIPAL_FIELDS (F_RUN_LEVEL - F_USER_ID + 1)

/* A definition that is being read.  Users look at task only. */
struct taskxml {
	struct fact	*o;
	const struct xml_text *text;
	bool		 task;			/* a <Task> began */
	char		 path[64];		/* of the element, below <Task> */
	size_t		 len;			/* of path */
	unsigned int	 unknown;		/* levels below the last element that has a meaning */
	const struct taskxml_row *row;		/* what the element's value is; NULL: it has none */
	struct buf	 value;
	size_t		 value_from;		/* where it begins in the text */
	bool		 markup;		/* the value has elements inside */
	bool		 seen[F_MAX];		/* of a value that is repeated the first counts */
	unsigned int	 actions, triggers, attachments;
	char		*context;		/* Actions@Context */
	struct principal {
		char	*id;
		char	*value[PRINCIPAL_FIELDS];
	}		 principals[MAX_PRINCIPALS];
	unsigned int	 n_principals;
};

/* The listener: xml_read() calls it with the struct as argument, from the
 * <Task> element on. */
extern const struct xml_ops taskxml_ops;

/* Begins to fill the fact from a definition in text.  The struct borrows both
 * until taskxml_finish(). */
void	 taskxml_begin(struct taskxml *, struct fact *, const struct xml_text *text);

/* Ends the reading, wherever it stopped: sets the principal that the actions
 * run as, and frees what the struct holds. */
void	 taskxml_finish(struct taskxml *);

/* Sets xml to the text and, if that is a whole definition, its size (UTF-16
 * units, or bytes of UTF-8) and the SHA-256 of its bytes. */
void	 taskxml_keep(struct fact *, const struct xml_text *, bool whole);

#endif
