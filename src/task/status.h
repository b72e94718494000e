/* status.h -- names and outcomes of the codes that calls return. */
#ifndef STATUS_H
#define STATUS_H

#include <stdint.h>

struct fact;

/*
 * Each sets three fields of a fact, which may be NULL, from the code that the
 * server returned: status ("0x80070005"), status_name where the code is known,
 * and outcome.
 */

/* An HRESULT, [MS-ERREF] 2.1: a success unless its highest bit is set. */
void	 status_hresult(struct fact *, uint32_t code);

/* A Win32 error code, [MS-ERREF] 2.2: 0 is the only success. */
void	 status_win32(struct fact *, uint32_t code);

/* The code of an RPC fault, [C706] E: always a failure. */
void	 status_fault(struct fact *, uint32_t code);

#endif
