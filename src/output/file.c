#include "output/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct output_file {
	int		 fd;
	int		 error;
	const char	*name;
};

struct output_file *
output_file_open(const char *path, bool append)
{
	struct output_file *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	if (path == NULL || strcmp(path, "-") == 0) {
		s->fd = STDOUT_FILENO;
		s->name = "standard output";
		return s;
	}
	/* Records name people and machines, so not everybody may read them. */
	s->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0640);
	s->name = path;
	if (s->fd < 0) {
		free(s);
		return NULL;
	}
	return s;
}

void
output_file_write(struct output_file *s, const char *p, size_t len)
{
	struct pollfd ready = { .fd = s->fd, .events = POLLOUT };
	ssize_t n;

	while (len > 0 && s->error == 0) {
		if ((n = write(s->fd, p, len)) >= 0) {
			p += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN)
			(void)poll(&ready, 1, -1);
		else if (errno != EINTR)
			s->error = errno;
	}
}

int
output_file_error(const struct output_file *s)
{
	return s->error;
}

const char *
output_file_name(const struct output_file *s)
{
	return s->name;
}

bool
output_file_tty(const struct output_file *s)
{
	return isatty(s->fd) == 1;
}

int
output_file_close(struct output_file *s)
{
	int error;

	if (s == NULL)
		return 0;
	/* Some file systems report only now that the disk is full. */
	if (close(s->fd) != 0 && s->error == 0)
		s->error = errno;
	error = s->error;
	free(s);
	return error;
}
