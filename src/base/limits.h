/*
 * limits.h -- all limits, each with its reason.  Memory is in bytes, *_WORK,
 * *_SEARCH and *_EARNS in bytes processed, and what has no unit is a number of
 * things.  What exceeds a limit is dropped and counted (stats.def).
 */
#ifndef LIMITS_H
#define LIMITS_H

/* Memory */
#define MAX_MEMORY	(48u << 20)	/* all state of one worker; the program stays under 64 MiB */
#define MAX_FLOW_MEM	(8u << 20)	/* what one connection may hold of it */
#define MAX_FACT_MEM	(16u << 20)	/* of one fact: a definition of 4 MiB, and its parts again */
#define MAX_FLOWS	131072		/* 100,000 live flows fit, with room */

/* Layers below TCP */
#define MAX_LAYERS	16		/* nested headers in one frame; a real stack has six */
#define MAX_VLANS	3		/* tags told in a record, as Suricata does */
#define MAX_FRAG_SETS	1024		/* datagrams in reassembly */
#define MAX_FRAGS	128		/* pieces of one datagram: 64 KiB of minimal MTU */
#define FRAG_TIMEOUT	30		/* seconds a fragment waits for the rest (RFC 791) */
#define MAX_FRAG_MEM	(8u << 20)	/* fragments may not starve the flows */

/* TCP; times are in microseconds of packet time */
#define MAX_TCP_QUEUE	(1u << 20)	/* bytes out of order in one direction */
#define MAX_TCP_SEGS	512		/* segments out of order in one direction */
#define MAX_TCP_AHEAD	(16u << 20)	/* bytes ahead of the window at which a segment is still accepted */
#define TCP_PATIENCE_ACKED 64		/* packets after which a gap of acknowledged bytes is given up */
#define TCP_PATIENCE_OPEN 256		/* the same of bytes not acknowledged: they may be sent again */
#define TCP_WAIT_ACKED	1000000		/* the same by time, for connections with few packets */
#define TCP_WAIT_OPEN	5000000
#define FLOW_IDLE	3600000000u	/* pipes stay open for long; full memory evicts them sooner */
#define FLOW_IDLE_OTHER	60000000u	/* flows that no dissector wants */
#define FLOW_CLOSED	10000000u	/* after FIN or RST: late segments still belong */
#define MAX_PROBE	64		/* bytes looked at to name a protocol */
#define MAX_PROBE_SEGS	16		/* segments tried when the start was not seen */
#define MAX_RESYNC	(1u << 20)	/* bytes searched for a PDU before a flow is given up */

/* Framing and session */
#define MAX_PDU		((4u << 20) + (64u << 10)) /* a reassembled PDU: the largest file, its header */
#define MAX_ANDX	10		/* commands chained in one SMB1 message */
#define MAX_COMPOUND	64		/* commands in one SMB2 compound */
#define MAX_SMB_REQS	1024		/* requests without an answer, per connection */
#define MAX_SMB_TREES	256		/* per session */
#define MAX_SMB_OPENS	4096		/* per session: handles that are never closed */
#define MAX_SMB_SESSIONS 8192		/* per worker */
#define MAX_SMB_NAMESAKES 16		/* sessions of one id, at several servers, looked through */
#define MAX_FILE	(4u << 20)	/* bytes kept of one file; task files are much smaller */
#define MAX_FILE_RANGES	4096		/* pieces in which a file may arrive */
#define MAX_CLOSED_FILES	16		/* closed files of a session that a rename may still make tasks of */
#define MAX_CLOSED_BYTES	(1u << 20)	/* and what they may hold together */

/* DCERPC */
#define MAX_RPC_CONTEXTS 256		/* presentation contexts of one connection; Metasploit sends dozens */
#define MAX_RPC_AUTHS	16		/* security contexts of one connection */
#define MAX_RPC_CALLS	256		/* calls without an answer, per connection */
#define MAX_RPC_BINDS	16		/* binds without an answer, per connection */
#define MAX_RPC_HELD	8		/* calls kept until the interface is known */
#define MAX_RPC_STUB	(4u << 20)	/* Windows' own limit ([MS-RPCE] 3.3.3.5.4) */
#define MAX_RPC_HANDLES	256		/* context handles of one association; a tool opens a few */
#define MAX_RPC_HANDLES_MEM (64u << 10)	/* and what they may hold: 256 of them with a name each */
#define MAX_RPC_PORTS	4096		/* endpoints learnt from the endpoint mapper */
#define ANSWER_WAIT	5000000		/* microseconds that a call waits for its answer */

