#include "base/worker.h"

#include "base/parallel.h"
#include "tests/unit/check.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

#define JOBS 1000

/* What jobs do, in the order in which they come. */
struct diary {
	unsigned entries[JOBS];
	size_t count;
};

struct entry {
	struct job job;
	struct diary *diary;
	unsigned number;
};

static void write_entry(void *user)
{
	const struct entry *entry = user;

	entry->diary->entries[entry->diary->count++] = entry->number;
}

static void check_diary(struct worker *worker)
{
	static struct entry entries[JOBS];
	struct diary diary = { .count = 0 };

	for (unsigned i = 0; i < JOBS; i++) {
		entries[i] = (struct entry){ .job = { .body = write_entry,
						      .user = &entries[i] },
					     .diary = &diary,
					     .number = i };
		worker_start(worker, &entries[i].job);
	}
	worker_wait(worker, &entries[JOBS - 1].job);
	assert_int_equal(diary.count, JOBS);
	for (unsigned i = 0; i < JOBS; i++) {
		assert_int_equal(diary.entries[i], i);
		assert_false(worker_is_busy(worker, &entries[i].job));
	}
}

static void jobs_are_done_in_the_order_they_came(void **state)
{
	CLEANUP(worker_free) struct worker *worker = worker_new();

	(void)state;
	check_diary(worker);
	check_diary(NULL);
}

static void what_a_job_wrote_is_there_behind_the_wait(void **state)
{
	CLEANUP(worker_free) struct worker *worker = worker_new();
	struct diary diary = { .count = 0 };
	struct entry entry = { .job = { .body = write_entry, .user = &entry },
			       .diary = &diary };

	(void)state;
	worker_wait(worker, &entry.job); /* which was never given */
	for (unsigned i = 0; i < JOBS; i++) {
		entry.number = i;
		worker_start(worker, &entry.job);
		worker_wait(worker, &entry.job);
		assert_int_equal(diary.count, i + 1);
		assert_int_equal(diary.entries[i], i);
	}
}

struct meeting {
	atomic_bool open;
	pthread_t thread;
	bool signals_blocked;
};

static void meet(void *user)
{
	struct meeting *meeting = user;
	sigset_t mask;

	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	meeting->thread = pthread_self();
	meeting->signals_blocked =
		sigismember(&mask, SIGTERM) && sigismember(&mask, SIGINT);
	while (!atomic_load(&meeting->open))
		sched_yield();
}

/* The caller comes back while the job is under way, or this would never end. */
static void a_job_is_done_beside_the_caller_and_takes_no_signals(void **state)
{
	CLEANUP(worker_free) struct worker *worker = worker_new();
	struct meeting meeting = { .signals_blocked = false };
	struct job job = { .body = meet, .user = &meeting };

	(void)state;
	if (parallel_processors() < 2)
		skip();
	worker_start(worker, &job);
	assert_true(worker_is_busy(worker, &job));
	atomic_store(&meeting.open, true);
	worker_wait(worker, &job);
	assert_false(pthread_equal(meeting.thread, pthread_self()));
	assert_true(meeting.signals_blocked);
}

static void one_processor_needs_no_thread(void **state)
{
	struct meeting meeting = { .open = true };
	struct job job = { .body = meet, .user = &meeting };
	struct worker *worker;
	cpu_set_t before, one;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	CPU_ZERO(&one);
	for (size_t i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++)
		if (CPU_ISSET(i, &before))
			CPU_SET(i, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	worker = worker_new();
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
	assert_null(worker);
	worker_start(worker, &job);
	assert_true(pthread_equal(meeting.thread, pthread_self()));
	assert_false(worker_is_busy(worker, &job));
	worker_wait(worker, &job);
	worker_free(&worker);
}

static void a_worker_without_jobs_ends(void **state)
{
	struct worker *worker = worker_new(), *none = NULL;

	(void)state;
	worker_free(&worker);
	worker_free(&none);
	assert_null(worker);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(jobs_are_done_in_the_order_they_came),
		cmocka_unit_test(what_a_job_wrote_is_there_behind_the_wait),
		cmocka_unit_test(a_job_is_done_beside_the_caller_and_takes_no_signals),
		cmocka_unit_test(one_processor_needs_no_thread),
		cmocka_unit_test(a_worker_without_jobs_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
