/* taskxml.h -- a task definition as it is being read; group policy has one inside its own XML. */
#ifndef TASKXML_H
#define TASKXML_H

#include "base/limits.h"
#include "task/xml.h"

#define PRINCIPAL_FIELDS (F_RUN_LEVEL - F_USER_ID + 1)

struct taskxml {
	struct fact	*o;
	const struct xml_text *text;
	bool		 task;			/* a <Task> began */
	char		 path[64];		/* of the element, below <Task> */
	size_t		 len;
	unsigned int	 unknown;		/* levels below the last element that has a meaning */
	const struct taskxml_row *row;		/* what the element holds; NULL: no value */
	struct buf	 value;
	size_t		 value_from;
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

/* Events go to taskxml_ops with the struct as argument, from <Task> on. */
extern const struct xml_ops taskxml_ops;
void	 taskxml_begin(struct taskxml *, struct fact *, const struct xml_text *);
void	 taskxml_finish(struct taskxml *);

/* xml, and of a whole text xml_size and xml_sha256. */
void	 taskxml_keep(struct fact *, const struct xml_text *, bool whole);

#endif
