/*
 * yamlfile.h -- a YAML file, read into a struct along a schema of libcyaml.
 * What does not fit the schema is found here first, because libcyaml cannot
 * tell the line of everything.
 */
#ifndef YAMLFILE_H
#define YAMLFILE_H

#include <cyaml/cyaml.h>

#include <stdbool.h>
#include <stddef.h>

struct yamlfile;

/* One document, without aliases.  NULL, with err: "FILE:LINE: …". */
struct yamlfile	*yamlfile_open(const char *path, char *err, size_t errlen);
void		 yamlfile_close(struct yamlfile *);	/* NULL is fine */

/*
 * All of it, as the schema says (strings, enums, mappings, sequences); data is
 * NULL where the file says nothing.  False, with err.
 */
bool		 yamlfile_load(struct yamlfile *, const cyaml_schema_value_t *, void **data,
		    char *err, size_t errlen);
void		 yamlfile_free(const cyaml_schema_value_t *, void *data);

/* Writes err for what stands at a place: "score.spread.hosts", "allow.3"
 * (from 0).  Always false. */
bool		 yamlfile_wrong(const struct yamlfile *, const char *place, char *err,
		    size_t errlen, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

#endif
