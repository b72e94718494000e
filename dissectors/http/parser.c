/* parser.c -- HTTP/1.1 as libhtp reads it, a message at a time; RFC 9112 6, 7. */
#include "http/parser.h"

#include <htp/htp.h>

#include "base/limits.h"

#define HEAD_COPIES	3

/*
 * A parser lives no longer than one message: it reads a whole head, and the
 * framing of chunks; it never sees a body of known length.  Content codings are
 * not left to libhtp, which recognises the two forms of deflate only if the
 * first bytes come in one piece.
 *
 * So libhtp holds nothing between messages or in the middle of a head.  In the
 * middle of chunks it holds, for each direction, a head's MAX_HTTP_FIELDS
 * fields in up to HEAD_COPIES copies, and lines of MAX_HTTP_TRAILERS bytes.  It
 * allocates outside the budget, but that much is charged to the budget, so many
 * such connections are bounded too.  A transaction is not destroyed by itself:
 * it is the only one of its parser.
 */
struct parser {
	enum dir	 dir;
	htp_cfg_t	*cfg;
	htp_connp_t	*connp;
	htp_tx_t	*tx;		/* the message; NULL before its first line */
	struct body_buffer *kept;	/* takes what is in chunks; during parser_chunk() */
	size_t		 trailers;	/* bytes of trailer fields */
	bool		 headed;	/* the head was read */
	bool		 ended;		/* the message was read to its end */
	uint8_t		 charge[];	/* never used: charges what libhtp holds */
};

/* ---- Callbacks of libhtp; there is no parser for the request of prime() ---- */

static int
on_first_line(htp_tx_t *tx)
{
	struct parser *p = htp_connp_get_user_data(tx->connp);

	if (p != NULL)
		p->tx = tx;
	return HTP_OK;
}

static int
on_head(htp_tx_t *tx)
{
	struct parser *p = htp_connp_get_user_data(tx->connp);

	if (p != NULL)
		p->headed = true;
	return HTP_OK;
}

static int
on_body(htp_tx_data_t *d)
{
	struct parser *p = htp_connp_get_user_data(d->tx->connp);

	if (p != NULL && p->kept != NULL && d->data != NULL)
		body_buffer_add(p->kept, (struct view){ d->data, d->len });
	return HTP_OK;
}

static int
on_end(htp_tx_t *tx)
{
	struct parser *p = htp_connp_get_user_data(tx->connp);

	if (p != NULL)
		p->ended = true;
	return HTP_OK;
}

/* ---- Begin and end ---- */

static htp_cfg_t *
cfg_new(enum dir dir)
{
	htp_cfg_t *cfg = htp_config_create();

	if (cfg == NULL)
		return NULL;
	htp_config_set_log_level(cfg, HTP_LOG_NONE);
	htp_config_set_field_limits(cfg, MAX_HTTP_HEAD, MAX_HTTP_HEAD);
	htp_config_set_number_headers_limit(cfg, MAX_HTTP_FIELDS);
	htp_config_set_parse_request_cookies(cfg, 0);
	htp_config_set_parse_request_auth(cfg, 0);	/* it would copy passwords */
	htp_config_set_request_decompression(cfg, 0);
	htp_config_set_response_decompression(cfg, 0);
	if (dir == C2S) {
		htp_config_register_request_line(cfg, on_first_line);
		htp_config_register_request_headers(cfg, on_head);
		htp_config_register_request_body_data(cfg, on_body);
		htp_config_register_request_complete(cfg, on_end);
	} else {
		htp_config_register_response_line(cfg, on_first_line);
		htp_config_register_response_headers(cfg, on_head);
		htp_config_register_response_body_data(cfg, on_body);
		htp_config_register_response_complete(cfg, on_end);
	}
	return cfg;
}

struct parser *
parser_new(struct budget *b, enum dir dir, size_t len)
{
	struct parser *p = budget_alloc(b, sizeof(*p) + HTTP_PARSER + HEAD_COPIES * len);

	if (p == NULL)
		return NULL;
	*p = (struct parser){ .dir = dir };
	if ((p->cfg = cfg_new(dir)) == NULL || (p->connp = htp_connp_create(p->cfg)) == NULL) {
		parser_free(p);
		return NULL;
	}
	htp_connp_open(p->connp, NULL, 0, NULL, 0, NULL);
	return p;
}

