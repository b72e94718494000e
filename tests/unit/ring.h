/* ring.h -- a keyring out of the text of a secrets file. */
#ifndef RING_H
#define RING_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "secret/keyring.h"

/* Stops the test program when it cannot be had. */
static inline struct keyring *
ring_of(const char *text)
{
	char path[] = "/tmp/schedwire-ring.XXXXXX", why[512];
	int fd = mkstemp(path);		/* for its owner's eyes only, as it must be */
	struct keyring *ring;

	if (fd == -1 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || close(fd) != 0)
		abort();
	ring = keyring_open(path, NULL, NULL, why, sizeof(why));
	(void)unlink(path);
	if (ring == NULL) {
		fprintf(stderr, "%s\n", why);
		abort();
	}
	return ring;
}

#endif
