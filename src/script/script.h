/*
 * script.h -- what a command line or a script asks for: the tasks it makes, runs
 * or deletes, and what its encoded parts say.  Whoever carries such a text
 * (WinRM, services, WMI) gives it to script_read(); the readers of each language
 * are behind it, and call one another through it.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "fact/fact.h"
#include "script/readers.h"

struct script {
	struct budget	*budget;
	struct fact	*command;	/* the fact that carries the text: gets decoded[] */
	/* A task fact with all that is known but the task itself; NULL: budget spent. */
	struct fact	*(*fresh)(void *arg);
	void		 (*done)(void *arg, struct fact *);	/* takes it; NULL: who listens does */
	void		*arg;
	const char	*target;	/* the host that an enclosing part names; NULL */
	unsigned int	 depth;		/* texts inside texts */
	unsigned int	 tasks;		/* told so far */
	unsigned int	 decoded;
	size_t		 work;		/* bytes read and made so far, of all texts inside */
	const struct script_listener *listener;	/* who listens; NULL */
};

/* A whole text in one of the languages.  Bounded by its length, MAX_SCRIPT_DEPTH,
 * MAX_SCRIPT_TASKS, MAX_SCRIPT_DECODED. */
void		 script_read(struct script *, enum language, struct view text);

/* A program is started with these words: schtasks, at, cmd /c, powershell -c
 * and what else is known by its name (program.c). */
void		 script_program(struct script *, const struct words *);

/* An encoded part says that: told in decoded[], method is e.g. "base64". */
void		 script_decoded(struct script *, const char *method, struct view utf8);

/* Output of what runs goes to that file. */
void		 script_output(struct script *, struct view to);

/* A task fact for one action ("create", "run", …), with target set; NULL when
 * there are too many.  script_done() hands it over. */
struct fact	*script_task(struct script *, const char *action);
void		 script_done(struct script *, struct fact *);

/* The machine itself, whichever way it is called. */
bool		 host_is_here(struct view host);

/* ---- The readers; script_read() and script_program() call them ---- */

void		 cmd_read(struct script *, struct view text);		/* cmd.exe's language */
void		 powershell_read(struct script *, struct view text);
bool		 schtasks_read(struct script *, const struct words *);	/* false: it is none */
bool		 at_read(struct script *, const struct words *);

/* Split as CommandLineToArgvW would.  The words live in the budget until
 * words_free(). */
struct words	*words_split(struct budget *, struct view utf8);
void		 words_free(struct words *);

/* Is it a switch, behind a slash or a dash?  And is it that one, with or without
 * a value?  Of /name:value *value is what follows the colon, else NULL. */
bool		 word_is_switch(const char *);
bool		 word_names(const char *, const char *name, const char **value);
bool		 word_is_number(const char *);		/* digits alone */

/* Those from word i on, with a blank between each two.  False: no room. */
bool		 words_join(const struct words *, size_t i, struct buf *);

#endif
