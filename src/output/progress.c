#include "output/progress.h"

#include <stdio.h>
#include <time.h>

#define BAR	30		/* characters */
#define EVERY	200000		/* microseconds between two drawings */
#define FRAMES	4096		/* calls of progress_due() between two looks at the clock */

int64_t
progress_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void
progress_begin(struct progress *p, bool on)
{
	*p = (struct progress){ .on = on, .begun = progress_clock() };
	p->drawn = p->begun;
}

bool
progress_due(struct progress *p)
{
	int64_t now;

	if (!p->on || ++p->calls % FRAMES != 0)
		return false;
	now = progress_clock();
	if (now - p->drawn < EVERY)
		return false;
	p->drawn = now;
	return true;
}

void
progress_step(struct progress *p, uint64_t done, uint64_t total)
{
	static const char full[] = "##############################";
	double took = (double)(p->drawn - p->begun) / 1e6;
	double rate = took > 0 ? (double)done / took : 0;
	unsigned int left, bar;

	if (!p->on || total == 0 || rate <= 0)
		return;
	if (done > total)
		done = total;
	bar = (unsigned int)((double)done / (double)total * BAR);
	left = (unsigned int)((double)(total - done) / rate + 0.5);
	fprintf(stderr, "\r[%-*.*s] %3u%%  %.0f MB/s  %u:%02u left\033[K", BAR, (int)bar, full,
	    (unsigned int)((double)done / (double)total * 100), rate / 1e6, left / 60, left % 60);
	p->shown = true;
}

void
progress_hide(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
