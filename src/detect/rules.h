/*
 * rules.h -- the reasons that a task or a command is scored by, and what was
 * found of them in one.
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

enum rule_group {
	GROUP_COMMAND,		/* what it runs */
	GROUP_NAME,
	GROUP_DEFINITION,	/* principal, triggers, settings */
	GROUP_CHAIN,		/* what became of it */
	GROUP_CONTEXT,		/* who, and how usual it is */
	GROUP_LOWER		/* what speaks for it */
};
#define RULE_GROUPS 6

struct rule_info {
	const char	*name;		/* "encoded_command" */
	unsigned int	 sid;
	int		 weight;	/* as shipped; settings can change it */
	enum rule_group	 group;
	const char	*technique;	/* "T1027.010"; "" where there is none */
	const char	*sentence;
};
extern const struct rule_info rule_info[R_MAX];

/* How much the reasons of a group add together at most. */
int		 rule_limit(enum rule_group);

/* What weighs how much here: the shipped weights, or the operator's. */
struct rule_set {
	int		 weight[R_MAX];	/* 0: it is off */
	int		 suspicious, malicious;	/* thresholds of the verdict */
};
void		 rule_set_init(struct rule_set *);

#define MAX_DETAIL	96		/* bytes of what fired a rule */

struct findings {
	bool		 has[R_MAX];
	uint16_t	 at[R_MAX];	/* where a rule's detail begins in text; 0: it has none */
	uint16_t	 used;
	char		 text[1024];
};

void		 findings_init(struct findings *);
/* It holds.  detail (UTF-8, cut to fit) is what shows it, and may be empty;
 * the first one stays. */
void		 found(struct findings *, enum rule, struct view detail);
const char	*found_detail(const struct findings *, enum rule);	/* "": nothing to add */
bool		 found_any(const struct findings *);

enum verdict { VERDICT_BENIGN, VERDICT_SUSPICIOUS, VERDICT_MALICIOUS };

/* 0 to 100: the weights of what was found, each group up to its limit. */
int		 findings_score(const struct findings *, const struct rule_set *);
enum verdict	 verdict_of(int score, const struct rule_set *);
/* The heaviest reason, of COMMAND to CONTEXT; R_MAX: there is none. */
enum rule	 findings_lead(const struct findings *, const struct rule_set *);

/* ---- MITRE ATT&CK ---- */

struct technique {
	const char	*id, *name;
	const char	*tactic_id, *tactic;	/* the tactic it is told under here */
};
/* NULL: it is not in the table. */
const struct technique *technique_find(const char *id);

#endif
