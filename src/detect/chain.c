#include "detect/chain.h"

#include "base/decode-text.h"
#include "base/digest.h"
#include "base/limits.h"
#include "base/rb.h"
#include "detect/fan-out.h"

#define SECOND		1000000LL
#define KEPT		(24 * 3600 * SECOND)	/* a chain is dropped when no fact came for so long … */
#define KEPT_SEALED	(600 * SECOND)	/* … sealed facts, whose task is guessed, are added for less */
#define AT_ONCE		(10 * SECOND)	/* from the creation to the first run */
#define FETCHED		(60 * SECOND)	/* from the last call to the reading of an output file */

/* What a fact means for its task. */
enum event { EVENT_NONE, EVENT_CREATE, EVENT_VALIDATE, EVENT_RUN, EVENT_POLL, EVENT_RETRIEVE,
	EVENT_OUTPUT, EVENT_DELETE };

struct chain_client {
	RB_ENTRY(chain_client) link;
	struct addr	 addr;
	TAILQ_HEAD(chainlist, chain) chains;
	unsigned int	 n;
	struct budget	 budget;	/* for copies of facts: its share of chains.kept */
};

static int
client_cmp(const struct chain_client *a, const struct chain_client *b)
{
	return addr_cmp(&a->addr, &b->addr);
}

RB_HEAD(clienttree, chain_client);
RB_STATIC(clienttree, chain_client, link, client_cmp)

struct chains {
	struct stats	*stats;
	struct budget	*b, kept;	/* kept is a part of b, for copies of facts */
	struct chain_terms terms;
	struct clienttree clients;
	TAILQ_HEAD(, chain) all;
	unsigned int	 n;
	struct fan_out	*fan_out;
};

