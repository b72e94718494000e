/* task-call.c -- what all calls of the task scheduler have in common. */
#include "rpc/task-call.h"

#include "smb/atexec-output.h"
#include "task/task.h"

void
task_call_begin(struct rpc_call *call)
{
	atexec_called(call->world, &call->peers->client, &call->peers->server);
}

void
task_call_finish(struct rpc_call *call)
{
	int64_t size;

	if (fact_get_int(call->fact, F_RPC_REQ_SIZE, &size))
		fact_int(call->fact, F_STUB_SIZE, size);
	task_finish(call->fact);
}
