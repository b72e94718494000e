/* ntlmopen.h -- for tests: the logon of [MS-NLMP] 4.2, opened with its password. */
#ifndef NTLMOPEN_H
#define NTLMOPEN_H

#include "wire/ntlm.h"
#include "unit/ring.h"
#include "secret/seal-ntlm.h"

static inline int
set_up(void **state)
{
	*state = ring_of("password\tDomain\\User\tPassword\n");
	return 0;
}

static inline int
tear_down(void **state)
{
	keyring_close(*state);
	return 0;
}

struct opened {
	struct ntlm	*ntlm;
	enum logon_state state;
	char		 why[MAX_REASON];
};

static inline struct opened
open_with(const struct keyring *k, const struct bytes *negotiate, const struct bytes *challenge,
    const struct bytes *authenticate)
{
	struct opened o = { .why = "" };

	o.ntlm = ntlm_open(k, view_of(negotiate), view_of(challenge), view_of(authenticate),
	    &o.state, o.why);
	assert_int_equal(o.ntlm != NULL, o.state == LOGON_OPEN);
	return o;
}

static const struct bytes nothing;

/* The logon of [MS-NLMP] 4.2 in one of its variants. */
static inline struct opened
nlmp(const struct keyring *k, uint32_t flags, const char *lm, const char *nt, const char *key)
{
	struct bytes c = nlmp_challenge(flags), a = nlmp_authenticate(flags, lm, nt, key);

	return open_with(k, &nothing, &c, &a);
}

static inline struct ntlm *
nlmp_v2(const struct keyring *k)
{
	struct opened o = nlmp(k, V2_FLAGS, "", V2_NT, V2_KEY);

	assert_int_equal(o.state, LOGON_OPEN);
	return o.ntlm;
}

static inline void
assert_refused(struct opened o, enum logon_state state, const char *why)
{
	assert_null(o.ntlm);
	assert_int_equal(o.state, state);
	assert_string_equal(o.why, why);
}

static inline void
assert_key(const struct ntlm *n, const char *want)
{
	struct bytes w = hex(want);

	assert_non_null(n);
	assert_int_equal(ntlm_session_key(n).len, 16);
	assert_memory_equal(ntlm_session_key(n).p, w.p, 16);
}

#define FIVES	"55555555555555555555555555555555"

#endif
