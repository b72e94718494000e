/*
 * Stands in for libFuzzer: hands each file of corpus/<x>/ to the target that
 * it is linked with, where the program is called fuzz-<x>.  Prints TAP.
 */
#include <dirent.h>
#include <err.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* The bytes are put at the end of their own allocation, so that a read past
 * them is seen. */
static void
replay(const char *path)
{
	uint8_t *data;
	FILE *f;
	long len;

	if ((f = fopen(path, "rb")) == NULL || fseek(f, 0, SEEK_END) != 0 ||
	    (len = ftell(f)) < 0 || fseek(f, 0, SEEK_SET) != 0)
		err(1, "%s", path);
	if ((data = malloc(len > 0 ? (size_t)len : 1)) == NULL)
		err(1, "%s", path);
	if (fread(data, 1, (size_t)len, f) != (size_t)len)
		err(1, "%s", path);
	fclose(f);
	(void)LLVMFuzzerTestOneInput(data, (size_t)len);
	free(data);
}

int
main(int argc, char **argv)
{
	const char *root = getenv("srcdir"), *name = strrchr(argv[0], '/');
	char dir[PATH_MAX], path[PATH_MAX + NAME_MAX + 2];
	struct dirent *e;
	unsigned int n = 0;
	DIR *d;

	name = name != NULL ? name + 1 : argv[0];
	if (argc > 1)
		snprintf(dir, sizeof(dir), "%s", argv[1]);
	else if (strncmp(name, "fuzz-", 5) == 0)
		snprintf(dir, sizeof(dir), "%s/tests/corpus/%s",
		    root != NULL ? root : ".", name + 5);
	else
		errx(1, "usage: %s directory", name);
	if ((d = opendir(dir)) == NULL)
		err(1, "%s", dir);
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		replay(path);
		n++;
	}
	closedir(d);
	if (n == 0)
		errx(1, "%s: no files", dir);
	printf("1..1\nok 1 - %s: %u files\n", name, n);
	return 0;
}
