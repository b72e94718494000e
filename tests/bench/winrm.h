/* winrm.h -- one client's commands over WinRM, made up, in the clear with Basic
 * or sealed with NTLM: [MS-WSMV] 2.2.9, 3.1.4. */
#ifndef WINRM_H
#define WINRM_H

#include "ntlm.h"
#include "psrp.h"
#include "wire.h"

enum winrm_shell { WINRM_CMD, WINRM_POWERSHELL };

struct winrm {
	struct wire	*w;
	struct conn	*c;
	enum winrm_shell shell;
	bool		 sealed;
	bool		 logged_on;
	struct ntlm	 ntlm;
	struct psrp	 psrp;
	struct guid {
		uint8_t	 b[PSRP_GUID];	/* as on the wire */
		char	 text[37];
	}		 session, shell_id, command_id, message;
	struct msg	 soap, body, http;
	struct msg	 stream;		/* before it is base64 */
};

void	winrm_init(struct winrm *, struct wire *, enum winrm_shell, bool seal, size_t longest);
void	winrm_free(struct winrm *);

/* A connection's logon and its shell. */
void	winrm_open(struct winrm *, struct conn *);
void	winrm_close(struct winrm *);
void	winrm_task(struct winrm *, unsigned int task);	/* a command that makes one */
/* One command; each of so many answers brings that text. */
void	winrm_output(struct winrm *, const void *, size_t, unsigned int answers);

#endif
