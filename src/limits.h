/* limits.h -- every bound in one place, each with its reason. */
#ifndef LIMITS_H
#define LIMITS_H

/* Memory */
#define MAX_MEMORY	(48u << 20)	/* all state of one worker; the program stays under 64 MiB */
#define MAX_FLOW_MEM	(8u << 20)	/* what one connection may hold of it */
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
#define MAX_TCP_AHEAD	(16u << 20)	/* how far ahead of the window a sequence number is believed */
#define TCP_PATIENCE_ACKED 64		/* packets that a hole whose bytes were acknowledged waits */
#define TCP_PATIENCE_OPEN 256		/* the same, not acknowledged: a retransmission may come */
#define TCP_WAIT_ACKED	1000000		/* and the time, if packets are few */
#define TCP_WAIT_OPEN	5000000
#define FLOW_IDLE	3600000000u	/* pipes stay open for long; pressure evicts sooner */
#define FLOW_IDLE_OTHER	60000000u	/* flows that no dissector wants */
#define FLOW_CLOSED	10000000u	/* after FIN or RST: late segments still belong */
#define MAX_PROBE	64		/* bytes looked at to name a protocol */
#define MAX_PROBE_SEGS	16		/* segments tried when the start was not seen */
#define MAX_RESYNC	(1u << 20)	/* bytes searched for a PDU before a flow is let go */

/* Framing and session */
#define MAX_PDU		((4u << 20) + (64u << 10)) /* a reassembled PDU: the largest file, its header */
#define MAX_ANDX	10		/* commands chained in one SMB1 message */
#define MAX_COMPOUND	64		/* commands in one SMB2 compound */
#define MAX_SMB_REQS	1024		/* requests without an answer, per connection */
#define MAX_SMB_TREES	256		/* per session */
#define MAX_SMB_OPENS	4096		/* per session: handles that are never closed */
#define MAX_SMB_SESSIONS 8192		/* per worker */
#define MAX_SMB_NAMESAKES 16		/* sessions of one id, at several servers, looked through */
#define MAX_FILE	(4u << 20)	/* watched of one file */
#define MAX_FILE_RANGES	4096		/* pieces in which a file may arrive */
#define MAX_PAST_FILES	16		/* closed files of a session that a rename may still make tasks of */
#define MAX_PAST_BYTES	(1u << 20)	/* and what they may hold together */

/* DCERPC */
#define MAX_RPC_CONTEXTS 256		/* presentation contexts of one connection; Metasploit sends dozens */
#define MAX_RPC_AUTHS	16		/* security contexts of one connection */
#define MAX_RPC_CALLS	256		/* calls without an answer, per connection */
#define MAX_RPC_BINDS	16		/* binds without an answer, per connection */
#define MAX_RPC_HELD	8		/* calls kept until the interface is known */
#define MAX_RPC_STUB	(4u << 20)	/* Windows' own limit ([MS-RPCE] 3.3.3.5.4) */
#define MAX_RPC_PORTS	4096		/* endpoints learnt from the endpoint mapper */
#define RPC_WAIT	5000000		/* microseconds that a call waits for its answer */

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
#define MAX_TEMP_PAIRS	4096		/* (client, server) pairs with recent task calls */
#define MAX_TEMP_NAMES	64		/* of output files told for such a pair: a second read is no news */

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
#define MAX_NTLM_LOST	1024		/* messages lost in a row that are believed */
#define MAX_SMB3_KEYS	8		/* smbkeys of one session id: the id is not unique, and each is tried */

/* Output */
#define MAX_LEDGER_ROWS	4096		/* of the table of --check-secrets: more than a person reads */
#define MAX_LINE	65535		/* bytes of a record, with its newline */

#endif
