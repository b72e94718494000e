/* smb2.h -- SMB2 and SMB3 messages, clear, sealed or compressed, [MS-SMB2]. */
#ifndef SMB2_H
#define SMB2_H

#include "smb/family.h"

extern const struct smb_ops smb2_ops;

#endif
