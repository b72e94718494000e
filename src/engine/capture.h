/* capture.h -- where frames come from.  The only user of libpcap. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include "base/reader.h"

struct capture;

struct frame {
	struct view	bytes;		/* valid until the next call */
	size_t		wire_len;
	int64_t		us;		/* microseconds since the epoch */
	int		dlt;
};

enum capture_got { CAPTURE_FRAME, CAPTURE_NONE, CAPTURE_END, CAPTURE_BROKEN };

/* NULL, with one line that says what is wrong and what to do (without the
 * name) in err.  path "-" is standard input. */
struct capture	*capture_file(const char *path, char *err, size_t errlen);
struct capture	*capture_live(const char *iface, char *err, size_t errlen);
void		 capture_close(struct capture *);

/* The next frame.  NONE: live, nothing within 100 ms.  BROKEN: the file is
 * cut short or damaged here; capture_error() says how; nothing more follows. */
enum capture_got capture_next(struct capture *, struct frame *);
const char	*capture_error(const struct capture *);
const char	*capture_name(const struct capture *);	/* base name of the file ("stdin"), or the interface */
bool		 capture_progress(const struct capture *, uint64_t *done, uint64_t *total);	/* bytes; false if unknown */
bool		 capture_drops(struct capture *, uint64_t *received, uint64_t *dropped, uint64_t *ifdropped); /* live */

#endif
