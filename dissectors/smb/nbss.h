/* nbss.h -- SMB over TCP: the NetBIOS session service of RFC 1002 4.3, and [MS-SMB2] 2.1. */
#ifndef NBSS_H
#define NBSS_H

#include "engine/dissect.h"

/* Frames messages and hands them to SMB1 or SMB2, whose state is made when the
 * connection first speaks them. */
extern const struct proto_ops nbss_proto;

#endif
