#include "winrm.h"

#include <sys/endian.h>

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SCHEMAS		"http://schemas.microsoft.com/wbem/wsman/1/"
#define TRANSFER	"http://schemas.xmlsoap.org/ws/2004/09/transfer/"
#define SHELL		SCHEMAS "windows/shell/"
#define ANONYMOUS	"http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
#define DONE		SHELL "CommandState/Done"

#define OVERHEAD	16384		/* of a message: all but its payload */

static const struct {
	const char	*resource, *in, *out, *options;
} shells[] = {
	[WINRM_CMD] = { SHELL "cmd", "stdin", "stdout stderr",
	    "<w:Option Name=\"WINRS_NOPROFILE\">FALSE</w:Option>"
	    "<w:Option Name=\"WINRS_CODEPAGE\">437</w:Option>" },
	[WINRM_POWERSHELL] = { "http://schemas.microsoft.com/powershell/Microsoft.PowerShell",
	    "stdin pr", "stdout",
	    "<w:Option Name=\"protocolversion\" MustComply=\"true\">2.3</w:Option>" },
};

/* 3.1.4 */
enum verb { CREATE, COMMAND, RECEIVE, SIGNAL, DELETE };

static const struct {
	const char	*action, *options;
} verbs[] = {
	[CREATE] = { TRANSFER "Create", NULL },
	[COMMAND] = { SHELL "Command",
	    "<w:Option Name=\"WINRS_CONSOLEMODE_STDIN\">TRUE</w:Option>"
	    "<w:Option Name=\"WINRS_SKIP_CMD_SHELL\">FALSE</w:Option>" },
	[RECEIVE] = { SHELL "Receive",
	    "<w:Option Name=\"WSMAN_CMDSHELL_OPTION_KEEPALIVE\">TRUE</w:Option>" },
	[SIGNAL] = { SHELL "Signal", NULL },
	[DELETE] = { TRANSFER "Delete", NULL },
};

void
winrm_init(struct winrm *r, struct wire *w, enum winrm_shell shell, bool seal, size_t longest)
{
	const size_t cap = longest / 3 * 4 + OVERHEAD;

	memset(r, 0, sizeof(*r));
	r->w = w;
	r->shell = shell;
	r->sealed = seal;
	ntlm_init(&r->ntlm);
	psrp_init(&r->psrp);
	msg_init(&r->soap, cap);
	msg_init(&r->body, cap);
	msg_init(&r->http, cap);
	msg_init(&r->stream, cap);
}

void
winrm_free(struct winrm *r)
{
	ntlm_free(&r->ntlm);
	psrp_free(&r->psrp);
	free(r->soap.p);
	free(r->body.p);
	free(r->http.p);
	free(r->stream.p);
}

static void
renew(struct winrm *r, struct guid *g)
{
	uint8_t *b = g->b;

	for (size_t i = 0; i < sizeof(g->b); i += 4)
		le32enc(b + i, wire_random(r->w));
	b[7] = (uint8_t)(0x40 | (b[7] & 0x0f));		/* RFC 4122 4.4 */
	b[8] = (uint8_t)(0x80 | (b[8] & 0x3f));
	snprintf(g->text, sizeof(g->text), "%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X",
	    le32dec(b), le16dec(b + 4), le16dec(b + 6), b[8], b[9], b[10], b[11], b[12], b[13],
	    b[14], b[15]);
}

static const char *
address(uint32_t ip, char text[16])
{
	snprintf(text, 16, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 0xff, ip >> 8 & 0xff, ip & 0xff);
	return text;
}

/* ---- HTTP ---- */

static void
put_request(struct winrm *r)
{
	char ip[16];

	r->http.len = 0;
	put_text(&r->http, "POST /wsman HTTP/1.1\r\nConnection: Keep-Alive\r\n"
	    "User-Agent: Microsoft WinRM Client\r\nHost: %s:%u\r\n",
	    address(r->c->server, ip), r->c->sport);
}