/* Formats */
#define MAX_NDR_STRING	(512 * 1024)	/* UTF-16 units; a task's XML is the largest */
#define MAX_XML_DEPTH	64		/* a task definition has seven levels */
#define MAX_XML_TOKEN	(128u << 10)	/* bytes of one tag or comment: expat holds them whole */
#define MAX_XML_NAMES	65536		/* elements and attributes of a text: expat remembers each name */
#define MAX_ACTIONS	64		/* the schema allows 32 */
#define MAX_TRIGGERS	64		/* the schema allows 48 */
#define MAX_PRINCIPALS	8		/* the scheduler knows one */
#define MAX_ATTACHMENTS	64		/* of an e-mail action; the schema allows 8 */
#define MAX_GPO_TASKS	1024		/* elements of one ScheduledTasks.xml */
#define MAX_DER_DEPTH	16
#define MAX_ATEXEC_PAIRS	4096		/* (client, server) pairs with recent task calls */
#define MAX_ATEXEC_NAMES	64		/* of output files told for such a pair: a second read is no news */

/* Scripts and command lines */
#define MAX_SCRIPT_DEPTH	8		/* texts inside texts: cmd /c powershell -enc … */
#define MAX_SCRIPT_TASKS	64		/* tasks reported of one text */
#define MAX_SCRIPT_DECODED	32		/* decoded parts reported of one text */
#define MAX_SCRIPT_PART	(128u << 10)	/* bytes kept of such a part: twice what a record holds */
#define MAX_SCRIPT_TEXT	(1u << 20)	/* bytes of a text that are read */
#define MAX_SCRIPT_WORK	(24u << 20)	/* bytes read and made for one text and all inside: a second at worst */
#define MAX_COMMAND_LINE (96u << 10)	/* of one program, in UTF-8; Windows starts it with 32,767 units */
#define MAX_CMD_DEPTH	64		/* nested brackets, if and for */
#define MAX_CMD_VARS	1024		/* that one text sets */
#define MAX_CMD_MEM	(1u << 20)	/* their values */
#define MAX_PS_MEM	(4u << 20)	/* values of one PowerShell text: a decoded megabyte, and its parts */
#define MAX_PS_DEPTH	64		/* nested brackets and blocks; scripts have ten */
#define MAX_PS_ARGS	1024		/* of one command; a program's line holds 32 KiB */
#define MAX_PS_METHOD_ARGS 12		/* of one method call; the methods that are read have 8 at most */
#define MAX_PS_PARAMS	64		/* of one function or cmdlet; cmdlets have 53 with the common ones */
#define MAX_PS_GIVEN	32768		/* values that one script block outputs: more would fill MAX_PS_MEM */

/* HTTP */
#define MAX_HTTP_HEAD	(128u << 10)	/* bytes of a head; a Kerberos token in base64 has 87,000 */
#define MAX_HTTP_FIELDS	256		/* lines of a head; clients send a dozen */
#define MAX_HTTP_BODY	(4u << 20)	/* kept of one body; of a coded one, that, and what it decodes to */
#define MAX_HTTP_EXCHANGES 64		/* requests without an answer, per connection; few clients pipeline */
#define MAX_HTTP_TRAILERS (4u << 10)	/* bytes behind chunks, and of a chunk's first line; few have ten */
#define HTTP_PARSER	(64u << 10)	/* charged for libhtp's parser of a message, beside copies of its head */

