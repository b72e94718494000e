/*
 * winrm.h -- WinRM: WS-Management over HTTP, with its logons and its sealed
 * bodies, [MS-WSMV] 2.2.9.
 */
#ifndef WINRM_H
#define WINRM_H

#include "http/http.h"

/* Reads the messages of a connection, and leaves it when it is not WinRM. */
extern const struct http_listener winrm_listener;

#endif