static void
put_answer(struct winrm *r, const char *status)
{
	time_t t = (time_t)(r->w->us / 1000000);
	struct tm tm;
	char date[32];

	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&t, &tm));
	r->http.len = 0;
	put_text(&r->http, "HTTP/1.1 %s\r\nServer: Microsoft-HTTPAPI/2.0\r\nDate: %s\r\n",
	    status, date);
}

/* token NULL: none yet. */
static void
put_negotiate(struct winrm *r, const char *field, const struct msg *token)
{
	put_text(&r->http, "%s: Negotiate", field);
	if (token != NULL) {
		put8(&r->http, ' ');
		put_base64(&r->http, token->p, token->len);
	}
	put_text(&r->http, "\r\n");
}

static void
put_basic(struct winrm *r)
{
	static const char who[] = NTLM_DOMAIN "\\" NTLM_USER ":" NTLM_PASSWORD;

	put_text(&r->http, "Authorization: Basic ");
	put_base64(&r->http, who, sizeof(who) - 1);
	put_text(&r->http, "\r\n");
}

/* The head's end and the body; type NULL: there is none. */
static void
send_off(struct winrm *r, bool server, const char *type, const struct msg *body)
{
	if (type != NULL)
		put_text(&r->http, "Content-Type: %s\r\n", type);
	put_text(&r->http, "Content-Length: %zu\r\n\r\n", type != NULL ? body->len : 0);
	if (type != NULL)
		put(&r->http, body->p, body->len);
	conn_say(r->w, r->c, server, r->http.p, r->http.len);
}

/* 2.2.9.1.1: the signature comes first. */
static void
seal(struct winrm *r, bool server)
{
	const size_t len = r->soap.len;

	ntlm_seal(&r->ntlm, server, &r->soap, 0, len);
	r->body.len = 0;
	put_text(&r->body, "--Encrypted Boundary\r\n"
	    "\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n"
	    "\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%zu\r\n"
	    "--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n", len);
	put32(&r->body, NTLM_TOKEN);
	put(&r->body, r->soap.p + len, NTLM_TOKEN);
	put(&r->body, r->soap.p, len);
	put_text(&r->body, "--Encrypted Boundary--\r\n");
}

static void
send_soap(struct winrm *r, bool server)
{
	if (!r->sealed) {
		send_off(r, server, "application/soap+xml;charset=UTF-8", &r->soap);
		return;
	}
	seal(r, server);
	send_off(r, server, "multipart/encrypted;"
	    "protocol=\"application/HTTP-SPNEGO-session-encrypted\";"
	    "boundary=\"Encrypted Boundary\"", &r->body);
}

/* 4.5: its third leg goes with the first body. */
static void
logon(struct winrm *r)
{
	r->logged_on = false;
	if (!r->sealed)
		return;
	ntlm_logon(&r->ntlm, r->w);
	put_request(r);
	send_off(r, false, NULL, NULL);
	put_answer(r, "401 Unauthorized");
	put_negotiate(r, "WWW-Authenticate", NULL);
	send_off(r, true, NULL, NULL);
	put_request(r);
	put_negotiate(r, "Authorization", &r->ntlm.negotiate);
	send_off(r, false, NULL, NULL);
	put_answer(r, "401 Unauthorized");
	put_negotiate(r, "WWW-Authenticate", &r->ntlm.challenge);
	send_off(r, true, NULL, NULL);
}

/* ---- Envelopes ---- */

#define NAMESPACES								\
	"xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "			\
	"xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" "		\
	"xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" "		\
	"xmlns:p=\"" SCHEMAS "wsman.xsd\" "					\
	"xmlns:rsp=\"" SCHEMAS "windows/shell\""

