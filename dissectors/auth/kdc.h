/* kdc.h -- messages to and from a Kerberos KDC, RFC 4120 7.2. */
#ifndef KDC_H
#define KDC_H

#include "engine/dissect.h"

/* Over TCP, and over UDP. */
extern const struct proto_ops kdc_proto;
extern const struct dgram_ops kdc_dgram;

#endif
