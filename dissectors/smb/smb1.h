/* smb1.h -- SMB1 messages, [MS-CIFS] and [MS-SMB]. */
#ifndef SMB1_H
#define SMB1_H

#include "smb/family.h"

extern const struct smb_ops smb1_ops;

#endif