static void
ask_begin(struct winrm *r, enum verb verb)
{
	const char *options = verb == CREATE ? shells[r->shell].options : verbs[verb].options;
	struct msg *m = &r->soap;
	char ip[16];

	renew(r, &r->message);
	m->len = 0;
	put_text(m, "<s:Envelope " NAMESPACES "><s:Header><a:To>http://%s:%u/wsman</a:To>"
	    "<w:ResourceURI s:mustUnderstand=\"true\">%s</w:ResourceURI>"
	    "<a:ReplyTo><a:Address s:mustUnderstand=\"true\">" ANONYMOUS "</a:Address></a:ReplyTo>"
	    "<a:Action s:mustUnderstand=\"true\">%s</a:Action>"
	    "<w:MaxEnvelopeSize s:mustUnderstand=\"true\">512000</w:MaxEnvelopeSize>"
	    "<a:MessageID>uuid:%s</a:MessageID>"
	    "<w:Locale xml:lang=\"en-US\" s:mustUnderstand=\"false\" />"
	    "<p:DataLocale xml:lang=\"en-US\" s:mustUnderstand=\"false\" />"
	    "<p:SessionId s:mustUnderstand=\"false\">uuid:%s</p:SessionId>",
	    address(r->c->server, ip), r->c->sport, shells[r->shell].resource,
	    verbs[verb].action, r->message.text, r->session.text);
	if (verb != CREATE)
		put_text(m, "<w:SelectorSet><w:Selector Name=\"ShellId\">%s</w:Selector>"
		    "</w:SelectorSet>", r->shell_id.text);
	if (options != NULL)
		put_text(m, "<w:OptionSet s:mustUnderstand=\"true\">%s</w:OptionSet>", options);
	put_text(m, "<w:OperationTimeout>PT60.000S</w:OperationTimeout></s:Header><s:Body>");
}

static void
ask_end(struct winrm *r)
{
	put_text(&r->soap, "</s:Body></s:Envelope>");
	put_request(r);
	if (!r->sealed)
		put_basic(r);
	else if (!r->logged_on)
		put_negotiate(r, "Authorization", &r->ntlm.authenticate);
	r->logged_on = true;
	send_soap(r, false);
}

static void
answer_begin(struct winrm *r, enum verb verb)
{
	struct guid id;

	renew(r, &id);
	r->soap.len = 0;
	put_text(&r->soap, "<s:Envelope xml:lang=\"en-US\" " NAMESPACES " xmlns:x=\""
	    "http://schemas.xmlsoap.org/ws/2004/09/transfer\"><s:Header>"
	    "<a:Action>%sResponse</a:Action><a:MessageID>uuid:%s</a:MessageID>"
	    "<a:To>" ANONYMOUS "</a:To><a:RelatesTo>uuid:%s</a:RelatesTo></s:Header><s:Body>",
	    verbs[verb].action, id.text, r->message.text);
}

static void
answer_end(struct winrm *r)
{
	put_text(&r->soap, "</s:Body></s:Envelope>");
	put_answer(r, "200 OK");
	send_soap(r, true);
}

/* ---- Streams: what was put into r->stream ---- */

static void
stream_end(struct winrm *r)
{
	put_base64(&r->soap, r->stream.p, r->stream.len);
	r->stream.len = 0;
}

/* Of a command, or of the shell itself. */
static void
put_stdout(struct winrm *r, const struct guid *command)
{
	put_text(&r->soap, "<rsp:Stream Name=\"stdout\"");
	if (command != NULL)
		put_text(&r->soap, " CommandId=\"%s\"", command->text);
	put8(&r->soap, '>');
	stream_end(r);
	put_text(&r->soap, "</rsp:Stream>");
}

static void
put_last(struct winrm *r, const char *stream)
{
	put_text(&r->soap, "<rsp:Stream Name=\"%s\" CommandId=\"%s\" End=\"true\"></rsp:Stream>",
	    stream, r->command_id.text);
}

static void
put_done(struct winrm *r)
{
	put_text(&r->soap, "<rsp:CommandState CommandId=\"%s\" State=\"" DONE "\">"
	    "<rsp:ExitCode>0</rsp:ExitCode></rsp:CommandState>", r->command_id.text);
}

static void
ask_receive(struct winrm *r, const struct guid *command)
{
	ask_begin(r, RECEIVE);
	put_text(&r->soap, "<rsp:Receive><rsp:DesiredStream");
	if (command != NULL)
		put_text(&r->soap, " CommandId=\"%s\"", command->text);
	put_text(&r->soap, ">%s</rsp:DesiredStream></rsp:Receive>", shells[r->shell].out);
	ask_end(r);
	answer_begin(r, RECEIVE);
	put_text(&r->soap, "<rsp:ReceiveResponse>");
}

