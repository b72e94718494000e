/* run.h -- captures, read to their end: frames in, records out. */
#ifndef RUN_H
#define RUN_H

#include "setup.h"

/*
 * Opens what the setup names, reads every capture or the interface until it
 * ends or a signal stops it, and says on standard error what was found.
 * Returns false if something cannot be opened, read or written; the operator
 * has then been told.  The setup stays the caller's to free.
 */
bool	 run(struct setup *);

#endif
