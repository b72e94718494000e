/* ntstatus.h -- the status of an SMB answer, an NTSTATUS of [MS-ERREF] 2.3. */
#ifndef NTSTATUS_H
#define NTSTATUS_H

#include <stdbool.h>
#include <stdint.h>

#define NT_SUCCESS		0x00000000u
#define NT_PENDING		0x00000103u	/* the final answer comes later; also: no answer was seen */
#define NT_BUFFER_OVERFLOW	0x80000005u	/* a warning: the answer's data is valid, but not all of it */
#define NT_UNSUCCESSFUL		0xc0000001u	/* an error of no particular kind */
#define NT_MORE_PROCESSING	0xc0000016u	/* a logon that needs another message */

/* Returns whether the server did what was asked: severity 0 (success) or 1 (information). */
static inline bool
nt_ok(uint32_t status)
{
	return status >> 30 < 2;
}

/* Returns whether an answer of this status carries the data that was asked for. */
static inline bool
nt_data(uint32_t status)
{
	return nt_ok(status) || status == NT_BUFFER_OVERFLOW;
}

#endif
