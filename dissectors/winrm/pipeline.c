/* pipeline.c -- PowerShell remoting in its shells, [MS-PSRP] 3.1.5.3. */
#include "winrm/pipeline.h"

#include <ctype.h>
#include <strings.h>

#include "base/decode-text.h"
#include "base/digest.h"
#include "base/limits.h"
#include "winrm/psrp.h"

/* A pipeline's id is the CommandId of its command (3.1.5.3.3), which Windows
 * writes in capitals.  As the envelope spells it, if it has it. */
static void
pipeline_id(const struct wsman_context *x, const uint8_t pid[16], char text[37])
{
	const char *id = x->soap->command_id;

	uuid_text(pid, text);
	if (id != NULL && strcasecmp(id, text) == 0) {
		memcpy(text, id, 37);
		return;
	}
	for (char *p = text; *p != '\0'; p++)
		if (*p >= 'a' && *p <= 'f')
			*p = (char)(*p - 'a' + 'A');
}

static bool
has_word(const char *s, const char *word)
{
	const char *at = s;

	for (; (at = strcasestr(at, word)) != NULL; at++)
		if ((at == s || !isalnum((unsigned char)at[-1])) &&
		    !isalnum((unsigned char)at[strlen(word)]))
			return true;
	return false;
}

/* Does this script run the text that is sent into its pipeline? */
static bool
feeds(const char *text)
{
	return has_word(text, "Invoke-Expression") || has_word(text, "iex") ||
	    (has_word(text, "powershell") && text[strlen(text) - 1] == '-');
}

/* The shell whose fragments are read, and the envelope that has them. */
struct reading {
	struct wsman_context *x;
	struct shell	*shell;
};

static struct command *
script_add(const struct reading *r, const uint8_t pid[16], struct view script)
{
	struct fact *o = wsman_fact(r->x, "psrp", "psrp", "powershell");
	struct command *c;
	char id[37];

	fact_utf8(o, F_CMD_SCRIPT, script);
	c = wsman_command(r->x, r->shell, o, LANGUAGE_POWERSHELL, "wsmprovhost.exe");
	if (c == NULL)
		return NULL;
	pipeline_id(r->x, pid, id);
	command_set_id(c, id);
	return c;
}

static void
on_create(void *arg, const uint8_t pid[16], struct view script)
{
	struct command *c = script_add(arg, pid, script);
	const char *text = c != NULL ? fact_get(c->report.fact, F_CMD_SCRIPT) : NULL;

	if (text != NULL)
		c->feeds = feeds(text);
}

static struct command *
pipeline_find(const struct reading *r, const uint8_t pid[16])
{
	char id[37];

	pipeline_id(r->x, pid, id);
	return command_find(&r->shell->commands, id);
}

/* What is sent into a pipeline is data, unless the pipeline runs it. */
static void
on_input(void *arg, const uint8_t pid[16], struct view text)
{
	struct command *c = pipeline_find(arg, pid);

	if (c != NULL && c->feeds)
		script_add(arg, pid, text);
}

/* [MS-PSRP] 2.2.3.5.  The state is that of the pipeline and of all the scripts
 * that were sent into it, which have its id. */
static void
on_state(void *arg, const uint8_t pid[16], int state)
{
	enum { STOPPED = 3, COMPLETED = 4, FAILED = 5 };
	const struct reading *r = arg;
	struct command *c;

	if (state != STOPPED && state != COMPLETED && state != FAILED)
		return;
	while ((c = pipeline_find(r, pid)) != NULL) {
		command_touch(c, &r->x->commands, true);
		command_report(c, state == COMPLETED ? "success" :
		    state == FAILED ? "failure" : NULL);
		command_free(c);
	}
}

/* ---- Fragments ---- */

/* Base64 of which the beginning is missing is counted from its end: each four
 * characters are three bytes. */
static struct view
whole_quads(struct view v)
{
	return view_from(v, v.len % 4);
}

static void
read_text(struct wsman_context *x, struct shell *sh, enum dir dir, enum psrp_stream stream,
    struct view text, bool tail)
{
	struct psrp_listener listener = { on_create, on_input, on_state,
		&(struct reading){ x, sh } };
	struct buf bytes;

	if (sh->psrp == NULL || text.len == 0)
		return;
	shell_make_room(x->carrier.world, sh);
	buf_init(&bytes, x->carrier.budget, MAX_SOAP_TEXT);
	if (base64_decode(tail ? whole_quads(text) : text, &bytes))
		psrp_data(sh->psrp, &listener, dir, stream, buf_view(&bytes), tail);
	buf_free(&bytes);
}

void
pipeline_request(struct wsman_context *x, struct shell *sh, struct view base64)
{
	read_text(x, sh, C2S, PSRP_COMMAND, base64, false);
}

void
pipeline_stream(struct wsman_context *x, struct shell *sh, enum dir dir,
    const struct soap_stream *t)
{
	enum psrp_stream stream = dir == C2S ? PSRP_SEND : PSRP_RECEIVE;
	struct view text = t->text;

	if (t->holed)
		text.len -= text.len % 4;
	read_text(x, sh, dir, stream, text, false);
	read_text(x, sh, dir, stream, t->tail, true);
}