/* WS-Management */
#define MAX_SOAP_PAIRS	16		/* selectors, and options, of an envelope; Windows sends four */
#define MAX_SOAP_PREFIXES 64		/* namespaces declared at one place; clients declare a dozen */
#define MAX_SOAP_STREAMS 4096		/* of one answer: a line of output each */
#define MAX_SOAP_ARGUMENTS 1024		/* of a command line; Windows' shell takes 8,191 characters */
#define MAX_SOAP_NODES	4096		/* elements of a method's parameters: a task has a hundred */
#define MAX_SOAP_TEXT	(2u << 20)	/* of one element; MaxEnvelopeSize is 500 KiB, some raise it */
#define MAX_SHELLS	2048		/* open at once, per worker */
#define MAX_SHELLS_MEM	(16u << 20)	/* what they keep: scripts that come in pieces */
#define MAX_SHELL_MEM	(3u << 20)	/* one of them */
#define MAX_SHELL_COMMANDS 64		/* running in one; Windows allows 15 */
#define MAX_UNTOLD	(8u << 20)	/* bytes of texts that wait for their outcome */
#define MAX_TYPED_LINE	(32u << 10)	/* of a line typed into a command; cmd.exe takes 8,191 */
#define MAX_TYPED_LINES	512		/* of one message */
#define WSMAN_MARK	4096		/* bytes of an envelope that tell its namespaces */
#define MAX_WSMAN_EXCHANGES 64		/* requests without an answer, per connection */
#define MAX_WINRM_BODY	(1u << 20)	/* of a request, or a sealed answer: twice MaxEnvelopeSize */
#define WINRM_PEEK	(16u << 10)	/* of a longer answer, from its beginning and from its end */
#define MAX_WINRM_PATIENCE 32		/* messages without WS-Management after which its port is given up */
#define MAX_AUTH_FIELDS	8		/* of one head; servers offer four schemes */
#define MAX_MULTIPART_LINE 1024		/* bytes of a line before sealed bytes; the longest has 90 */
#define MAX_MULTIPART_LINES 32		/* of them before each part; there are five */

/* PowerShell remoting */
#define MAX_PSRP_OBJECTS 64		/* in pieces at once, per pool; a pipeline has one or two */
#define MAX_PSRP_MESSAGE (1u << 20)	/* bytes kept of one; of longer ones the beginning is reported */
#define MAX_PSRP_STATE	1024		/* bytes kept of PIPELINE_STATE: the state comes first, then an error */
#define MAX_PSRP_HELD	(2u << 20)	/* of all pieces of a pool */
#define MAX_PSRP_FRAGMENT (8u << 20)	/* bytes of a fragment; a larger length is taken for an error */
#define MAX_PSRP_DONE	32		/* messages remembered, so that one sent again is told once */
#define PSRP_HOPS	3		/* consecutive fragments that a resynchronisation must find */
#define PSRP_TRIES	8		/* compressed blocks that a resynchronisation tries */
#define MAX_PSRP_WORK	(16u << 20)	/* bytes that a stream may decompress to … */
#define PSRP_EARNS	32		/* … and for each byte sent; CLIXML shrinks to a tenth */
#define MAX_CLIXML_STEPS (256u << 10)	/* nodes looked at: references can name the same one for ever */
#define MAX_CLIXML_NAME	256		/* bytes of a cmdlet's name */

