/*
 * score -- how long does it take to judge a command line?
 *	score FILE	lines as schedwire --score takes them
 * Prints the median, the 99th percentile and the longest in microseconds, of
 * the best of five rounds of each line, and the lines counted.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "score.h"

#define ROUNDS	5
#define MOST	(1u << 20)

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double
judge(struct budget *b, struct view line)
{
	static const struct peers nobody;
	static const struct packet_ref never;
	const uint8_t *tab = memchr(line.p, '\t', line.len);
	struct fact *o = fact_new(b, FACT_TASK, &nobody, never);
	struct findings f;
	double began;

	fact_str(o, F_ACTION, "create");
	if (tab != NULL) {
		fact_utf8(o, F_NAME, view_at(line, 0, (size_t)(tab - line.p)));
		line = view_from(line, (size_t)(tab - line.p) + 1);
	}
	fact_next(o, F_ACT_TYPE);
	fact_str(o, F_ACT_TYPE, "exec");
	fact_utf8(o, F_ACT_COMMAND_LINE, line);
	began = now();
	findings_init(&f);
	score_fact(&f, b, o);
	began = now() - began;
	fact_free(o);
	return began;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	FILE *f = argc == 2 ? fopen(argv[1], "r") : NULL;
	struct budget b;
	double *took = calloc(MOST, sizeof(*took)), once;
	char *text = NULL;
	size_t room = 0, n = 0;
	ssize_t len;

	if (f == NULL || took == NULL)
		err(1, "%s", argc == 2 ? argv[1] : "usage: score FILE");
	budget_init(&b, NULL, 64u << 20);
	while (n < MOST && (len = getline(&text, &room, f)) > 0) {
		const struct view line = { (const uint8_t *)text, (size_t)len - (text[len - 1] == '\n') };

		if (line.len == 0)
			continue;
		for (int i = 0; i < ROUNDS; i++) {
			once = judge(&b, line);
			took[n] = i == 0 || once < took[n] ? once : took[n];
		}
		n++;
	}
	if (n == 0)
		errx(1, "%s: no lines", argv[1]);
	qsort(took, n, sizeof(*took), by_size);
	printf("%.2f %.2f %.2f %zu\n", took[n / 2], took[n * 99 / 100], took[n - 1], n);
	free(text);
	free(took);
	(void)fclose(f);
	return 0;
}
