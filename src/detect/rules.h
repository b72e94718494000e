/*
 * rules.h -- the rules (rules.def): reasons for which a task or a command is
 * scored, and the findings, which of them hold of one fact.
 */
#ifndef RULES_H
#define RULES_H

#include "base/budget.h"

enum rule {
#define RULE(id, name, sid, weight, group, technique, sentence) R_##id,
#include "detect/rules.def"
#undef RULE
	R_MAX
};

/* What a rule looks at.  The weights of one group add up to a limit. */
enum rule_group {
	GROUP_COMMAND,		/* what the task or command runs */
	GROUP_NAME,
	GROUP_DEFINITION,	/* principal, triggers, settings */
	GROUP_CHAIN,		/* what became of the task (chain.h) */
	GROUP_CONTEXT,		/* who did it, and how rare it is here */
	GROUP_LOWER		/* reasons that lower the score */
};
#define RULE_GROUPS 6

struct rule_info {
	const char	*name;		/* "encoded_command": in records and in the settings */
	unsigned int	 sid;		/* signature ID of an alert with this as its heaviest reason */
	int		 weight;	/* by default; the settings can change it */
	enum rule_group	 group;
	const char	*technique;	/* of ATT&CK, "T1027.010"; "" where there is none */
	const char	*sentence;	/* the reason, for people */
};
extern const struct rule_info rule_info[R_MAX];

/* Returns the most that the weights of a group can add to a score. */
int		 rule_limit(enum rule_group);

/* Weights and thresholds that are in force. */
struct rule_set {
	int		 weight[R_MAX];	/* 0: the rule is off */
	int		 suspicious, malicious;	/* the least scores of these verdicts */
};

/* Sets the defaults. */
void		 rule_set_init(struct rule_set *);

#define MAX_DETAIL	96		/* bytes of what shows a finding */

/* The rules that hold of one fact.  It owns no memory and can be copied. */
struct findings {
	bool		 has[R_MAX];
	uint16_t	 at[R_MAX];	/* where a rule's detail begins in text; 0: it has none */
	uint16_t	 used;		/* bytes of text */
	char		 text[1024];
};

/* Makes them empty. */
void		 findings_init(struct findings *);

/*
 * Adds a rule.  detail, UTF-8, is the part of the fact that shows it: the first
 * MAX_DETAIL bytes are copied; it may be empty, and is left out when there is no
 * room.  A rule that is there already keeps its detail.
 */
void		 found(struct findings *, enum rule, struct view detail);

/* Returns the detail of a rule, or "".  It is part of the findings. */
const char	*found_detail(const struct findings *, enum rule);

/* Returns whether there is any rule. */
bool		 found_any(const struct findings *);

enum verdict { VERDICT_BENIGN, VERDICT_SUSPICIOUS, VERDICT_MALICIOUS };

/* Returns the score, 0 to 100: the sum of the weights, each group up to its limit. */
int		 findings_score(const struct findings *, const struct rule_set *);

/* Returns the verdict that a score reaches. */
enum verdict	 verdict_of(int score, const struct rule_set *);

/* Returns the heaviest rule that raises the score, the first one of several, or
 * R_MAX when there is none. */
enum rule	 findings_lead(const struct findings *, const struct rule_set *);

/* ---- MITRE ATT&CK ---- */

struct technique {
	const char	*id, *name;
	const char	*tactic_id, *tactic;	/* the one of its tactics that is reported here */
};

/* Returns the technique with that ID, a constant, or NULL when attack.def has none. */
const struct technique *technique_find(const char *id);

#endif
