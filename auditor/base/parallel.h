/*
 * parallel.h - one loop on several processors
 *
 * The threads live no longer than the call, and take no signals: handlers run where they
 * always do, on the caller's.  A body shares nothing that it writes with another
 * number's.
 */
#ifndef BASE_PARALLEL_H
#define BASE_PARALLEL_H

#include "base/base.h"

#include <pthread.h>

#define PARALLEL_MOST 8 /* threads, however many processors there are */

/* The processors that this process may run on (sched_setaffinity(2)), at most
 * PARALLEL_MOST. */
unsigned parallel_processors(void);

/* Begin a thread to which no signal is delivered; false where the system refuses it. */
bool thread_begin(pthread_t *thread, void *(*body)(void *user), void *user);

/*
 * Call `body` once for each number below `count`, on the caller's and up to
 * `threads` - 1 more threads; in order on each, in any order between them.  Threads that
 * the system refuses are done without.
 */
void parallel_run(size_t count, unsigned threads, void (*body)(size_t number, void *user),
		  void *user);

#endif
