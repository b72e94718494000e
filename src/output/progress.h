/* progress.h -- a bar with rate and time left, on a terminal. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool		on;
	bool		shown;		/* something stands on the terminal's line */
	int64_t		begun, drawn;	/* clock, microseconds */
	uint64_t	calls;
};

int64_t	progress_clock(void);		/* microseconds, monotonic */
void	progress_begin(struct progress *, bool on);
void	progress_step(struct progress *, uint64_t done, uint64_t total);	/* bytes */
void	progress_hide(struct progress *);	/* before anything else is printed */

/* Is it time to look at how far we are?  Cheap: asks the clock rarely. */
bool	progress_due(struct progress *);

#endif