void
parser_free(struct parser *p)
{
	if (p == NULL)
		return;
	if (p->connp != NULL) {
		htp_connp_set_user_data(p->connp, NULL);
		htp_connp_destroy_all(p->connp);
	}
	htp_config_destroy(p->cfg);
	budget_free(p);
}

/* ---- A message ---- */

static bool
feed(struct parser *p, struct view v)
{
	int rc = p->dir == C2S ? htp_connp_req_data(p->connp, NULL, v.p, v.len) :
	    htp_connp_res_data(p->connp, NULL, v.p, v.len);

	return rc != HTP_STREAM_ERROR && rc != HTP_STREAM_STOP;
}

/* libhtp needs a request before it reads a response.  All that matters of it is
 * whether it is HEAD, whose response has no body. */
static void
prime(struct parser *p, const char *method)
{
	bool head = method != NULL && strcmp(method, "HEAD") == 0;
	struct view v = view_str(head ? "HEAD / HTTP/1.0\r\n\r\n" : "GET / HTTP/1.0\r\n\r\n");

	if (p->dir == S2C)
		htp_connp_req_data(p->connp, NULL, v.p, v.len);
	htp_connp_set_user_data(p->connp, p);
}

static struct view
text(const bstr *b)
{
	return b != NULL ? (struct view){ bstr_ptr(b), bstr_len(b) } : (struct view){ NULL, 0 };
}

/* RFC 9112 6.3. */
static bool
read_framing(struct http_head *h, enum htp_transfer_coding_t coding, int64_t length)
{
	h->framing = BODY_NONE;
	h->length = 0;
	if (h->status == 101 || h->status == 204 || h->status == 304 ||
	    coding == HTP_CODING_NO_BODY)
		return true;
	if (coding == HTP_CODING_CHUNKED) {
		h->framing = BODY_CHUNKS;
	} else if (coding == HTP_CODING_IDENTITY && length < 0) {
		h->framing = BODY_TO_END;
	} else if (coding == HTP_CODING_IDENTITY && length > 0) {
		h->framing = BODY_LENGTH;
		h->length = (uint64_t)length;
	}
	return coding == HTP_CODING_CHUNKED || coding == HTP_CODING_IDENTITY;
}

static bool
read_request(const htp_tx_t *tx, struct http_head *h)
{
	h->method = text(tx->request_method);
	h->target = text(tx->request_uri);
	h->host = text(tx->request_hostname);
	return !tx->is_protocol_0_9 &&
	    read_framing(h, tx->request_transfer_coding, tx->request_content_length);
}

static bool
read_response(const htp_tx_t *tx, struct http_head *h)
{
	if (tx->response_status_number <= 0)
		return false;
	h->status = (unsigned int)tx->response_status_number;
	h->interim = h->status < 200 && h->status != 101;
	return h->interim ||
	    read_framing(h, tx->response_transfer_coding, tx->response_content_length);
}

bool
parser_head(struct parser *p, struct view head, size_t empty, const char *method,
    struct http_head *h)
{
	const htp_tx_t *tx;

	*h = (struct http_head){ .framing = BODY_NONE };
	prime(p, method);
	if (!feed(p, view_upto(head, 0, empty)) || (tx = p->tx) == NULL || p->headed)
		return false;		/* malformed, or the head ended before the empty line */
	if (!feed(p, view_from(head, empty)))
		return false;
	/* libhtp skips a response of status 100 and waits for the next head. */
	if (!p->headed && tx->seen_100continue == 0)
		return false;
	htp_config_set_field_limits(p->cfg, MAX_HTTP_TRAILERS, MAX_HTTP_TRAILERS);
	if (p->dir == C2S)
		return read_request(tx, h);
	if (tx->seen_100continue != 0)
		return h->interim = true;
	return read_response(tx, h);
}

static bool
in_trailers(const struct parser *p)
{
	return p->dir == C2S ? p->tx->request_progress == HTP_REQUEST_TRAILER :
	    p->tx->response_progress == HTP_RESPONSE_TRAILER;
}

enum chunk
parser_chunk(struct parser *p, struct view v, struct body_buffer *kept)
{
	bool fine;

	p->kept = kept;
	fine = feed(p, v);
	p->kept = NULL;
	if (p->ended)
		return CHUNK_END;
	if (fine && in_trailers(p))
		p->trailers += v.len;
	return fine && p->trailers <= MAX_HTTP_TRAILERS ? CHUNK_MORE : CHUNK_BAD;
}
