/* progress.h -- a progress bar on the terminal's standard error, for files. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool		on;
	bool		shown;		/* the bar stands on the terminal's current line */
	int64_t		begun, drawn;	/* progress_clock() at the start, at the last drawing */
	uint64_t	calls;		/* of progress_due() */
};

/* Returns the monotonic clock in microseconds. */
int64_t	progress_clock(void);

/* Start the clock.  If on is false, the functions below draw nothing. */
void	progress_begin(struct progress *, bool on);

/* Returns true if the bar should be drawn anew.  This may be called for every
 * packet: it rarely looks at the clock. */
bool	progress_due(struct progress *);

/* Draw the bar with the rate and the time left, from the bytes read so far and
 * those of all files. */
void	progress_step(struct progress *, uint64_t done, uint64_t total);

/* Remove the bar.  This must come before anything else is printed. */
void	progress_hide(struct progress *);

#endif
