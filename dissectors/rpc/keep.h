/*
 * keep.h -- reads parameters of a stub into a fact.  Each keeps what it read
 * unless reading it faulted: a cut stub says less than the whole one, and
 * never anything else.  The fact may be NULL.
 */
#ifndef KEEP_H
#define KEEP_H

#include "fact/fact.h"
#include "rpc/ndr.h"

/* A [ref, string] of wide or of 8-bit characters, and a [unique, string] of wide
 * ones.  Bytes above 0x7f of the client's code page become "\xHH". */
void	 keep_wstr(struct ndr *, struct fact *, enum field);
void	 keep_str(struct ndr *, struct fact *, enum field);
void	 keep_unique_wstr(struct ndr *, struct fact *, enum field);

/* The code that a call returns, an HRESULT: sets status and outcome. */
void	 keep_hresult(struct ndr *, struct fact *);

/* The same, a Win32 error code.  Returns whether it was read and is
 * ERROR_SUCCESS. */
bool	 keep_win32(struct ndr *, struct fact *);

/* Parameters that nothing is kept of: a [unique, string] of wide characters,
 * and a [unique] array of [unique, string]s, of wide or of 8-bit characters. */
void	 skip_unique_wstr(struct ndr *);
void	 skip_unique_strs(struct ndr *, bool wide_chars);

#endif
