/*
 * clixml.h -- objects that PowerShell serialised, [MS-PSRP] 2.2.5, as text.
 * Malformed XML and a cut are no faults: what stands before them is read.
 */
#ifndef CLIXML_H
#define CLIXML_H

#include "base/budget.h"

/* Appends the pipeline of a CREATE_PIPELINE message (2.2.2.10) to out, in
 * UTF-8: its commands, parameters and scripts as a person would type them.
 * Returns false if nothing was appended. */
bool	 clixml_pipeline(struct view xml, struct buf *out);

/* Appends what PowerShell would print for any other object to out, in UTF-8;
 * strings and scripts as they are.  Returns false if nothing was appended. */
bool	 clixml_text(struct view xml, struct buf *out);

/* Sets *out to the first number inside a property of that name, as an
 * enumeration has it ("PipelineState").  Returns false if there is none. */
bool	 clixml_number(struct view xml, const char *name, int64_t *out);

#endif
