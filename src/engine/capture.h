/* capture.h -- reads frames from files and interfaces.  Only capture.c uses
 * libpcap. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include "base/reader.h"

struct capture;

struct frame {
	struct view	bytes;		/* borrowed until the next call of capture_next() */
	size_t		wire_len;	/* the frame's length before snaplen cut it */
	int64_t		us;		/* microseconds since the epoch */
	int		dlt;		/* the link type, a DLT_ number of libpcap */
};

enum capture_got {
	CAPTURE_FRAME,		/* a frame was read */
	CAPTURE_NONE,		/* live: no frame came within 100 ms */
	CAPTURE_END,		/* the file has ended */
	CAPTURE_BROKEN		/* the file is damaged, or the interface failed */
};

/*
 * Opens a capture file ("-" is standard input), or an interface, for reading.
 * The caller closes it with capture_close(), and keeps the path or the name
 * until then.  Returns NULL on failure, with one line in err (errlen bytes)
 * that says what is wrong and what to do, without the name.
 */
struct capture	*capture_file(const char *path, char *err, size_t errlen);
struct capture	*capture_live(const char *iface, char *err, size_t errlen);

/* Closes and frees the capture.  NULL is allowed. */
void		 capture_close(struct capture *);

/* Reads the next frame.  Returns CAPTURE_FRAME with the frame filled in, or why
 * there is none; after CAPTURE_BROKEN no more will come. */
enum capture_got capture_next(struct capture *, struct frame *);

/* Returns why capture_next() returned CAPTURE_BROKEN; owned by the capture. */
const char	*capture_error(const struct capture *);

/* Returns the file's base name ("stdin" for "-") or the interface; it points
 * into the string that the capture was opened with. */
const char	*capture_name(const struct capture *);

/* Sets how many bytes of the file were read, and how many it has.  Returns
 * false, with nothing set, if that is unknown. */
bool		 capture_progress(const struct capture *, uint64_t *done, uint64_t *total);

/* Sets how many packets were received, dropped for want of buffer and dropped
 * by the interface since the start.  Returns false, with nothing set, if the
 * capture is not live or libpcap does not say. */
bool		 capture_drops(struct capture *, uint64_t *received, uint64_t *dropped,
		    uint64_t *ifdropped);

#endif