/* Secrets */
#define VAULT_SIZE	(7u << 20)	/* all keys; RLIMIT_MEMLOCK is 8 MiB, and reading takes some */
#define MAX_SECRETS_MEM	(2u << 20)	/* of it for the file's: twice in a reload, the rest for contexts */
#define MAX_SECRETS_FILE (1u << 20)	/* or a keytab: more than fits into that */
#define MAX_PRINCIPAL	1024		/* bytes of a name in a keytab; a host's and a realm's have 255 */
#define MAX_KRB_MESSAGE	(64u << 10)	/* a ticket with a large PAC; Windows' MaxTokenSize is 48,000 */
#define MAX_KDC_NOTES	1024		/* questions to KDCs that have no answer yet; the same of salts */
#define MAX_KRB_SALT	512		/* a realm and a principal, RFC 4120 4 */
#define MAX_KRB_NAME	256		/* bytes of a principal's name or realm that are looked up or told */
#define MAX_KRB_TRIES	256		/* keys tried on one ticket by the host's name, and whatever the name */
#define MAX_KRB_SCANS	4		/* tickets of one service on which all keys are tried in vain */
#define MAX_KRB_WORK	(64u << 20)	/* bytes decrypted in vain with keys of other names: a second */
#define KRB_EARNS	8		/* bytes of that which a byte of a ticket earns anew */
#define MAX_KRB_MEMOS	1024		/* services remembered with the key that opened, or that none did */
#define MAX_KRB_LEARNT	4096		/* tickets whose keys a KDC told: 2 MiB of the vault */
#define MAX_KRB_ACCOUNTS 16		/* accounts of one user name tried on a KDC's answer */
#define MAX_KRB_DERIVED	1024		/* keys made of passwords, each 4 ms of work, that are remembered */
#define MAX_KRB_SALTS	8		/* of one account, made a key with in vain: anyone can send a salt */
#define MAX_KRB_ITERATIONS 65536	/* for such a key; RFC 8009 has 32768, and some configure more */
#define MAX_KRB_FILLER	256		/* bytes behind a message before it is sealed; Windows has 16 */
#define MAX_NTLM_MESSAGE 4096		/* NEGOTIATE and CHALLENGE kept for the MIC */
#define MAX_NTLM_NAME	512		/* UTF-16 units of a name; Windows allows 256, and user@domain */
#define MAX_NTLM_WORK	(8u << 20)	/* bytes hashed to find whose response it is: 20 ms */
#define NTLM_TRY	256		/* what one try costs besides, in bytes of that */
#define MAX_NTLM_SEARCH	(24u << 20)	/* bytes hashed to find a key stream's place: 60 ms */
#define NTLM_SEARCH	(2u << 20)	/* of that, before anything was proven: anybody can pretend */
#define NTLM_EARNS	64		/* of that, for each byte of a proven message */
#define MAX_NTLM_LOST	1024		/* consecutive lost messages that a key stream is searched across */
#define MAX_SMB3_KEYS	8		/* smbkeys of one session id: the id is not unique, and each is tried */
#define MAX_KEYLOG_LINES (256u << 10)	/* of a TLS key log, the newest: 50,000 sessions, found in 2 MiB */
#define MAX_KEYLOG_READ	(1u << 30)	/* bytes of it that are looked through, from its end: seconds */
#define MAX_KEYLOG_LINE	512		/* bytes of a line; 192 are enough */
#define MAX_TLS_ASKS	8		/* times that a connection looks for a secret that the log lacks */
#define MAX_TLS_WAIT	16		/* sealed records that pass before a key that is late is given up */
#define MAX_TLS_HELLO	(16u << 10)	/* bytes of a hello; with a post-quantum key share it has 2,000 */
#define MAX_TLS_LOST	256		/* consecutive lost records that a record number is searched across */
#define MAX_TLS_FEW	8		/* the same before any record was authenticated */
#define MAX_TLS_SEARCH	(32u << 20)	/* bytes decrypted in vain to find a record's number: 100 ms */
#define TLS_EARNS	4		/* of that, for each byte of a proven record */
#define TLS_TRY		256		/* what one try costs besides */

/* Detection */
#define MAX_KEPT_MEM	(48u << 20)	/* chains, and alerts told */
#define MAX_SCORE_MEM	(16u << 20)	/* what scoring one fact may take meanwhile, and add to it */
#define MAX_CHAINS	4096		/* tasks that are followed from creation to deletion: 8 MiB, and: */
#define MAX_CHAINS_MEM	(24u << 20)	/* what is kept of the facts that made them */
#define MAX_CHAIN_TEXT	1024		/* bytes of a text that is kept for a later alert */
#define MAX_FAN_OUTS	1024		/* definitions whose servers are counted: 1 MiB */
#define MAX_FAN_OUT_HOSTS 32		/* of each; more say no more */
#define MAX_TASK_DEPTH	2		/* commands of tasks that commands make, judged with them */
#define MAX_ALERTS_TOLD	65536		/* alerts remembered, so that the same is told once: 13 MiB */

/* Output */
#define MAX_LEDGER_ROWS	4096		/* of the table of --check-secrets: more than a person reads */
#define MAX_LINE	65535		/* bytes of a record, with its newline */

/* Operation */
#define MAX_WORKERS	64		/* cores that one capture is worth */
#define MAX_SETTINGS	(1u << 20)	/* bytes of the configuration file; a full one has ten thousand */
#define MAX_ALLOW	4096		/* entries of the allow list: no person keeps more in mind */
#define MAX_ALLOW_LIST	4096		/* patterns in one list of an entry */
#define MAX_ALLOW_PATTERN 1024		/* bytes of a pattern: what matching costs grows with it */

#endif
