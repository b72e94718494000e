/* status.h -- what an answer's code means, and what follows from it for a task. */
#ifndef STATUS_H
#define STATUS_H

#include <stdint.h>

struct fact;

/* Each sets status, status_name where the code is known, and outcome. */
void	 status_hresult(struct fact *, uint32_t);
void	 status_win32(struct fact *, uint32_t);
void	 status_fault(struct fact *, uint32_t);	/* of an RPC fault: always a failure */

/* The last word on a call, once its outcome is set: what the host should have
 * logged, and under which parent the task's process will show. */
void	 task_finish(struct fact *);

#endif
