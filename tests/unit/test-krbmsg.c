#include "unit/facts.h"

#include "wire/krb-make.h"
#include "secret/krbmsg.h"

static struct make made;

static struct krb_text
ap_req(void)
{
	struct krb_text t;

	make_ap_req(&t, &made);
	return t;
}

static void
name_is(struct view name, const char *text)
{
	char out[MAX_KRB_NAME];

	krbmsg_name_text(name, out);
	assert_string_equal(out, text);
}

static void
realm_is(struct view realm, const char *text)
{
	char out[MAX_KRB_NAME];

	krbmsg_realm_text(realm, out);
	assert_string_equal(out, text);
}

static void
ap_req_is_read(void **state)
{
	struct krb_text t = ap_req();
	struct krb_ap_req a;

	(void)state;
	assert_true(krbmsg_whole(krb_view(&t)));
	assert_true(krbmsg_ap_req(krb_view(&t), &a));
	assert_false(a.user_to_user);
	name_is(a.ticket.service.name, "cifs/fs01.corp.example");
	realm_is(a.ticket.service.realm, "CORP.EXAMPLE");
	assert_int_equal(a.ticket.part.etype, 18);
	assert_true(a.ticket.part.has_kvno);
	assert_int_equal(a.ticket.part.kvno, 3);
	assert_int_equal(a.authenticator.etype, 18);
	assert_false(a.authenticator.has_kvno);
	/* Other messages have other tags. */
	assert_false(krbmsg_ap_rep(krb_view(&t), &a.ticket.part));
	assert_false(krbmsg_tgs_req(krb_view(&t), &a));
}

static void
user_to_user_is_an_option(void **state)
{
	struct make m = made;
	struct krb_text t;
	struct krb_ap_req a;

	(void)state;
	m.user_to_user = true;
	make_ap_req(&t, &m);
	assert_true(krbmsg_ap_req(krb_view(&t), &a));
	assert_true(a.user_to_user);
}

/* An attribute of RODCs: the kvno has 32 bits, and comes signed. */
static void
kvno_may_look_negative(void **state)
{
	struct make m = made;
	struct krb_text t = { .len = 0 };
	struct krb_ap_req a;
	uint8_t *p;

	(void)state;
	m.kvno = 0x7f340001;
	make_ap_req(&t, &m);
	p = memmem(t.p, t.len, "\x7f\x34\0\1", 4);
	assert_non_null(p);
	p[0] = 0xff;
	assert_true(krbmsg_ap_req(krb_view(&t), &a));
	assert_int_equal(a.ticket.part.kvno, 0xff340001);
}

static void
answers_are_read(void **state)
{
	struct krb_text t, padata = { .len = 0 };
	struct krb_kdc_rep r;
	struct krb_salt s;
	struct view params = { (const uint8_t *)"\0\0\x10\1", 4 };

	(void)state;
	put_salt(&padata, 18, "CORP.EXAMPLEalice", params);
	make_kdc_rep(&t, 11, &made, &made.with, 3, &padata);
	assert_false(krbmsg_tgs_rep(krb_view(&t), &r));
	assert_true(krbmsg_as_rep(krb_view(&t), &r));
	name_is(r.client.name, "alice");
	realm_is(r.client.realm, "CORP.EXAMPLE");
	name_is(r.ticket.service.name, "cifs/fs01.corp.example");
	assert_int_equal(r.part.etype, 18);
	assert_false(krbmsg_salt(r.padata, 17, &s));
	assert_true(krbmsg_salt(r.padata, 18, &s));
	realm_is(s.salt, "CORP.EXAMPLEalice");
	assert_int_equal(s.params.len, 4);
	make_kdc_rep(&t, 13, &made, &made.with, 8, NULL);
	assert_true(krbmsg_tgs_rep(krb_view(&t), &r));
	assert_false(krbmsg_salt(r.padata, 18, &s));
}

static void
question_holds_an_ap_req(void **state)
{
	struct krb_text answer, t;
	struct krb_ap_req a;

	(void)state;
	make_kdc_rep(&answer, 11, &made, &made.with, 3, NULL);
	make_tgs_req(&t, &answer, &made);
	assert_true(krbmsg_tgs_req(krb_view(&t), &a));
	name_is(a.ticket.service.name, "cifs/fs01.corp.example");
}

static void
error_tells_the_salt(void **state)
{
	struct krb_text t;

	(void)state;
	krb_preauth_required(&t, "CORP.EXAMPLEold-name");
	realm_is(krbmsg_error_salt(krb_view(&t)), "CORP.EXAMPLEold-name");
	assert_int_equal(krbmsg_error_salt((struct view){ NULL, 0 }).len, 0);
}

