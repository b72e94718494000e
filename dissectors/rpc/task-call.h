/*
 * task-call.h -- what the three interfaces of the task scheduler do at the
 * beginning and at the end of each call, as rows of struct rpc_iface.
 */
#ifndef TASK_CALL_H
#define TASK_CALL_H

#include "rpc/iface.h"

/* Remembers that the client called the server's scheduler: output files that
 * it fetches soon after are its tasks' (smb/atexec-output.h). */
void	 task_call_begin(struct rpc_call *);

/* Says what follows from action and outcome, and the size of the request. */
void	 task_call_finish(struct rpc_call *);

#endif
