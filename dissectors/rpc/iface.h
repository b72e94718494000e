/*
 * iface.h -- the contract between DCE RPC and its interfaces.  An interface is
 * one file with a const table of operations, and one row in ifaces.c.
 */
#ifndef IFACE_H
#define IFACE_H

#include "base/addr.h"

struct fact;
struct ndr;
struct world;

/* One call, as an interface sees it. */
struct rpc_call {
	struct world	*world;
	const struct peers *peers;
	struct fact	*fact;		/* to fill; NULL for interfaces that only inform (epm) */
};

struct rpc_op {
	uint16_t	 opnum;
	const char	*name;		/* "SchRpcRegisterTask" */
	const char	*action;	/* task.action when the stub cannot be read, or says no more */
	/* Read the stub's [in] or [out] parameters; either may be NULL.  Faults
	 * stay in the ndr; what was read before one is true. */
	void		(*request)(struct ndr *, struct rpc_call *);
	void		(*response)(struct ndr *, struct rpc_call *);
	/* A stub that decodes to its end and holds a task definition is proof
	 * of the interface where the bind was missed. */
	bool		 proves;
};

struct rpc_iface {
	const char	*name;		/* "ITaskSchedulerService" */
	uint8_t		 uuid[16];	/* as little-endian wire bytes */
	uint16_t	 major, minor;
	bool		 tells;		/* calls become task facts */
	const struct rpc_op *ops;
	size_t		 nops;
};
extern const struct rpc_iface tsch_iface, atsvc_iface, sasec_iface, epm_iface;

/* All interfaces; ends with NULL. */
extern const struct rpc_iface *const rpc_ifaces[];

/* Returns the interface of that UUID (little-endian wire bytes), or NULL. */
const struct rpc_iface	*rpc_iface_find(const uint8_t uuid[16]);

/* Returns the interface's operation of that number, or NULL. */
const struct rpc_op	*rpc_op_find(const struct rpc_iface *, uint16_t opnum);

#endif