static void
names_are_made_printable(void **state)
{
	uint8_t name[300], b[] = "\x1b\x05" "a\n\xffz/" "\x1b\x01" "b";
	char out[MAX_KRB_NAME];

	(void)state;
	name_is((struct view){ b, sizeof(b) - 1 }, "a??z//b");
	realm_is(view_str("CORP.\xc3\x84" "B"), "CORP.\xc3\x84" "B");
	memset(name, 'a', sizeof(name));
	name[0] = 0x1b;
	name[1] = 0x81;
	name[2] = 0xff;
	name_is((struct view){ name, 3 }, "");
	krbmsg_name_text((struct view){ name, 3 + 255 }, out);
	assert_int_equal(strlen(out), MAX_KRB_NAME - 1);
}

/* A PrincipalName of many components costs what is told of it. */
static void
names_of_many_components_are_cut(void **state)
{
	uint8_t b[3 * 1000];
	char out[MAX_KRB_NAME];

	(void)state;
	for (size_t i = 0; i < sizeof(b); i += 3)
		memcpy(b + i, "\x1b\x01x", 3);
	krbmsg_name_text((struct view){ b, sizeof(b) }, out);
	assert_int_equal(strlen(out), MAX_KRB_NAME - 1);
}

static void
sealed_parts_are_read(void **state)
{
	struct krb_text t = { .len = 0 };
	struct krb_ticket_part p;
	struct krb_value v;

	(void)state;
	put_key(&t, 1, &made.ticket);
	krb_string(&t, 2, "CORP.EXAMPLE");
	put_name(&t, 3, "alice");
	krb_wrap(&t, 0, DER_SEQUENCE);
	krb_wrap(&t, 0, DER_APP(3));
	assert_true(krbmsg_ticket_part(krb_view(&t), &p));
	assert_int_equal(p.key.etype, 18);
	assert_true(key_eq(p.key.bytes, &made.ticket));
	name_is(p.client.name, "alice");
	/* A subkey is optional, an AP-REP's part is not. */
	t.len = 0;
	krb_int(&t, 1, 1);
	krb_wrap(&t, 0, DER_SEQUENCE);
	krb_wrap(&t, 0, DER_APP(27));
	assert_true(krbmsg_ap_rep_part(krb_view(&t), &v));
	assert_int_equal(v.bytes.len, 0);
	assert_false(krbmsg_ap_rep_part((struct view){ NULL, 0 }, &v));
}

static void
read_all(struct view v)
{
	struct krb_ap_req a;
	struct krb_kdc_rep k;
	struct krb_sealed s;
	struct krb_value val;
	struct krb_ticket_part p;
	struct krb_authenticator au;
	struct krb_salt salt;

	(void)krbmsg_fast_response(v, &val);
	(void)krbmsg_ap_req(v, &a);
	(void)krbmsg_ap_rep(v, &s);
	if (krbmsg_as_rep(v, &k) || krbmsg_tgs_rep(v, &k)) {
		(void)krbmsg_salt(k.padata, 18, &salt);
		(void)krbmsg_fast_rep(k.padata, &s);
	}
	(void)krbmsg_tgs_req(v, &a);
	(void)krbmsg_ticket_part(v, &p);
	(void)krbmsg_authenticator(v, &au);
	(void)krbmsg_ap_rep_part(v, &val);
	(void)krbmsg_kdc_rep_part(v, &val);
	(void)krbmsg_error_salt(v);
}

static void
every_truncation_is_safe(void **state)
{
	struct krb_text t[5], padata = { .len = 0 };

	(void)state;
	t[0] = ap_req();
	make_ap_rep(&t[1], &made, &made.acceptor);
	put_salt(&padata, 18, "salt", (struct view){ NULL, 0 });
	put_fast(&padata, &made.ticket, &made.with);
	make_kdc_rep(&t[2], 11, &made, &made.with, 3, &padata);
	make_tgs_req(&t[3], &t[2], &made);
	krb_preauth_required(&t[4], "salt");
	for (size_t i = 0; i < nitems(t); i++)
		for (size_t n = 0; n < t[i].len; n++) {
			uint8_t *cut = test_malloc(n > 0 ? n : 1);

			memcpy(cut, t[i].p, n);
			assert_false(krbmsg_whole((struct view){ cut, n }));
			read_all((struct view){ cut, n });
			test_free(cut);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ap_req_is_read),
		cmocka_unit_test(user_to_user_is_an_option),
		cmocka_unit_test(kvno_may_look_negative),
		cmocka_unit_test(answers_are_read),
		cmocka_unit_test(question_holds_an_ap_req),
		cmocka_unit_test(error_tells_the_salt),
		cmocka_unit_test(names_are_made_printable),
		cmocka_unit_test(names_of_many_components_are_cut),
		cmocka_unit_test(sealed_parts_are_read),
		cmocka_unit_test(every_truncation_is_safe),
	};

	made = make_of(18);
	return cmocka_run_group_tests_name("krbmsg", tests, NULL, NULL);
}
