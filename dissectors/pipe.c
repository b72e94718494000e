/* pipe.c -- what speaks on a named pipe. */
#include "rpc/dcerpc.h"
#include "smb/handle.h"

const struct proto_ops *const pipe_proto = &dcerpc_proto;
