/* fuzz-gss.c -- the legs of one logon: {u8 direction, u16 length, token}. */
#include <stdlib.h>

#include "auth/gss.h"
#include "fact/fact.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = rd_open((struct view){ data, len });
	struct budget budget;
	struct peers peers = { .sport = 445 };
	struct stats stats = { 0 };
	struct world world;
	struct packet_ref at = { 0 };
	struct gss *g;
	struct fact *o;

	budget_init(&budget, NULL, 1u << 20);
	world_init(&world, &budget, &stats, NULL);
	if ((g = gss_new(&world, &budget)) == NULL || (o = fact_new(&budget, FACT_TASK, &peers, at)) == NULL)
		abort();
	while (rd_ok(&r) && r.left > 0) {
		uint8_t dir = rd_u8(&r);
		size_t n = rd_le16(&r);

		gss_token(g, dir & 1 ? S2C : C2S, rd_view(&r, n < r.left ? n : r.left));
	}
	gss_auth(g, o);
	gss_smb(g, o);
	if (gss_known(g) != (fact_get(o, F_AUTH_MECHANISM) != NULL))
		abort();
	fact_free(o);
	gss_free(g);
	if (budget.used != 0)
		abort();	/* a leak */
	return 0;
}
