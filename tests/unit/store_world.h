/*
 * store_world.h - small scans, made by hand, for the tests of the store
 *
 * A world is what one scan sees and concludes.  A test makes one, changes it between
 * scans, and keeps it with world_scan().  Helpers fail the test where something does.
 */
#ifndef TESTS_UNIT_STORE_WORLD_H
#define TESTS_UNIT_STORE_WORLD_H

#include "store/store_private.h"

#include "tests/unit/check.h"

#define HEX_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HEX_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define DIGEST_A "sha256:" HEX_A
#define DIGEST_B "sha256:" HEX_B

#define WORLD_CLUSTER "uid:1f0e"
#define WORLD_TREE "https://git.example.com/shop.git"

struct world {
	struct snapshot snapshot;
	struct outcome outcome;
	struct report_scan scan;
};

/* One cluster and one tree, both covered; nothing in them yet. */
void world_init(struct world *world);
void world_release(struct world *world);

/* Forget what was covered, and what runs, is declared, known and found. */
void world_clear(struct world *world);
void world_cover_namespace(struct world *world, const char *namespace, bool observed);
void world_cover_path(struct world *world, const char *path, bool observed);

/* The new item, to be changed at will. */
struct report_use *world_run(struct world *world, const char *namespace, const char *name,
			     const char *image_id);
struct declared_use *world_declare(struct world *world, const char *path,
				   const char *name, const char *image);
/* `digest` NULL: absent, unless `state` says otherwise. */
void world_tag(struct world *world, const char *tag, enum fact_state state,
	       const char *digest);
/* A finding on a workload of a namespace; earlier_id by its fingerprint. */
struct judged_finding *world_find(struct world *world, struct store *store,
				  const char *fingerprint, const char *namespace,
				  enum finding_state state);

/* Begin and finish a scan.  Its id; scan n starts at n * 1000. */
int64_t world_scan(struct world *world, struct store *store);
/* A scan that looks at the namespace billing alone. */
void world_scan_elsewhere(struct store *store);

/* A row of a group of tests; each test has a folder of its own in `*state`. */
#define WORLD_TEST(test)                                                                 \
	cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)
int world_setup(void **state);
int world_teardown(void **state);
/* A path in that folder; of a few, so copy it to keep it. */
const char *world_path(void **state, const char *name);

struct store *world_open(void **state, enum store_mode mode);

/* Every row of every table as text, on the heap. */
char *world_dump(struct store *store);
/* The same without the tables of scans. */
char *world_dump_but_scans(struct store *store);
/* The first column of the first row. */
int64_t world_number(struct store *store, const char *sql);

/*
 * Run `check` in a child process that is not root, so that file modes hold.  A failed
 * assertion in it fails the test; where it cannot be had the test is skipped.
 */
void world_as_nobody(void **state, void (*check)(void **state));

#endif
