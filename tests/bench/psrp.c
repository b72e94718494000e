#include "psrp.h"

#include <sys/endian.h>

#include <stdlib.h>
#include <string.h>

/* 2.2.1 */
enum { SESSION_CAPABILITY = 0x10002, INIT_RUNSPACEPOOL = 0x10004, RUNSPACEPOOL_STATE = 0x21005,
	CREATE_PIPELINE = 0x21006, PIPELINE_OUTPUT = 0x41004, PIPELINE_STATE = 0x41006 };

enum { TO_CLIENT = 1, TO_SERVER = 2 };

static const uint8_t no_pipeline[PSRP_GUID];

void
psrp_init(struct psrp *p)
{
	memset(p, 0, sizeof(*p));
	msg_init(&p->m, 16384);
}

void
psrp_free(struct psrp *p)
{
	free(p->m.p);
}

void
psrp_begin(struct psrp *p, const uint8_t pool[PSRP_GUID])
{
	memcpy(p->pool, pool, PSRP_GUID);
	p->object[0] = p->object[1] = 0;
}

/* ---- Messages: what is in p->m, behind its head (2.2.1), in its one fragment (2.2.4) ---- */

static void
put64be(struct msg *m, uint64_t v)
{
	uint8_t b[8];

	be64enc(b, v);
	put(m, b, sizeof(b));
}

static void
begin(struct psrp *p, bool server, uint32_t type, const uint8_t pipeline[PSRP_GUID])
{
	p->m.len = 0;
	put32(&p->m, server ? TO_CLIENT : TO_SERVER);
	put32(&p->m, type);
	put(&p->m, p->pool, PSRP_GUID);
	put(&p->m, pipeline, PSRP_GUID);
	if (server)
		put(&p->m, "\xef\xbb\xbf", 3);
}

static void
end(struct psrp *p, bool server, struct msg *out)
{
	uint8_t len[4];

	be32enc(len, (uint32_t)p->m.len);
	put64be(out, ++p->object[server]);
	put64be(out, 0);
	put8(out, 3);			/* the first and the last */
	put(out, len, sizeof(len));
	put(out, p->m.p, p->m.len);
}

static void
message(struct psrp *p, struct msg *out, bool server, uint32_t type, const char *xml)
{
	begin(p, server, type, no_pipeline);
	put_text(&p->m, "%s", xml);
	end(p, server, out);
}

/* ---- Runspace pools, 2.2.2.1, 2.2.2.2, 2.2.2.8 ---- */

static const char capability[] =
	"<Obj RefId=\"0\"><MS><Version N=\"protocolversion\">2.3</Version>"
	"<Version N=\"PSVersion\">2.0</Version>"
	"<Version N=\"SerializationVersion\">1.1.0.1</Version></MS></Obj>";

#define ENUM(id, name)								\
	"<TN RefId=\"" id "\"><T>System.Management.Automation.Runspaces." name "</T>"	\
	"<T>System.Enum</T><T>System.ValueType</T><T>System.Object</T></TN>"
#define HOST(id)								\
	"<Obj N=\"HostInfo\" RefId=\"" id "\"><MS><B N=\"_isHostNull\">true</B>"	\
	"<B N=\"_isHostUINull\">true</B><B N=\"_isHostRawUINull\">true</B>"		\
	"<B N=\"_useRunspaceHost\">true</B></MS></Obj>"

static const char init[] =
	"<Obj RefId=\"0\"><MS><I32 N=\"MinRunspaces\">1</I32><I32 N=\"MaxRunspaces\">1</I32>"
	"<Obj N=\"PSThreadOptions\" RefId=\"1\">" ENUM("0", "PSThreadOptions")
	"<ToString>Default</ToString><I32>0</I32></Obj>"
	"<Obj N=\"ApartmentState\" RefId=\"2\">" ENUM("1", "ApartmentState")
	"<ToString>UNKNOWN</ToString><I32>2</I32></Obj>" HOST("3")
	"<Nil N=\"ApplicationArguments\" /></MS></Obj>";

void
psrp_open(struct psrp *p, struct msg *m)
{
	message(p, m, false, SESSION_CAPABILITY, capability);
	message(p, m, false, INIT_RUNSPACEPOOL, init);
}

void
psrp_able(struct psrp *p, struct msg *m)
{
	message(p, m, true, SESSION_CAPABILITY, capability);
}

