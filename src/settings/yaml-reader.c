#include "settings/yaml-reader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

bool
yaml_wrong(const struct yaml_reader *y, size_t line, const char *fmt, ...)
{
	char what[1024], where[32] = "";
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (line > 0)
		snprintf(where, sizeof(where), "%zu: ", line);
	snprintf(y->err, y->errlen, "%s:%s%s%s", y->path, line > 0 ? "" : " ", where, what);
	for (char *c = y->err; y->errlen > 0 && *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return false;
}

static bool
read_file(struct yaml_reader *y, FILE *f)
{
	size_t len = fread(y->text, 1, MAX_SETTINGS + 1, f);

	if (ferror(f) != 0)
		return yaml_wrong(y, 0, "%s", strerror(errno));
	if (len > MAX_SETTINGS)
		return yaml_wrong(y, 0, "is larger than %u KiB", MAX_SETTINGS >> 10);
	yaml_parser_set_input_string(&y->parser, y->text, len);
	return true;
}

bool
yaml_open(struct yaml_reader *y, const char *path, char *err, size_t errlen)
{
	FILE *f;
	bool good;

	*y = (struct yaml_reader){ .path = path, .err = err, .errlen = errlen };
	if ((y->text = malloc(MAX_SETTINGS + 1)) == NULL || !yaml_parser_initialize(&y->parser))
		return yaml_wrong(y, 0, "out of memory");
	if ((f = fopen(path, "re")) == NULL)
		return yaml_wrong(y, 0, "%s", strerror(errno));
	good = read_file(y, f);
	fclose(f);
	return good;
}

void
yaml_close(struct yaml_reader *y)
{
	yaml_event_delete(&y->event);
	yaml_parser_delete(&y->parser);
	free(y->text);
}

/* Bytes that are no YAML are found by their offset, all else by a mark. */
static bool
syntax_error(const struct yaml_reader *y)
{
	const yaml_parser_t *p = &y->parser;
	size_t line = p->problem_mark.line + 1;

	if (p->error == YAML_READER_ERROR) {
		line = 1;
		for (size_t i = 0; i < p->problem_offset; i++)
			line += y->text[i] == '\n';
	}
	return yaml_wrong(y, line, "%s", p->problem != NULL ? p->problem : "out of memory");
}

static bool
has_anchor(const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_ALIAS_EVENT:
		return true;
	case YAML_SCALAR_EVENT:
		return e->data.scalar.anchor != NULL;
	case YAML_SEQUENCE_START_EVENT:
		return e->data.sequence_start.anchor != NULL;
	case YAML_MAPPING_START_EVENT:
		return e->data.mapping_start.anchor != NULL;
	default:
		return false;
	}
}

bool
yaml_next(struct yaml_reader *y)
{
	bool second = y->event.type == YAML_DOCUMENT_END_EVENT;

	yaml_event_delete(&y->event);
	if (!yaml_parser_parse(&y->parser, &y->event))
		return syntax_error(y);
	if (second && y->event.type == YAML_DOCUMENT_START_EVENT)
		return yaml_wrong(y, yaml_line(y), "a second document begins");
	if (has_anchor(&y->event))
		return yaml_wrong(y, yaml_line(y), "aliases and anchors are not allowed");
	if (yaml_scalar(y) != NULL && strlen(yaml_scalar(y)) != y->event.data.scalar.length)
		return yaml_wrong(y, yaml_line(y), "a text has a NUL in it");
	return true;
}

size_t
yaml_line(const struct yaml_reader *y)
{
	return y->event.start_mark.line + 1;
}

const char *
yaml_scalar(const struct yaml_reader *y)
{
	return y->event.type == YAML_SCALAR_EVENT ? (const char *)y->event.data.scalar.value : NULL;
}
