/* body.h -- the parts of an HTTP message's body that somebody wants. */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include "base/budget.h"

/* How much of a body is wanted, in bytes: all of one that is no longer than
 * first + last, else that much of its beginning and of its end.  0, 0:
 * nothing. */
struct http_want {
	size_t		 first, last;
};

/* A body without its chunks' framing and its content coding.  Views are
 * borrowed from whoever hands it out. */
struct http_body {
	struct view	 first;
	uint64_t	 missing;	/* bytes between the two that were not wanted */
	struct view	 last;
	bool		 torn;		/* bytes were lost behind first; last is empty */
};

/* Collects what is wanted of a body whose length is not known before its end. */
struct body_buffer {
	struct buf	 buf;		/* all of it, or its beginning and its latest bytes */
	struct http_want want;
	uint64_t	 total;		/* bytes of the body so far */
	bool		 full;		/* the budget is spent: what came later is lost */
};

/* Makes an empty buffer.  What it keeps is charged to the budget; the owner
 * frees it with buf_free(&buffer.buf). */
void	 body_buffer_init(struct body_buffer *, struct budget *, struct http_want);

/* Adds the next bytes of the body. */
void	 body_buffer_add(struct body_buffer *, struct view);

/* Returns the body that ends here; its views are good until the buffer changes.
 * torn: its end was lost. */
struct http_body body_buffer_get(const struct body_buffer *, bool torn);

/* Returns what is wanted of a body that is there as a whole; it borrows the
 * view.  torn: the end of the body is not in it. */
struct http_body body_cut(struct view, struct http_want, bool torn);

#endif
