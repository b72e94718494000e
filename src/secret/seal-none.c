/* seal-none.c -- secret.h in a build without secrets: nothing is opened. */
#include "secret/secret.h"

#include <stdio.h>

const bool secrets_built_in = false;

struct keyring *
keyring_open(const char *path, secrets_warn *warn, void *arg, char *err, size_t errlen)
{
	(void)warn, (void)arg;
	snprintf(err, errlen, "%s: this schedwire was built without secrets;"
	    " leave -S out, or build it with libkrb5", path);
	return NULL;
}

bool
keyring_reload(struct keyring *k, secrets_warn *warn, void *arg, char *err, size_t errlen)
{
	(void)k, (void)warn, (void)arg;
	snprintf(err, errlen, "built without secrets");
	return false;
}

void
keyring_close(struct keyring *k)
{
	(void)k;
}

/* ---- Logons ---- */

struct logon *
logon_new(struct keyring *k, struct budget *b)
{
	(void)k, (void)b;
	return NULL;
}

void
logon_free(struct logon *l)
{
	(void)l;
}

void
logon_ntlm(struct logon *l, struct view negotiate, struct view challenge,
    struct view authenticate)
{
	(void)l, (void)negotiate, (void)challenge, (void)authenticate;
}

void
logon_ap_req(struct logon *l, struct view message)
{
	(void)l, (void)message;
}

void
logon_ap_rep(struct logon *l, struct view message)
{
	(void)l, (void)message;
}

void
logon_list_mic(struct logon *l, enum dir dir)
{
	(void)l, (void)dir;
}

enum logon_state
logon_state(struct logon *l)
{
	(void)l;
	return LOGON_NONE;
}

const char *
logon_reason(const struct logon *l)
{
	(void)l;
	return "built without secrets";
}

const char *
logon_client(const struct logon *l)
{
	(void)l;
	return NULL;
}

const char *
logon_realm(const struct logon *l)
{
	(void)l;
	return NULL;
}

/* ---- Messages ---- */

enum unseal
logon_unseal(struct logon *l, enum dir dir, const struct sealed *m, uint8_t *out, size_t *len)
{
	(void)l, (void)dir, (void)m, (void)out;
	*len = 0;
	return UNSEAL_NO_KEY;
}

void
logon_skip(struct logon *l, enum dir dir, size_t body, bool clear)
{
	(void)l, (void)dir, (void)body, (void)clear;
}

struct smb3 *
smb3_new(struct keyring *k, struct logon *l, uint64_t session_id, const struct smb3_terms *t)
{
	(void)k, (void)l, (void)session_id, (void)t;
	return NULL;
}

void
smb3_free(struct smb3 *s)
{
	(void)s;
}

enum unseal
smb3_unseal(struct smb3 *s, enum dir dir, struct view m, uint8_t *out)
{
	(void)s, (void)dir, (void)m, (void)out;
	return UNSEAL_NO_KEY;
}

bool
smb3_peek(const struct smb3 *s, enum dir dir, struct view m, uint8_t *out)
{
	(void)s, (void)dir, (void)m, (void)out;
	return false;
}

const char *
smb3_reason(const struct smb3 *s)
{
	(void)s;
	return "built without secrets";
}

/* ---- TLS ---- */

bool
tls_has_log(const struct keyring *k)
{
	(void)k;
	return false;
}

struct tls *
tls_new(struct keyring *k, const uint8_t client_random[32])
{
	(void)k, (void)client_random;
	return NULL;
}

void
tls_free(struct tls *t)
{
	(void)t;
}

bool
tls_server_hello(struct tls *t, uint16_t version, uint16_t suite,
    const uint8_t server_random[32], bool encrypt_then_mac)
{
	(void)t, (void)version, (void)suite, (void)server_random, (void)encrypt_then_mac;
	return false;
}

void
tls_change_cipher(struct tls *t, enum dir dir)
{
	(void)t, (void)dir;
}

enum unseal
tls_unseal(struct tls *t, enum dir dir, struct view record, uint8_t *out, size_t *len,
    uint8_t *type)
{
	(void)t, (void)dir, (void)record, (void)out;
	*len = 0;
	*type = 0;
	return UNSEAL_NO_KEY;
}

void
tls_skip(struct tls *t, enum dir dir, uint64_t records)
{
	(void)t, (void)dir, (void)records;
}

const char *
tls_reason(const struct tls *t)
{
	(void)t;
	return "built without secrets";
}

/* ---- KDC messages ---- */

void
kdc_as_rep(struct keyring *k, struct view message, struct view salt)
{
	(void)k, (void)message, (void)salt;
}

struct tgs_ask *
kdc_tgs_req(struct keyring *k, struct view message)
{
	(void)k, (void)message;
	return NULL;
}

void
kdc_tgs_rep(struct keyring *k, const struct tgs_ask *ask, struct view message)
{
	(void)k, (void)ask, (void)message;
}

void
tgs_ask_free(struct tgs_ask *ask)
{
	(void)ask;
}
