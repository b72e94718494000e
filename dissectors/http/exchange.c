/* exchange.c -- which request a response answers; RFC 9112 9.3. */
#include "http/exchange.h"

#include "base/limits.h"

void
exchanges_init(struct exchanges *x, struct budget *b)
{
	*x = (struct exchanges){ .budget = b };
	TAILQ_INIT(&x->waiting);
}

static struct exchange *
exchange_new(struct exchanges *x)
{
	struct exchange *e = budget_calloc(x->budget, 1, sizeof(*e));

	if (e == NULL)
		return NULL;
	e->number = ++x->begun;
	e->held = 1;
	return e;
}

void
exchange_release(struct exchange *e)
{
	if (e == NULL || --e->held > 0)
		return;
	budget_free(e->method);
	budget_free(e->target);
	budget_free(e->host);
	budget_free(e->agent);
	budget_free(e);
}

/* Takes the oldest request that waits from the list; the caller holds it now. */
static struct exchange *
oldest(struct exchanges *x)
{
	struct exchange *e = TAILQ_FIRST(&x->waiting);

	TAILQ_REMOVE(&x->waiting, e, link);
	x->n--;
	return e;
}

bool
exchanges_forget(struct exchanges *x)
{
	if (x->n < MAX_HTTP_EXCHANGES)
		return false;
	exchange_release(oldest(x));
	x->forgotten++;
	return true;
}

struct exchange *
exchange_request(struct exchanges *x)
{
	struct exchange *e = exchange_new(x);

	if (e == NULL)
		return NULL;
	e->held++;
	TAILQ_INSERT_TAIL(&x->waiting, e, link);
	x->n++;
	return e;
}

/*
 * Responses come in the order of their requests (RFC 9112 9.3.2).  When some
 * were lost, it is not known how many; but hardly any client sends a request
 * before the last response came, so the next response is that of the newest
 * request.
 */
struct exchange *
exchange_next(const struct exchanges *x)
{
	if (x->unsure)
		return TAILQ_LAST(&x->waiting, waiting);
	return x->forgotten > 0 ? NULL : TAILQ_FIRST(&x->waiting);
}

struct exchange *
exchange_response(struct exchanges *x)
{
	struct exchange *e = exchange_next(x);

	if (x->unsure) {
		while (x->n > 1)
			exchange_release(oldest(x));
		x->forgotten = 0;
		x->unsure = false;
	}
	if (x->forgotten > 0)
		x->forgotten--;
	return e != NULL ? oldest(x) : exchange_new(x);
}

void
exchanges_free(struct exchanges *x)
{
	while (x->n > 0)
		exchange_release(oldest(x));
}
