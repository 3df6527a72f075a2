#include "base/parallel.h"

#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

struct loop {
	atomic_size_t next;
	size_t count;
	void (*body)(size_t number, void *user);
	void *user;
};

unsigned parallel_processors(void)
{
	cpu_set_t set;
	int count;

	/* More processors than the set has room for: more than are wanted. */
	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return PARALLEL_MOST;
	count = CPU_COUNT(&set);
	return count < PARALLEL_MOST ? (unsigned)count : PARALLEL_MOST;
}

/* Whoever is free takes the next number. */
static void *work(void *argument)
{
	struct loop *loop = argument;
	size_t number;

	while ((number = atomic_fetch_add(&loop->next, 1)) < loop->count)
		loop->body(number, loop->user);
	return NULL;
}

/* Threads inherit the mask of signals. */
bool thread_begin(pthread_t *thread, void *(*body)(void *user), void *user)
{
	sigset_t all, before;
	bool begun;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	begun = pthread_create(thread, NULL, body, user) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return begun;
}

static unsigned start(pthread_t *threads, unsigned wanted, struct loop *loop)
{
	unsigned started = 0;

	while (started < wanted && thread_begin(&threads[started], work, loop))
		started++;
	return started;
}

void parallel_run(size_t count, unsigned threads, void (*body)(size_t number, void *user),
		  void *user)
{
	struct loop loop = { .count = count, .body = body, .user = user };
	pthread_t others[PARALLEL_MOST];
	unsigned wanted = threads < PARALLEL_MOST ? threads : PARALLEL_MOST;
	unsigned started;

	if (wanted > count)
		wanted = (unsigned)count;
	started = wanted > 1 ? start(others, wanted - 1, &loop) : 0;
	work(&loop);
	for (unsigned i = 0; i < started; i++)
		pthread_join(others[i], NULL);
}
