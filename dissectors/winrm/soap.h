/*
 * soap.h -- one envelope of WS-Management (DSP0226, [MS-WSMV] 2.2.4) as a
 * struct.  Elements are known by their namespaces, whatever their prefixes.
 */
#ifndef SOAP_H
#define SOAP_H

#include "base/budget.h"
#include "base/limits.h"

/* An attribute Name and the text: a wsman:Selector, a wsman:Option. */
struct soap_pair {
	const char	*name;
	const char	*value;		/* never NULL */
};

/* rsp:Stream of a Send or a ReceiveResponse; both texts are base64. */
struct soap_stream {
	const char	*name;		/* "stdin", "stdout", "pr"; NULL */
	const char	*command_id;	/* NULL: the shell's own */
	struct view	 text;		/* all of it, or what stands before the hole */
	bool		 holed;		/* bytes between text and tail are missing */
	struct view	 tail;
	bool		 end;		/* the last of that stream */
};

/*
 * One element below a method's _INPUT or _OUTPUT, or below an instance's own
 * element.  They stand in the order of the document, so an element's children
 * follow it with a greater depth, and an array is siblings of one name.
 */
struct soap_node {
	const char	*name;		/* without prefix; of a wsman:Selector its Name */
	const char	*type;		/* xsi:type without prefix, "MSFT_TaskExecAction_Type"; NULL */
	unsigned int	 depth;		/* 0: a parameter, a property */
	bool		 nil;		/* xsi:nil */
	struct view	 value;		/* its own text, blanks around it cut; NUL follows */
};

/* Whatever the envelope does not have is NULL, 0 or empty.  All belongs to it. */
struct soap {
	struct budget	*budget;

	/* Header */
	const char	*action;	/* wsa:Action */
	const char	*resource;	/* wsman:ResourceURI */
	const char	*id, *relates;	/* wsa:MessageID, wsa:RelatesTo */
	struct soap_pair selectors[MAX_SOAP_PAIRS];	/* all, ShellId too */
	size_t		 n_selectors;
	struct soap_pair options[MAX_SOAP_PAIRS];
	size_t		 n_options;

	/* Shells, [MS-WSMV] 2.2.4 */
	const char	*shell;		/* ShellId: of the selectors, of what was created */
	bool		 has_line;	/* there is a whole rsp:CommandLine */
	const char	*command;	/* its rsp:Command */
	const char	*command_id;	/* of CommandLine, CommandResponse, CommandState, Signal, DesiredStream */
	struct view	*arguments;	/* its rsp:Arguments; a NUL follows each */
	size_t		 n_arguments;
	struct soap_stream *streams;
	size_t		 n_streams;
	const char	*state;		/* of rsp:CommandState, its last part: "Done" */
	bool		 has_exit;
	uint32_t	 exit_code;
	struct view	 creation;	/* creationXml, connectXml: base64 */
	struct view	 connect;

	/* s:Fault */
	bool		 fault;
	bool		 has_fault_status;
	uint32_t	 fault_status;	/* f:WSManFault's Code */

	/* A CIM method's parameters, or an instance */
	struct soap_node *nodes;
	size_t		 n_nodes;

	bool		 cut;		/* malformed, torn, or beyond a limit: there may be more */
	struct soap_text *texts;	/* soap.c's own: what the pointers point to */
};

/*
 * Read one: UTF-8 or UTF-16.  missing bytes between first and last were not
 * kept.  NULL: it is no envelope, or the budget is spent.
 */
struct soap	*soap_read(struct budget *, struct view first, uint64_t missing,
		    struct view last);
void		 soap_free(struct soap *);	/* NULL is fine */

/* Behind the last slash, without a query; empty: NULL has none. */
struct view	 soap_last_part(const char *uri);
/* xs:boolean, in any case; NULL is false. */
bool		 soap_true(const char *);

/* NULL: not there.  Names in any case. */
const char	*soap_selector(const struct soap *, const char *name);
const char	*soap_option(const struct soap *, const char *name);
/* The value of the parameter of that name, at depth 0, from the beginning. */
const struct soap_node *soap_param(const struct soap *, const char *name);

#endif
