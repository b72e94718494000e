/* smb2-compress.h -- SMB2 messages that were compressed, in the clear. */
#ifndef SMB2_COMPRESS_H
#define SMB2_COMPRESS_H

#include "base/budget.h"

/*
 * message begins with a COMPRESSION_TRANSFORM_HEADER and is whole; out, which
 * is empty, gets the SMB2 message that it stands for and takes no more than
 * its max.  False, with out still empty: malformed, too large, or what came
 * out is no SMB2 message.
 */
bool	smb2_decompress(struct view message, struct buf *out);

#endif