void
psrp_opened(struct psrp *p, struct msg *m)
{
	message(p, m, true, RUNSPACEPOOL_STATE,
	    "<Obj RefId=\"0\"><MS><I32 N=\"RunspaceState\">2</I32></MS></Obj>");
}

/* ---- Pipelines, 2.2.2.10, 2.2.2.19, 2.2.2.21 ---- */

#define MERGE(id, name)								\
	"<Obj N=\"" name "\" RefId=\"" id "\"><TNRef RefId=\"3\" />"		\
	"<ToString>None</ToString><I32>0</I32></Obj>"

static const char pipeline_xml[] =
	"<Obj RefId=\"0\"><MS><B N=\"NoInput\">true</B>"
	"<Obj N=\"ApartmentState\" RefId=\"1\">" ENUM("0", "ApartmentState")
	"<ToString>UNKNOWN</ToString><I32>2</I32></Obj>"
	"<Obj N=\"RemoteStreamOptions\" RefId=\"2\">" ENUM("1", "RemoteStreamOptions")
	"<ToString>AddInvocationInfo</ToString><I32>15</I32></Obj>"
	"<B N=\"AddToHistory\">false</B>" HOST("3")
	"<Obj N=\"PowerShell\" RefId=\"4\"><MS><B N=\"IsNested\">false</B><Nil N=\"ExtraCmds\" />"
	"<Obj N=\"Cmds\" RefId=\"5\"><TN RefId=\"2\"><T>System.Collections.Generic.List`1"
	"[[System.Management.Automation.PSObject, System.Management.Automation, Version=3.0.0.0, "
	"Culture=neutral, PublicKeyToken=31bf3856ad364e35]]</T><T>System.Object</T></TN><LST>"
	"<Obj RefId=\"6\"><MS><S N=\"Cmd\">%s</S><B N=\"IsScript\">true</B>"
	"<Nil N=\"UseLocalScope\" /><Obj N=\"MergeMyResult\" RefId=\"7\">"
	ENUM("3", "PipelineResultTypes") "<ToString>None</ToString><I32>0</I32></Obj>"
	MERGE("8", "MergeToResult") MERGE("9", "MergePreviousResults")
	"<Obj N=\"Args\" RefId=\"10\"><TNRef RefId=\"2\" /><LST /></Obj>"
	MERGE("11", "MergeError") MERGE("12", "MergeWarning") MERGE("13", "MergeVerbose")
	MERGE("14", "MergeDebug") MERGE("15", "MergeInformation") "</MS></Obj></LST></Obj>"
	"<Nil N=\"History\" /><B N=\"RedirectShellErrorOutputPipe\">false</B></MS></Obj>"
	"<B N=\"IsNested\">false</B></MS></Obj>";

void
psrp_create(struct psrp *p, struct msg *m, const uint8_t pipeline[PSRP_GUID], const char *script)
{
	begin(p, false, CREATE_PIPELINE, pipeline);
	put_text(&p->m, pipeline_xml, script);
	end(p, false, m);
}

void
psrp_registered(struct psrp *p, struct msg *m, const uint8_t pipeline[PSRP_GUID],
    unsigned int task)
{
	begin(p, true, PIPELINE_OUTPUT, pipeline);
	put_text(&p->m, "<Obj RefId=\"0\"><TN RefId=\"0\"><T>Microsoft.Management.Infrastructure."
	    "CimInstance#Root/Microsoft/Windows/TaskScheduler/MSFT_ScheduledTask</T>"
	    "<T>System.Object</T></TN><ToString>MSFT_ScheduledTask (TaskName = \"Collect %u\", "
	    "TaskPath = \"\\Inventory\\\")</ToString><Props><S N=\"Author\">BENCH\\bench</S>"
	    "<S N=\"TaskName\">Collect %u</S><S N=\"TaskPath\">\\Inventory\\</S>"
	    "<S N=\"State\">Ready</S></Props></Obj>", task, task);
	end(p, true, m);
}

/* 2.2.3.5: 4. */
void
psrp_completed(struct psrp *p, struct msg *m, const uint8_t pipeline[PSRP_GUID])
{
	begin(p, true, PIPELINE_STATE, pipeline);
	put_text(&p->m, "<Obj RefId=\"0\"><MS><I32 N=\"PipelineState\">4</I32></MS></Obj>");
	end(p, true, m);
}
