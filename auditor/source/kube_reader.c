#include "source/kube_reader.h"

#define BATCH_BYTES ((size_t)256 * 1024) /* that a job is worth beginning for */
#define ARRIVED_BYTES (2 * BATCH_BYTES)  /* that wait for the worker at most */

/* The job: the worker's thread. */
static void read_batch(void *user)
{
	struct kube_reader *reader = user;

	(void)!kube_page_feed(&reader->page, reader->batch.data, reader->batch.length,
			      &reader->err);
}

void kube_reader_init(struct kube_reader *reader, const struct json_shape *shape,
		      struct worker *worker)
{
	*reader = (struct kube_reader){
		.worker = worker,
		.job = { .body = read_batch, .user = reader },
		.batch = BUF_INIT(SIZE_MAX),
		.err = ERROR_INIT,
		.arrived = BUF_INIT(SIZE_MAX),
	};
	kube_page_init(&reader->page, shape);
}

void kube_reader_release(struct kube_reader *reader)
{
	worker_wait(reader->worker, &reader->job);
	buf_release(&reader->arrived);
	buf_release(&reader->batch);
	kube_page_release(&reader->page);
}

void kube_reader_clear(struct kube_reader *reader)
{
	worker_wait(reader->worker, &reader->job);
	kube_page_clear(&reader->page);
	buf_clear(&reader->arrived);
	reader->err = (struct error)ERROR_INIT;
	reader->beside = false;
}

/* What has been given to the worker is read. */
static bool settle(struct kube_reader *reader, struct error *err)
{
	worker_wait(reader->worker, &reader->job);
	if (reader->err.code == ERROR_NONE)
		return true;
	*err = reader->err;
	return false;
}

static bool give_batch(struct kube_reader *reader, struct error *err)
{
	struct buf spent = reader->batch;

	if (!settle(reader, err))
		return false;
	reader->batch = reader->arrived;
	reader->arrived = spent;
	buf_clear(&reader->arrived);
	worker_start(reader->worker, &reader->job);
	return true;
}

/* As long as the head of the page is read, and where its token may come at the end. */
static bool feed_head(struct kube_reader *reader, const char *data, size_t length,
		      struct error *err)
{
	if (!kube_page_feed(&reader->page, data, length, err))
		return false;
	reader->beside = reader->worker && reader->page.next && reader->page.has_items;
	return true;
}

bool kube_reader_feed(struct kube_reader *reader, const char *data, size_t length,
		      struct error *err)
{
	struct buf *arrived = &reader->arrived;

	if (!reader->beside)
		return feed_head(reader, data, length, err);
	buf_add(arrived, data, length);
	if (arrived->length < BATCH_BYTES ||
	    (arrived->length < ARRIVED_BYTES &&
	     worker_is_busy(reader->worker, &reader->job)))
		return true;
	return give_batch(reader, err);
}

bool kube_reader_finish(struct kube_reader *reader, struct error *err)
{
	return settle(reader, err) &&
	       kube_page_feed(&reader->page, reader->arrived.data, reader->arrived.length,
			      err) &&
	       kube_page_finish(&reader->page, err);
}
