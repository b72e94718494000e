/*
 * smb-request.h -- the requests of a connection whose answers are awaited, for
 * both families.  A family's request is a struct that begins with a struct
 * smb_request.
 */
#ifndef SMB_REQUEST_H
#define SMB_REQUEST_H

#include <sys/queue.h>
#include <sys/tree.h>

#include "smb/smb-open.h"

struct smb_request {
	RB_ENTRY(smb_request) by_key;
	TAILQ_ENTRY(smb_request) age;
	uint64_t	 key;		/* by which an answer finds its request */
	uint16_t	 command;
	uint32_t	 tree;		/* TreeId, or TID */
	uint64_t	 offset;	/* READ: in the file, in bytes */
	bool		 reads;		/* READ: its answer brings data of an open */
	bool		 deletes;	/* the file goes: DELETE_ON_CLOSE, or a disposition */
	char		*path;		/* TREE_CONNECT: the share; else of a file; owned */
	struct smb_open	*open;		/* what it opens: owned until the answer gives it an id */
};

/* What the table does not know of a family's requests. */
struct smb_request_ops {
	size_t		 size;		/* bytes of one */
	/* Returns the open that a READ is for; NULL if it is not known. */
	struct smb_open	*(*target)(void *owner, struct smb_request *);
	void		(*clear)(struct smb_request *);	/* frees what the family's part holds */
};

struct smb_requests {
	const struct smb_request_ops *ops;
	void		*owner;		/* for target() */
	struct world	*world;
	struct budget	*budget;	/* the connection's */
	RB_HEAD(smb_request_keys, smb_request) by_key;
	TAILQ_HEAD(, smb_request) ages;	/* oldest first */
	size_t		 n;
};

/* Makes an empty table.  It borrows all that it is given. */
void		 smb_requests_init(struct smb_requests *, const struct smb_request_ops *,
		    void *owner, struct world *, struct budget *);

/* Gives up all requests: their answers will not be seen. */
void		 smb_requests_clear(struct smb_requests *);

/* Adds a zeroed request.  One of the same key is given up first, and the oldest
 * one when there are MAX_SMB_REQS.  Returns NULL when the budget is spent. */
void		*smb_request_new(struct smb_requests *, uint64_t key);

/* Returns the request of that key; NULL if there is none. */
void		*smb_request_find(struct smb_requests *, uint64_t key);

/* Returns the request whose key is the next greater one; NULL if there is none. */
void		*smb_request_next(struct smb_request *);

/* Frees a request that was answered, with what it was opening. */
void		 smb_request_free(struct smb_requests *, struct smb_request *);

/* Makes o (NULL is allowed) what the request opens. */
void		 smb_request_opens(struct smb_request *, struct smb_open *o);

/* Returns what the request was opening, which is no longer owned by it. */
struct smb_open	*smb_request_opened(struct smb_request *);

#endif
