#include "base/worker.h"

#include "base/memory.h"
#include "base/parallel.h"

#include <malloc.h>

struct worker {
	pthread_t thread;
	bool begun;   /* the thread runs */
	bool refused; /* there will be none */

	pthread_mutex_t mutex; /* of all below, and of what jobs have for the worker */
	pthread_cond_t given, done;
	struct job *first, **last;
	bool ending;
};

/* The next job, for which is waited; NULL: there will be none. */
static struct job *take_job(struct worker *worker)
{
	struct job *job;

	while (!worker->first && !worker->ending)
		pthread_cond_wait(&worker->given, &worker->mutex);
	job = worker->first;
	if (!job)
		return NULL;
	worker->first = job->next;
	if (!worker->first)
		worker->last = &worker->first;
	return job;
}

static void *work(void *argument)
{
	struct worker *worker = argument;
	struct job *job;

	pthread_mutex_lock(&worker->mutex);
	while ((job = take_job(worker))) {
		pthread_mutex_unlock(&worker->mutex);
		job->body(job->user);
		pthread_mutex_lock(&worker->mutex);
		job->pending = false;
		pthread_cond_signal(&worker->done);
	}
	pthread_mutex_unlock(&worker->mutex);
	return NULL;
}

static bool begin(struct worker *worker)
{
	worker->begun = thread_begin(&worker->thread, work, worker);
	worker->refused = !worker->begun;
	return worker->begun;
}

struct worker *worker_new(void)
{
	struct worker *worker;

	if (parallel_processors() < 2)
		return NULL;
	worker = xcalloc(1, sizeof(*worker));
	worker->last = &worker->first;
	pthread_mutex_init(&worker->mutex, NULL);
	pthread_cond_init(&worker->given, NULL);
	pthread_cond_init(&worker->done, NULL);
	return worker;
}

static void end(struct worker *worker)
{
	pthread_mutex_lock(&worker->mutex);
	worker->ending = true;
	pthread_cond_signal(&worker->given);
	pthread_mutex_unlock(&worker->mutex);
	pthread_join(worker->thread, NULL);
#ifdef __GLIBC__
	/* It kept memory for the thread alone, which nobody else would be given. */
	malloc_trim(0);
#endif
}

void worker_free(struct worker **worker)
{
	if (!*worker)
		return;
	if ((*worker)->begun)
		end(*worker);
	pthread_cond_destroy(&(*worker)->done);
	pthread_cond_destroy(&(*worker)->given);
	pthread_mutex_destroy(&(*worker)->mutex);
	free(*worker);
	*worker = NULL;
}

void worker_start(struct worker *worker, struct job *job)
{
	if (!worker || worker->refused || (!worker->begun && !begin(worker))) {
		job->body(job->user);
		return;
	}
	pthread_mutex_lock(&worker->mutex);
	job->pending = true;
	job->next = NULL;
	*worker->last = job;
	worker->last = &job->next;
	pthread_cond_signal(&worker->given);
	pthread_mutex_unlock(&worker->mutex);
}

bool worker_is_busy(struct worker *worker, const struct job *job)
{
	bool pending;

	if (!worker)
		return false;
	pthread_mutex_lock(&worker->mutex);
	pending = job->pending;
	pthread_mutex_unlock(&worker->mutex);
	return pending;
}

void worker_wait(struct worker *worker, const struct job *job)
{
	if (!worker)
		return;
	pthread_mutex_lock(&worker->mutex);
	while (job->pending)
		pthread_cond_wait(&worker->done, &worker->mutex);
	pthread_mutex_unlock(&worker->mutex);
}