static void
receive_end(struct winrm *r)
{
	put_text(&r->soap, "</rsp:ReceiveResponse>");
	answer_end(r);
}

/* ---- Shells ---- */

static void
ask_create(struct winrm *r)
{
	ask_begin(r, CREATE);
	put_text(&r->soap, "<rsp:Shell");
	if (r->shell == WINRM_POWERSHELL)
		put_text(&r->soap, " ShellId=\"%s\"", r->shell_id.text);
	put_text(&r->soap, "><rsp:InputStreams>%s</rsp:InputStreams>"
	    "<rsp:OutputStreams>%s</rsp:OutputStreams>", shells[r->shell].in,
	    shells[r->shell].out);
	if (r->shell == WINRM_POWERSHELL) {
		put_text(&r->soap, "<creationXml "
		    "xmlns=\"http://schemas.microsoft.com/powershell\">");
		psrp_begin(&r->psrp, r->shell_id.b);
		psrp_open(&r->psrp, &r->stream);
		stream_end(r);
		put_text(&r->soap, "</creationXml>");
	}
	put_text(&r->soap, "</rsp:Shell>");
	ask_end(r);
}

static void
answer_create(struct winrm *r)
{
	const char *resource = shells[r->shell].resource;
	char client[16], server[16];

	answer_begin(r, CREATE);
	put_text(&r->soap, "<x:ResourceCreated><a:Address>http://%s:%u/wsman</a:Address>"
	    "<a:ReferenceParameters><w:ResourceURI>%s</w:ResourceURI><w:SelectorSet>"
	    "<w:Selector Name=\"ShellId\">%s</w:Selector></w:SelectorSet>"
	    "</a:ReferenceParameters></x:ResourceCreated><rsp:Shell><rsp:ShellId>%s</rsp:ShellId>"
	    "<rsp:ResourceUri>%s</rsp:ResourceUri><rsp:Owner>" NTLM_DOMAIN "\\" NTLM_USER
	    "</rsp:Owner><rsp:ClientIP>%s</rsp:ClientIP><rsp:IdleTimeOut>PT7200.000S"
	    "</rsp:IdleTimeOut><rsp:InputStreams>%s</rsp:InputStreams><rsp:OutputStreams>%s"
	    "</rsp:OutputStreams><rsp:ShellRunTime>P0DT0H0M0S</rsp:ShellRunTime>"
	    "<rsp:ShellInactivity>P0DT0H0M0S</rsp:ShellInactivity></rsp:Shell>",
	    address(r->c->server, server), r->c->sport, resource, r->shell_id.text,
	    r->shell_id.text, resource, address(r->c->client, client), shells[r->shell].in,
	    shells[r->shell].out);
	answer_end(r);
}

void
winrm_open(struct winrm *r, struct conn *c)
{
	r->c = c;
	renew(r, &r->session);
	renew(r, &r->shell_id);
	logon(r);
	ask_create(r);
	answer_create(r);
	if (r->shell == WINRM_CMD)
		return;
	ask_receive(r, NULL);
	psrp_able(&r->psrp, &r->stream);
	put_stdout(r, NULL);
	psrp_opened(&r->psrp, &r->stream);
	put_stdout(r, NULL);
	receive_end(r);
}

void
winrm_close(struct winrm *r)
{
	ask_begin(r, DELETE);
	ask_end(r);
	answer_begin(r, DELETE);
	answer_end(r);
}

/* ---- Commands ---- */

static void
ask_command(struct winrm *r)
{
	renew(r, &r->command_id);
	ask_begin(r, COMMAND);
	put_text(&r->soap, "<rsp:CommandLine");
	if (r->shell == WINRM_POWERSHELL)
		put_text(&r->soap, " CommandId=\"%s\"", r->command_id.text);
	put8(&r->soap, '>');
}

