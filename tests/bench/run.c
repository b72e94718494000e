/*
 * Runs a command and prints its wall time in seconds and its peak memory in
 * KiB.  The command's output goes where ours would.
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include <err.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	struct timespec from, to;
	struct rusage used;
	FILE *report;
	int status;
	pid_t pid;

	if (argc < 3)
		errx(2, "usage: run report command [argument ...]");
	if ((report = fopen(argv[1], "w")) == NULL)
		err(1, "%s", argv[1]);
	clock_gettime(CLOCK_MONOTONIC, &from);
	if ((pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		err(127, "%s", argv[2]);
	}
	if (wait4(pid, &status, 0, &used) == -1)
		err(1, "wait4");
	clock_gettime(CLOCK_MONOTONIC, &to);
	fprintf(report, "%.3f %ld\n", (double)(to.tv_sec - from.tv_sec) +
	    (double)(to.tv_nsec - from.tv_nsec) / 1e9, used.ru_maxrss);
	if (fclose(report) != 0)
		err(1, "%s", argv[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
