/* clixml.h -- PowerShell's serialised objects, [MS-PSRP] 2.2.5, as text. */
#ifndef CLIXML_H
#define CLIXML_H

#include "base/budget.h"

/* A CREATE_PIPELINE message's object (2.2.2.10): its commands, parameters and
 * scripts as a person would have typed them.  False: none could be read. */
bool	 clixml_pipeline(struct view xml, struct buf *out);

/* Any other object: what it would print as; scripts and strings as they are. */
bool	 clixml_text(struct view xml, struct buf *out);

/* A property's number ("PipelineState"), wherever it stands. */
bool	 clixml_number(struct view xml, const char *name, int64_t *out);

#endif
