/*
 * allow.h -- what the operator knows and does not want to hear of: entries by
 * network, user, task and command, each with a comment and an end.
 */
#ifndef ALLOW_H
#define ALLOW_H

#include "fact/fact.h"

enum allow_action { ALLOW_NO, ALLOW_LOWER, ALLOW_SUPPRESS };

struct allow_entry {
	/* Each list NULL-terminated, or NULL: any.  An entry holds when every
	 * list that it has holds one that matches.  Patterns have * and ?, and
	 * ignore case. */
	char		**clients, **servers;	/* 10.0.0.0/8, 2001:db8::/32, an address, a host's name as the
						 * client gave it (NTLM workstation; share, SPN, HTTP host) */
	char		**users;		/* user, DOMAIN\user, user@REALM */
	char		**tasks;		/* names of tasks, \ first or not */
	char		**commands;		/* against each command line, or its plain form: all must match */
	char		**hashes;		/* xml_sha256, or SHA-256 of each command line */
	enum allow_action action;
	int64_t		 expires;		/* microseconds; 0: never */
	char		*comment;
	uint64_t	 hits;
};

struct allow;

/* False, with err: there is something wrong with one. */
bool		 allow_check(const struct allow_entry *, char *err, size_t errlen);
void		 allow_entry_free(struct allow_entry *);	/* what it holds, not itself */

/* Takes the entries (malloc'ed), whatever comes of it.  NULL, with err: an
 * entry is wrong, or there is no memory. */
struct allow	*allow_new(struct allow_entry *, size_t n, char *err, size_t errlen);
void		 allow_free(struct allow *);

/* The first entry that holds for a task or a command; its hits go up.  NULL: none. */
const struct allow_entry *allow_find(struct allow *, const struct fact *);

size_t		 allow_count(const struct allow *);
const struct allow_entry *allow_nth(const struct allow *, size_t);

#endif
