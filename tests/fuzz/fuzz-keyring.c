/* fuzz-keyring.c -- byte 0 chooses: the text of a secrets file, or a keytab. */
#include <stdlib.h>

#include "secret/keytab.h"
#include "base/limits.h"
#include "secret/secretfile.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static bool
inside(struct view part, struct view whole)
{
	return part.p == NULL || (part.p >= whole.p && part.len <= whole.len &&
	    (size_t)(part.p - whole.p) <= whole.len - part.len);
}

static void
secrets(struct view v)
{
	struct secretfile f;
	struct secret s;
	unsigned int line = 0;

	secretfile_open(&f, v);
	while (secretfile_next(&f, &s) != SECRET_END) {
		if (f.line <= line || s.keylen > sizeof(s.key))
			abort();
		line = f.line;
		if (s.kind == SECRET_BAD) {
			if (s.why[0] == '\0')
				abort();
			continue;
		}
		if (!inside(s.account, v) || !inside(s.user, v) || !inside(s.domain, v) ||
		    !inside(s.password, v) || !inside(s.path, v))
			abort();
		if ((s.kind == SECRET_PASSWORD || s.kind == SECRET_NTHASH) && s.user.len == 0)
			abort();
	}
}

static void
keytab(struct view v)
{
	char name[MAX_PRINCIPAL];
	struct keytab_key k;
	struct keytab t;

	if (!keytab_open(&t, v))
		return;
	while (keytab_next(&t, &k) == KEYTAB_KEY)
		if (!inside(k.key, v) || k.key.len > 32 ||
		    keytab_principal(&k, name, sizeof(name)) >= sizeof(name))
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0)
		return 0;
	if ((data[0] & 1) == 0)
		secrets((struct view){ data + 1, len - 1 });
	else
		keytab((struct view){ data + 1, len - 1 });
	return 0;
}
