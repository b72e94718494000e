/*
 * soap.h -- one SOAP envelope of WS-Management (DSP0226, [MS-WSMV] 2.2.4) as a
 * struct.  Elements are known by their namespaces, whatever their prefixes.
 */
#ifndef SOAP_H
#define SOAP_H

#include "base/budget.h"
#include "base/limits.h"

/* A wsman:Selector or a wsman:Option: its attribute Name and its text. */
struct soap_pair {
	const char	*name;
	const char	*value;		/* never NULL */
};

/* An rsp:Stream of a Send or a ReceiveResponse.  Both texts are base64. */
struct soap_stream {
	const char	*name;		/* "stdin", "stdout", "pr"; NULL: none */
	const char	*command_id;	/* NULL: it belongs to the shell */
	struct view	 text;		/* all of it, or what stands before the hole */
	bool		 holed;		/* bytes are missing between text and tail */
	struct view	 tail;
	bool		 end;		/* no more of that stream follows */
};

/*
 * One element below a CIM method's _INPUT or _OUTPUT, or below the element of
 * an instance: a parameter or a property.  Nodes stand in the order of the
 * document, so the children of an element follow it with a greater depth, and
 * an array is siblings of one name.
 */
struct soap_node {
	const char	*name;		/* without prefix; of a wsman:Selector its Name */
	const char	*type;		/* xsi:type without prefix, or NULL */
	unsigned int	 depth;		/* 0: the outermost */
	bool		 nil;		/* xsi:nil */
	struct view	 value;		/* its text without blanks around it; a NUL follows */
};

/* What the envelope does not have is NULL, 0 or empty.  All texts belong to the
 * struct, and end with a NUL. */
struct soap {
	struct budget	*budget;

	/* Header */
	const char	*action;	/* wsa:Action */
	const char	*resource;	/* wsman:ResourceURI */
	const char	*id, *relates;	/* wsa:MessageID, wsa:RelatesTo */
	struct soap_pair selectors[MAX_SOAP_PAIRS];	/* all of them, ShellId too */
	size_t		 n_selectors;
	struct soap_pair options[MAX_SOAP_PAIRS];
	size_t		 n_options;

	/* Shells, [MS-WSMV] 2.2.4 */
	const char	*shell;		/* ShellId: of the selectors, or of the shell created */
	bool		 has_line;	/* there is an rsp:CommandLine, and it is whole */
	const char	*command;	/* its rsp:Command */
	const char	*command_id;	/* of CommandLine, CommandResponse, CommandState, Signal or
					 * DesiredStream */
	struct view	*arguments;	/* its rsp:Arguments; a NUL follows each */
	size_t		 n_arguments;
	struct soap_stream *streams;
	size_t		 n_streams;
	const char	*state;		/* the last part of rsp:CommandState's State: "Done" */
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

	bool		 cut;		/* malformed, torn, or beyond a limit: not all is here */
	struct soap_text *texts;	/* what the pointers above point to */
};

/*
 * Reads an envelope in UTF-8 or UTF-16.  missing bytes between first and last
 * were not kept.  All is charged to the budget.  Returns NULL if it is no
 * envelope, or the budget is spent; what stands before a fault in the XML is
 * read.
 */
struct soap	*soap_read(struct budget *, struct view first, uint64_t missing,
		    struct view last);

/* Frees the envelope.  NULL is accepted. */
void		 soap_free(struct soap *);

/* Returns what stands behind the last slash of a URI, without its query; empty
 * for NULL. */
struct view	 soap_last_part(const char *uri);

/* Is this xs:boolean true?  In any case; NULL is false. */
bool		 soap_true(const char *);

/* Returns the value of the selector, or the option, of that name (in any case);
 * NULL if there is none. */
const char	*soap_selector(const struct soap *, const char *name);
const char	*soap_option(const struct soap *, const char *name);

/* Returns the first node of depth 0 that has that name (in any case), or NULL. */
const struct soap_node *soap_param(const struct soap *, const char *name);

#endif
