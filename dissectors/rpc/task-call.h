/*
 * task-call.h -- what the three interfaces of the task scheduler do when a call
 * begins and when it ends: begin() and finish() of struct rpc_iface.
 */
#ifndef TASK_CALL_H
#define TASK_CALL_H

#include "rpc/iface.h"

/* Remembers that the client called the server's scheduler: output files that
 * it fetches soon after are its tasks' (smb/atexec-output.h). */
void	 task_call_begin(struct rpc_call *);

/* Sets stub_size, and what follows from action and outcome (task/task.h). */
void	 task_call_finish(struct rpc_call *);

#endif
