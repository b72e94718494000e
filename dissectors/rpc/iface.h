/*
 * iface.h -- the contract between DCE RPC and its interfaces.  An interface is
 * one file with a const table of operations, and one row in ifaces.c.
 */
#ifndef IFACE_H
#define IFACE_H

#include "base/addr.h"
#include "fact/fact.h"
#include "rpc/ndr.h"

struct rpc_conn;
struct world;

/*
 * One call, as an interface sees it: made when the request is known, freed
 * when the call was told.  It owns the fact.
 */
struct rpc_call {
	struct world	*world;
	const struct peers *peers;
	struct rpc_conn	*conn;		/* whose context handles it uses; NULL: none */
	struct fact	*fact;		/* to fill; NULL if the interface has no route, or the budget is spent */
	const uint8_t	*object;	/* the request's object UUID, little-endian wire bytes; NULL: it has none */
	struct ndr_handle handle;	/* the interface's: a handle of the request, for the answer */
};

struct rpc_op {
	uint16_t	 opnum;
	const char	*name;		/* the specification's, "SchRpcRegisterTask" */
	/* What its fact says in task.action or command.action, unless request()
	 * knows better.  NULL: the call is not told, its fact serves request()
	 * and response() only. */
	const char	*action;
	/*
	 * Read the stub's [in] or [out] parameters into the fact; either may be
	 * NULL.  Faults stay in the ndr; what was read before one is true.  A
	 * request may be read more than once, or in a syntax that it is not in:
	 * request() changes nothing but the call.
	 */
	void		(*request)(struct ndr *, struct rpc_call *);
	void		(*response)(struct ndr *, struct rpc_call *);
	/* Returns whether a stub that request() read without a fault into this
	 * fact must be of this interface.  NULL: content never proves it. */
	bool		(*proves)(const struct fact *);
};

struct rpc_iface {
	const char	*name;		/* the specification's, "ITaskSchedulerService" */
	uint8_t		 uuid[16];	/* little-endian wire bytes */
	uint16_t	 major, minor;
	const char	*route;		/* what its facts say in route; NULL: its calls make none */
	enum fact_kind	 kind;		/* of its facts */
	/* When a request is known, before it is read (it may stay sealed), and
	 * when the call is over, before its fact is told; either may be NULL. */
	void		(*begin)(struct rpc_call *);
	void		(*finish)(struct rpc_call *);
	const struct rpc_op *ops;
	size_t		 nops;
};
extern const struct rpc_iface tsch_iface, atsvc_iface, sasec_iface, svcctl_iface, epm_iface;

/* All interfaces; ends with NULL. */
extern const struct rpc_iface *const rpc_ifaces[];

/* Returns the interface of that UUID (little-endian wire bytes), or NULL. */
const struct rpc_iface	*rpc_iface_find(const uint8_t uuid[16]);

/* Returns the interface's operation of that number, or NULL. */
const struct rpc_op	*rpc_op_find(const struct rpc_iface *, uint16_t opnum);

/*
 * Context handles, [MS-RPCE] 3.3.1.4.1.  A handle is kept for the association
 * that the call's connection belongs to, with a value of the interface's: all
 * connections of the association know it, until the last of them ends.  Each
 * call below does nothing for the NULL handle, or without a connection.
 */

/* Keeps that a successful answer opened the handle, and copies len bytes as
 * its value, which may be empty.  Of too many handles the oldest is forgotten. */
void		 rpc_handle_open(struct rpc_call *, const struct ndr_handle *, const void *value,
		    size_t len);

/* Returns the handle's value, aligned for any type, or NULL if the handle is
 * not known.  The value lives until a handle is next opened or closed. */
const void	*rpc_handle_value(const struct rpc_call *, const struct ndr_handle *);

/* Forgets the handle: a successful answer closed it. */
void		 rpc_handle_close(struct rpc_call *, const struct ndr_handle *);

#endif
