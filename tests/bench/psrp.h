/* psrp.h -- both ends of a PowerShell runspace pool, made up: [MS-PSRP] 2.2. */
#ifndef PSRP_H
#define PSRP_H

#include "wire.h"

#define PSRP_GUID	16

struct psrp {
	uint8_t		 pool[PSRP_GUID];	/* as on the wire */
	uint64_t	 object[2];	/* the last message's: client's, server's */
	struct msg	 m;
};

void	psrp_init(struct psrp *);
void	psrp_free(struct psrp *);

void	psrp_begin(struct psrp *, const uint8_t pool[PSRP_GUID]);	/* another one */
/* Messages in whole fragments, appended to m; a client's, then a server's. */
void	psrp_open(struct psrp *, struct msg *m);
void	psrp_create(struct psrp *, struct msg *m, const uint8_t pipeline[PSRP_GUID],
	    const char *script);
void	psrp_able(struct psrp *, struct msg *m);
void	psrp_opened(struct psrp *, struct msg *m);
void	psrp_registered(struct psrp *, struct msg *m, const uint8_t pipeline[PSRP_GUID],
	    unsigned int task);
void	psrp_completed(struct psrp *, struct msg *m, const uint8_t pipeline[PSRP_GUID]);

#endif
