/*
 * allow.h -- the operator's allow list: entries by network, user, task and
 * command for which no alert is wanted, each with a comment and an expiry.
 */
#ifndef ALLOW_H
#define ALLOW_H

#include "fact/fact.h"

enum allow_action {
	ALLOW_NO,		/* none was given */
	ALLOW_LOWER,		/* lower the score */
	ALLOW_SUPPRESS		/* write no alert */
};

/*
 * Each list is NULL-terminated, or NULL: any.  An entry matches when each list
 * that it has holds a pattern that matches.  In patterns * is any text and ? one
 * character; the case of ASCII letters is ignored.
 */
struct allow_entry {
	char		**clients, **servers;	/* 10.0.0.0/8, 2001:db8::/32, an address, or a host's
						 * name as the client sent it (NTLM workstation; share,
						 * SPN, HTTP host) */
	char		**users;		/* user, DOMAIN\user or user@REALM */
	char		**tasks;		/* names of tasks, with or without the first backslash */
	char		**commands;		/* for the command lines as sent or in plain form:
						 * each of them must match */
	char		**hashes;		/* SHA-256 in hex, of the definition or of each command line */
	enum allow_action action;
	int64_t		 expires;		/* microseconds since 1970, packet time; 0: never */
	char		*comment;		/* written into the record; NULL: none */
	uint64_t	 hits;			/* facts that it matched */
};

struct allow;

/* Returns whether the entry is valid; if it is not, err is one line that says why. */
bool		 allow_check(const struct allow_entry *, char *err, size_t errlen);

/* Frees the lists and the comment of an entry, but not the entry itself. */
void		 allow_entry_free(struct allow_entry *);

/*
 * Makes the list of n entries, a malloc'ed array which is the list's from then
 * on, and freed at once when this fails.  Returns NULL, with one line in err,
 * when an entry is invalid or there is no memory.
 */
struct allow	*allow_new(struct allow_entry *, size_t n, char *err, size_t errlen);
void		 allow_free(struct allow *);	/* NULL is fine */

/*
 * Returns the first entry that matches a task or a command and has not expired
 * at the time of the fact, and counts the hit; NULL when none does.  The entry
 * stays the list's.  The budget is for scratch memory.
 */
const struct allow_entry *allow_find(struct allow *, struct budget *, const struct fact *);

/* The number of entries, and entry n, counted from 0, which must exist. */
size_t		 allow_count(const struct allow *);
const struct allow_entry *allow_nth(const struct allow *, size_t n);

#endif
