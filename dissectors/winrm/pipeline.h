/*
 * pipeline.h -- pipelines of PowerShell remoting in a shell of WS-Management,
 * [MS-PSRP] 3.1.5.3.
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include "winrm/wsman-context.h"

/* The fragments in a creationXml, a connectXml or the Arguments of a Command
 * request, as base64. */
void	 pipeline_request(struct wsman_context *, struct shell *, struct view base64);

/* The fragments in one stream of a Send request (C2S) or of a Receive response
 * (S2C), of which the middle may be missing. */
void	 pipeline_stream(struct wsman_context *, struct shell *, enum dir,
	    const struct soap_stream *);

#endif