static void
command_end(struct winrm *r)
{
	put_text(&r->soap, "</rsp:CommandLine>");
	ask_end(r);
	answer_begin(r, COMMAND);
	put_text(&r->soap, "<rsp:CommandResponse><rsp:CommandId>%s</rsp:CommandId>"
	    "</rsp:CommandResponse>", r->command_id.text);
	answer_end(r);
}

static void
terminate(struct winrm *r)
{
	ask_begin(r, SIGNAL);
	put_text(&r->soap, "<rsp:Signal CommandId=\"%s\"><rsp:Code>" SHELL "signal/terminate"
	    "</rsp:Code></rsp:Signal>", r->command_id.text);
	ask_end(r);
	answer_begin(r, SIGNAL);
	put_text(&r->soap, "<rsp:SignalResponse/>");
	answer_end(r);
}

static void
task_by_cmd(struct winrm *r, unsigned int task)
{
	ask_command(r);
	put_text(&r->soap, "<rsp:Command>schtasks</rsp:Command><rsp:Arguments>"
	    "/create /tn \"\\Inventory\\Collect %u\" "
	    "/tr \"\\\"C:\\Program Files\\Inventory\\collect.exe\\\" /quiet /host:%u\" "
	    "/sc daily /st 22:00 /ru SYSTEM /rl highest /f</rsp:Arguments>", task, task);
	command_end(r);

	ask_receive(r, &r->command_id);
	put_text(&r->stream, "SUCCESS: The scheduled task \"\\Inventory\\Collect %u\" "
	    "has successfully been created.\r\n", task);
	put_stdout(r, &r->command_id);
	put_last(r, "stdout");
	put_last(r, "stderr");
	put_done(r);
	receive_end(r);
}

static void
task_by_powershell(struct winrm *r, unsigned int task)
{
	char script[512];

	snprintf(script, sizeof(script),
	    "$a = New-ScheduledTaskAction -Execute 'C:\\Program Files\\Inventory\\collect.exe' "
	    "-Argument '/quiet /host:%u'; $t = New-ScheduledTaskTrigger -Daily -At 22:00; "
	    "Register-ScheduledTask -TaskPath '\\Inventory\\' -TaskName 'Collect %u' -Action $a "
	    "-Trigger $t -User SYSTEM -RunLevel Highest -Force", task, task);
	ask_command(r);
	put_text(&r->soap, "<rsp:Command /><rsp:Arguments>");
	psrp_create(&r->psrp, &r->stream, r->command_id.b, script);
	stream_end(r);
	put_text(&r->soap, "</rsp:Arguments>");
	command_end(r);

	ask_receive(r, &r->command_id);
	psrp_registered(&r->psrp, &r->stream, r->command_id.b, task);
	put_stdout(r, &r->command_id);
	psrp_completed(&r->psrp, &r->stream, r->command_id.b);
	put_stdout(r, &r->command_id);
	put_done(r);
	receive_end(r);
}

void
winrm_task(struct winrm *r, unsigned int task)
{
	if (r->shell == WINRM_CMD)
		task_by_cmd(r, task);
	else
		task_by_powershell(r, task);
	terminate(r);
}

void
winrm_output(struct winrm *r, const void *p, size_t len, unsigned int answers)
{
	struct msg text;

	msg_init(&text, len / 3 * 4 + 8);
	put_base64(&text, p, len);
	ask_command(r);
	put_text(&r->soap, "<rsp:Command>dir</rsp:Command><rsp:Arguments>/s C:\\</rsp:Arguments>");
	command_end(r);
	while (answers-- > 0) {
		ask_receive(r, &r->command_id);
		put_text(&r->soap, "<rsp:Stream Name=\"stdout\" CommandId=\"%s\">",
		    r->command_id.text);
		put(&r->soap, text.p, text.len);
		put_text(&r->soap, "</rsp:Stream>");
		if (answers == 0) {
			put_last(r, "stdout");
			put_last(r, "stderr");
			put_done(r);
		}
		receive_end(r);
	}
	terminate(r);
	free(text.p);
}