struct chains *
chains_new(struct stats *stats, struct budget *b, const struct chain_terms *terms)
{
	struct chains *c = budget_calloc(b, 1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->stats = stats;
	c->b = b;
	budget_init(&c->kept, b, MAX_CHAINS_MEM);
	c->terms = *terms;
	RB_INIT(&c->clients);
	TAILQ_INIT(&c->all);
	if ((c->fan_out = fan_out_new(stats, b, terms->fan_out)) == NULL) {
		budget_free(c);
		return NULL;
	}
	return c;
}

static void
forget(struct chains *c, struct chain *chain)
{
	struct chain_client *client = chain->client;

	TAILQ_REMOVE(&c->all, chain, of_all);
	TAILQ_REMOVE(&client->chains, chain, of_client);
	c->n--;
	fact_free(chain->create);
	budget_free(chain);
	if (--client->n == 0) {
		RB_REMOVE(clienttree, &c->clients, client);
		budget_free(client);
	}
}

static void
make_room(struct chains *c, struct chain *oldest)
{
	stat_add(c->stats, STAT_CHAINS_LIMIT, 1);
	forget(c, oldest);
}

void
chains_free(struct chains *c)
{
	if (c == NULL)
		return;
	while (!TAILQ_EMPTY(&c->all))
		forget(c, TAILQ_FIRST(&c->all));
	fan_out_free(c->fan_out);
	budget_free(c);
}

/* ---- Facts ---- */

static bool
is(const struct fact *o, enum field f, const char *word)
{
	const char *s = fact_get(o, f);

	return s != NULL && strcmp(s, word) == 0;
}

static enum event
event_of(const struct fact *o)
{
	static const struct {
		enum field	 field;
		const char	*word;
		enum event	 event;
	} events[] = {
		{ F_ACTION, "create", EVENT_CREATE },
		{ F_ACTION, "update", EVENT_CREATE },
		{ F_ACTION, "validate", EVENT_VALIDATE },
		{ F_ACTION, "run", EVENT_RUN },
		{ F_ACTION, "delete", EVENT_DELETE },
		{ F_RPC_PROCEDURE, "SchRpcGetLastRunInfo", EVENT_POLL },
		{ F_RPC_PROCEDURE, "SchRpcGetInstanceInfo", EVENT_POLL },
		{ F_RPC_PROCEDURE, "SchRpcRetrieveTask", EVENT_RETRIEVE },
	};

	if (is(o, F_ACTION, "query") && is(o, F_ROUTE, "file"))
		return EVENT_OUTPUT;
	for (size_t i = 0; i < nitems(events); i++)
		if (is(o, events[i].field, events[i].word))
			return events[i].event;
	return EVENT_NONE;
}

/* Returns whether the answer says that the call failed. */
static bool
failed(const struct fact *o, enum event event)
{
	return event != EVENT_VALIDATE && event != EVENT_POLL && is(o, F_OUTCOME, "failure");
}

static uint64_t
number_of(const uint8_t hash[64])
{
	uint64_t n = 0;

	for (int i = 0; i < 8; i++)
		n = n << 8 | hash[i];
	return n & ((UINT64_C(1) << 51) - 1);
}

/* Windows compares names of tasks and users without case.  The domain is left
 * out, since not every protocol has it. */
static uint64_t
hash_text(const struct fact *o, enum field f)
{
	const char *s = fact_get(o, f);
	uint8_t hash[64] = { 0 };

	if (s == NULL)
		return 0;
	sha512_lower(hash, *s == '\\' ? s + 1 : s);
	return number_of(hash);
}

/* ---- Which chain a fact belongs to ---- */

static bool
is_alive(const struct chain *chain, const struct fact *o)
{
	return o->at.us - chain->latest < (chain->sealed ? KEPT_SEALED : KEPT);
}

/* Returns the latest chain of that name; a fact without a user fits any user. */
static struct chain *
find_named(const struct chain_client *client, const struct fact *o, uint64_t name, uint64_t user)
{
	struct chain *chain;

	TAILQ_FOREACH_REVERSE(chain, &client->chains, chainlist, of_client)
		if (chain->name == name && addr_eq(&chain->server, &o->peers.server) &&
		    (chain->user == user || chain->user == 0 || user == 0) && is_alive(chain, o))
			return chain;
	return NULL;
}

/* Returns whether such an event can be the next one of a sealed chain. */
static bool
waits_for(const struct chain *chain, enum event event, const struct fact *o)
{
	switch (event) {
	case EVENT_RUN:
		return chain->run == 0 && chain->deleted == 0;
	case EVENT_OUTPUT:
		return !chain->output && (chain->run != 0 || chain->polls > 0) &&
		    o->at.us - chain->latest < FETCHED;
	default:
		return chain->deleted == 0;
	}
}

/*
 * Sealed calls name no task: they are added to the latest chain that can go on
 * with them.  Tools finish one task before they begin the next, but several may
 * work on connections of their own: a chain of the same connection comes first.
 */
static struct chain *
find_sealed(const struct chain_client *client, const struct fact *o, enum event event,
    uint64_t user)
{
	struct chain *chain, *other = NULL;

	TAILQ_FOREACH_REVERSE(chain, &client->chains, chainlist, of_client) {
		if (!chain->sealed || !addr_eq(&chain->server, &o->peers.server) ||
		    (chain->user != user && chain->user != 0 && user != 0) ||
		    !is_alive(chain, o) || !waits_for(chain, event, o))
			continue;
		if (chain->flow == o->peers.flow_id)
			return chain;
		if (other == NULL)
			other = chain;
	}
	return other;
}

/* ---- New chains ---- */

static struct chain_client *
client_new(struct chains *c, const struct addr *addr)
{
	struct chain_client *client = budget_calloc(c->b, 1, sizeof(*client));

	if (client == NULL)
		return NULL;
	client->addr = *addr;
	budget_init(&client->budget, &c->kept, MAX_CHAINS_MEM / 4);
	TAILQ_INIT(&client->chains);
	RB_INSERT(clienttree, &c->clients, client);
	return client;
}

static struct chain *
chain_new(struct chains *c, const struct fact *o, uint64_t name, uint64_t user)
{
	struct chain_client like = { .addr = o->peers.client }, *client;
	struct chain *chain;

	if ((client = RB_FIND(clienttree, &c->clients, &like)) == NULL &&
	    (client = client_new(c, &like.addr)) == NULL)
		return NULL;
	if ((chain = budget_calloc(c->b, 1, sizeof(*chain))) == NULL) {
		if (client->n == 0) {
			RB_REMOVE(clienttree, &c->clients, client);
			budget_free(client);
		}
		return NULL;
	}
	chain->client = client;
	chain->server = o->peers.server;
	chain->name = name;
	chain->user = user;
	chain->alerted = -1;
	findings_init(&chain->findings);
	TAILQ_INSERT_TAIL(&client->chains, chain, of_client);
	TAILQ_INSERT_TAIL(&c->all, chain, of_all);
	client->n++;
	c->n++;
	/* The new one is the last of both lists, so it is not dropped. */
	if (client->n > MAX_CHAINS / 4)
		make_room(c, TAILQ_FIRST(&client->chains));
	else if (c->n > MAX_CHAINS)
		make_room(c, TAILQ_FIRST(&c->all));
	return chain;
}

/*
 * Different for each chain, the same in every replay.  A script can create,
 * delete and create the same task again within one microsecond: then only the ID
 * of the chain before differs.
 */
static uint64_t
id_of(const struct chain *chain, const struct fact *o)
{
	struct {
		struct addr	 client, server;
		uint64_t	 name, user, flow, before;
		int64_t		 at, call;
	} what;
	uint8_t hash[64] = { 0 };

	memset(&what, 0, sizeof(what));
	memcpy(what.client.b, o->peers.client.b, sizeof(what.client.b));
	memcpy(what.server.b, o->peers.server.b, sizeof(what.server.b));
	what.name = chain->name;
	what.user = chain->user;
	what.flow = o->peers.flow_id;
	what.before = chain->id;
	what.at = o->at.us;
	(void)fact_get_int(o, F_RPC_CALL_ID, &what.call);
	sha512_chain(hash, (struct view){ (const uint8_t *)&what, sizeof(what) });
	return number_of(hash);
}

/*
 * Copies the fact of a creation.  The oldest chains are dropped to make room:
 * those of the same client, where that has used its share, so that a client
 * cannot push out the chains of others.  Returns NULL when it is too large.
 */
static struct fact *
copy_of(struct chains *c, const struct chain *chain, const struct fact *o)
{
	const struct budget *own = &chain->client->budget;
	const size_t need = fact_copy_size(o, MAX_CHAIN_TEXT);
	struct chain *oldest;

	if (need > own->limit)
		return NULL;
	for (;;) {
		if (need > own->limit - own->used)
			oldest = TAILQ_FIRST(&chain->client->chains);
		else if (need > c->kept.limit - c->kept.used)
			oldest = TAILQ_FIRST(&c->all);
		else
			return fact_copy(&chain->client->budget, o, MAX_CHAIN_TEXT);
		if (oldest == chain)
			return NULL;
		make_room(c, oldest);
	}
}

/* A task was registered: it was created or, if the chain knows it, changed. */
static void
register_task(struct chains *c, struct chain *chain, const struct fact *o)
{
	fact_free(chain->create);
	chain->create = NULL;
	chain->create = copy_of(c, chain, o);
	chain->sealed = is(o, F_VISIBILITY, "sealed");
	chain->flow = o->peers.flow_id;
	chain->servers = fan_out_put(c->fan_out, o);
	if (chain->created != 0)
		return;
	chain->created = o->at.us;
	chain->id = id_of(chain, o);
	chain->pipe = is(o, F_RPC_TRANSPORT, "ncacn_np");
}

/* ---- Tools ---- */

/* Those of tool-signature.def, a bit each. */
enum tool { TOOL_ATEXEC = 1 << 0 };

/* Returns the tools whose calls have the size of this one. */
static unsigned int
tools_of(const struct fact *call)
{
	static const struct {
		enum tool	 tool;
		const char	*procedure, *syntax;
		int64_t		 least, most;
	} rows[] = {
#define SIGNATURE(tool, procedure, syntax, least, most) { tool, procedure, syntax, least, most },
#include "detect/tool-signature.def"
#undef SIGNATURE
	};
	unsigned int tools = 0;
	int64_t size;

	for (size_t i = 0; fact_get_int(call, F_STUB_SIZE, &size) && i < nitems(rows); i++)
		if (is(call, F_RPC_PROCEDURE, rows[i].procedure) &&
		    is(call, F_RPC_SYNTAX, rows[i].syntax) &&
		    size >= rows[i].least && size <= rows[i].most)
			tools |= rows[i].tool;
	return tools;
}

/* ---- Events ---- */

static void
add_event(struct chains *c, struct chain *chain, enum event event, const struct fact *o)
{
	const uint64_t user = hash_text(o, F_AUTH_USER);
	struct view name;

	if (chain->user == 0)
		chain->user = user;
	chain->latest = o->at.us;
	if (event != EVENT_OUTPUT && event != EVENT_VALIDATE)
		chain->pipe = chain->pipe && is(o, F_RPC_TRANSPORT, "ncacn_np");
	switch (event) {
	case EVENT_CREATE:
		register_task(c, chain, o);
		break;
	case EVENT_VALIDATE:
		chain->validated |= chain->created == 0;
		break;
	case EVENT_RUN:
		if (chain->run == 0)
			chain->run = o->at.us;
		break;
	case EVENT_POLL:
		chain->polls++;
		chain->watched |= is(o, F_RPC_PROCEDURE, "SchRpcGetInstanceInfo");
		break;
	case EVENT_RETRIEVE:
		/* Administrators' tools read a task again and again while it runs.  A
		 * client that watched its instance first looks for output in it. */
		chain->retrieved |= chain->watched;
		break;
	case EVENT_OUTPUT:
		chain->output = true;
		if (chain->sealed && fact_get(o, F_NAME) != NULL) {
			name = text_upto(view_str(fact_get(o, F_NAME)), sizeof(chain->output_name) - 1);
			memcpy(chain->output_name, name.p, name.len);
		}
		break;
	case EVENT_DELETE:
		chain->deleted = o->at.us;
		chain->tool_sizes = chain->sealed && (tools_of(chain->create) & tools_of(o)) != 0;
		break;
	case EVENT_NONE:
		break;
	}
}

/* Drops the chains to which no fact was added for long. */
static void
expire(struct chains *c, int64_t now)
{
	struct chain *chain;

	while ((chain = TAILQ_FIRST(&c->all)) != NULL && now - chain->latest > KEPT)
		forget(c, chain);
}

/* Returns whether the event begins a chain.  A chain ends with the deletion. */
static bool
begins(enum event event, const struct chain *chain)
{
	return (event == EVENT_CREATE || event == EVENT_VALIDATE) &&
	    (chain == NULL || chain->deleted != 0);
}

/* Returns the chain that a fact belongs to, or NULL. */
static struct chain *
find(struct chains *c, const struct fact *o, enum event event, uint64_t name, uint64_t user)
{
	struct chain_client like = { .addr = o->peers.client }, *client;
	struct chain *chain = NULL;

	if ((client = RB_FIND(clienttree, &c->clients, &like)) == NULL)
		return NULL;
	if (name != 0)
		chain = find_named(client, o, name, user);
	if (chain == NULL && (event == EVENT_OUTPUT || (name == 0 && event != EVENT_CREATE &&
	    event != EVENT_VALIDATE && is(o, F_VISIBILITY, "sealed"))))
		chain = find_sealed(client, o, event, user);
	return chain;
}

struct chain *
chains_put(struct chains *c, const struct fact *o)
{
	const enum event event = event_of(o);
	const uint64_t name = hash_text(o, F_NAME), user = hash_text(o, F_AUTH_USER);
	struct chain *chain;
	uint64_t before = 0;

	if (event == EVENT_NONE || failed(o, event))
		return NULL;
	expire(c, o->at.us);
	chain = find(c, o, event, name, user);
	if (begins(event, chain) && (name != 0 || event == EVENT_CREATE)) {
		/* Until the new chain has its own ID, id_of() needs the last one's. */
		before = chain != NULL && chain->created == o->at.us ? chain->id : 0;
		if ((chain = chain_new(c, o, name, user)) != NULL)
			chain->id = before;
	} else if (chain != NULL && chain->deleted != 0 && event != EVENT_OUTPUT)
		return NULL;
	if (chain == NULL)
		return NULL;
	TAILQ_REMOVE(&chain->client->chains, chain, of_client);
	TAILQ_INSERT_TAIL(&chain->client->chains, chain, of_client);
	TAILQ_REMOVE(&c->all, chain, of_all);
	TAILQ_INSERT_TAIL(&c->all, chain, of_all);
	add_event(c, chain, event, o);
	return chain->created != 0 && event != EVENT_VALIDATE ? chain : NULL;
}

/* ---- Reasons ---- */

/* Facts may come out of order: the distance counts. */
static bool
within(int64_t from, int64_t to, int64_t time)
{
	return to - from < time && from - to < time;
}

void
chain_judge(const struct chains *c, const struct chain *chain, struct findings *f)
{
	const struct view none = view_str("");
	bool ran = chain->run != 0 || chain->polls > 0 || chain->output;

	if (chain->run != 0 && within(chain->created, chain->run, AT_ONCE))
		found(f, R_RUN_AT_ONCE, none);
	if (chain->deleted != 0 && ran &&
	    within(chain->created, chain->deleted, c->terms.short_lived))
		found(f, R_SHORT_LIVED, none);
	if (chain->polls > 1 || (chain->polls > 0 && chain->deleted != 0))
		found(f, R_POLLED, none);
	if (chain->pipe && chain->polls > 0 && chain->deleted != 0)
		found(f, R_OVER_PIPE, none);
	if (chain->tool_sizes && chain->polls > 0)
		found(f, R_SEALED_SIZES, none);
	if (chain->output)
		found(f, R_OUTPUT_READ, view_str(chain->output_name));
	if (chain->retrieved && chain->deleted != 0)
		found(f, R_RETRIEVED, none);
	if (chain->servers >= c->terms.fan_out_servers)
		found(f, R_SPREAD, none);
	if (chain->validated)
		found(f, R_PROBED, none);
}
