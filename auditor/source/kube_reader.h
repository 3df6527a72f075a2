/*
 * kube_reader.h - a page of a list, read while the rest of it is received
 *
 * Taking bytes from the wire (TLS) and reading them cost about the same.  Behind the
 * continue token, which decides what is asked for next, a worker reads one batch while
 * the next one arrives.
 */
#ifndef SOURCE_KUBE_READER_H
#define SOURCE_KUBE_READER_H

#include "base/worker.h"
#include "source/kube_page.h"

struct kube_reader {
	/*
	 * What was read.  Nobody but the worker looks at it from the items on (`beside`)
	 * until kube_reader_finish().
	 */
	struct kube_page page;

	/* Its own. */
	struct worker *worker;
	bool beside;        /* the worker reads */
	struct job job;     /* of reading `batch` */
	struct buf batch;   /* the job's */
	struct error err;   /* the job's: what is wrong with it */
	struct buf arrived; /* since then */
};

/* `reader` must stay where it is.  NULL for a worker: bytes are read as they come. */
void kube_reader_init(struct kube_reader *reader, const struct json_shape *shape,
		      struct worker *worker);
/* Also in the middle of a page. */
void kube_reader_release(struct kube_reader *reader);
/* As newly made, for another page of the list; the memory is kept. */
void kube_reader_clear(struct kube_reader *reader);

/*
 * Take the next bytes.  The token may be looked at after each call until it is there:
 * then no longer.  Errors as those of kube_page_feed(), perhaps of earlier bytes.
 */
MUST_CHECK bool kube_reader_feed(struct kube_reader *reader, const char *data,
				 size_t length, struct error *err);

/* There are no more bytes: as kube_page_finish(). */
MUST_CHECK bool kube_reader_finish(struct kube_reader *reader, struct error *err);

#endif
