/*
 * worker.h - a thread beside the caller's, for one job after another
 *
 * The thread begins with the first job, takes no signals (as those of parallel.h), and
 * ends with the worker.  Without a second processor there is no worker, and where the
 * system refuses a thread it has none: jobs are done at once by whoever gives them.
 *
 *	worker_start(worker, &job);     from here on what the job uses is the job's,
 *	…                               while the caller goes on
 *	worker_wait(worker, &job);      and from here on the caller's again
 *
 * A worker belongs to one thread: that alone gives jobs and waits for them.
 */
#ifndef BASE_WORKER_H
#define BASE_WORKER_H

#include "base/base.h"

struct worker;

struct job {
	void (*body)(void *user);
	void *user;

	/* The worker's own. */
	struct job *next;
	bool pending; /* given, and not done */
};

/* NULL, which all of these take for a worker, where there is one processor only. */
struct worker *worker_new(void);
/* All of its jobs have been waited for. */
void worker_free(struct worker **worker);

/* Give a job that is not pending.  Jobs are done in the order in which they came. */
void worker_start(struct worker *worker, struct job *job);
/* True while the job is waiting for its turn or being done. */
bool worker_is_busy(struct worker *worker, const struct job *job);
/* Until the job is done, or at once if it never was given. */
void worker_wait(struct worker *worker, const struct job *job);

#endif
