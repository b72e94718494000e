/* tls.h -- TLS connections over TCP, with HTTP inside; RFC 5246, RFC 8446. */
#ifndef TLS_H
#define TLS_H

#include "engine/dissect.h"

extern const struct proto_ops tls_proto;

#endif
