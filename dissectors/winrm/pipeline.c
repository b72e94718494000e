/* pipeline.c -- PowerShell remoting in its shells, [MS-PSRP] 3.1.5.3. */
#include "winrm/wsman-parts.h"

#include <ctype.h>
#include <strings.h>

#include "base/decode-text.h"
#include "base/digest.h"
#include "base/limits.h"
#include "winrm/psrp.h"

/* CommandId is the pipeline's id (3.1.5.3.3), which Windows writes in capitals. */
static void
pipeline_id(const struct wsman *w, const uint8_t pid[16], char text[37])
{
	const char *id = w->soap->command_id;

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

/* Does this text run the text that is sent into it? */
static bool
feeds(const char *text)
{
	return has_word(text, "Invoke-Expression") || has_word(text, "iex") ||
	    (has_word(text, "powershell") && text[strlen(text) - 1] == '-');
}

static struct command *
script_add(struct shell *sh, const uint8_t pid[16], struct view script)
{
	struct wsman *w = sh->user;
	struct fact *o = wsman_fact(w, "psrp", "psrp", "powershell");
	struct command *c;
	char id[37];

	fact_utf8(o, F_CMD_SCRIPT, script);
	c = wsman_command(w, sh, o, LANGUAGE_POWERSHELL, "wsmprovhost.exe");
	if (c == NULL)
		return NULL;
	pipeline_id(w, pid, id);
	command_name(c, id);
	return c;
}

static void
on_create(void *arg, const uint8_t pid[16], struct view script)
{
	struct command *c = script_add(arg, pid, script);
	const char *text = c != NULL ? fact_get(c->fact, F_CMD_SCRIPT) : NULL;

	if (text != NULL)
		c->feeds = feeds(text);
}

static struct command *
pipeline_find(struct shell *sh, const uint8_t pid[16])
{
	char id[37];

	pipeline_id(sh->user, pid, id);
	return command_find(sh, id);
}

/* What is sent into a pipeline is data, unless the pipeline runs it. */
static void
on_input(void *arg, const uint8_t pid[16], struct view text)
{
	struct command *c = pipeline_find(arg, pid);

	if (c != NULL && c->feeds)
		script_add(arg, pid, text);
}

/* 2.2.3.5.  All of that id: the pipeline, and what it was given to run. */
static void
on_state(void *arg, const uint8_t pid[16], int state)
{
	enum { STOPPED = 3, COMPLETED = 4, FAILED = 5 };
	struct shell *sh = arg;
	struct wsman *w = sh->user;
	struct command *c;

	if (state != STOPPED && state != COMPLETED && state != FAILED)
		return;
	while ((c = pipeline_find(sh, pid)) != NULL) {
		command_touch(c, &w->commands, true);
		command_tell(c, state == COMPLETED ? "success" :
		    state == FAILED ? "failure" : NULL);
		command_free(c);
	}
}

static const struct psrp_user psrp_user = { on_create, on_input, on_state };

/* What psrp_data() keeps apart. */
enum { STREAM_COMMAND, STREAM_SEND, STREAM_RECEIVE };

/* Base64 of which the beginning is missing: counted from its end, four
 * characters are three bytes. */
static struct view
whole_quads(struct view v)
{
	return view_from(v, v.len % 4);
}

static void
text_in(struct wsman *w, struct shell *sh, enum dir dir, unsigned int stream,
    struct view text, bool tail)
{
	struct buf bytes;

	if (sh->psrp == NULL || text.len == 0)
		return;
	sh->user = w;
	shell_make_room(w->via.world, sh);
	buf_init(&bytes, w->via.budget, MAX_SOAP_TEXT);
	if (base64_decode(tail ? whole_quads(text) : text, &bytes))
		psrp_data(sh->psrp, dir, stream, buf_view(&bytes), tail);
	buf_free(&bytes);
	sh->user = NULL;
}

void
pipeline_pool(struct wsman *w, struct shell *sh)
{
	sh->psrp = psrp_new(w->via.world, shell_purse(sh), &psrp_user, sh);
}

void
pipeline_begin(struct wsman *w, struct shell *sh, struct view base64)
{
	text_in(w, sh, C2S, STREAM_COMMAND, base64, false);
}

void
pipeline_stream(struct wsman *w, struct shell *sh, enum dir dir, const struct soap_stream *t)
{
	unsigned int stream = dir == C2S ? STREAM_SEND : STREAM_RECEIVE;
	struct view text = t->text;

	if (t->holed)
		text.len -= text.len % 4;
	text_in(w, sh, dir, stream, text, false);
	text_in(w, sh, dir, stream, t->tail, true);
}
