#include "commands/pin_running.h"

#include "base/log.h"
#include "drift/verdict.h"

#define KNOWN_MOST 16 /* digests of a repository that the database is asked for */
#define ROWS_MOST 64  /* different images and platforms of one container */

/* The choice for one use, while it is made. */
struct choosing {
	struct pin_running *running;
	const struct declared_use *use;
	struct inquiry inquiry;
	const struct report_use *rows[ROWS_MOST];
	size_t row_count;
	struct digest tag; /* what the tag has now; unknown where it has none */
	bool silent;       /* some candidate could not be looked at */
	struct pin_choice choice;
};

bool pin_running_load(struct pin_running *running, struct store *store, struct error *err)
{
	running->store = store;
	if (!store_load_report(store, 0, &running->scan, err))
		return false;
	if (running->scan.cluster_count > 1)
		return error_set(err, ERROR_USAGE,
				 "the newest scan in the database asked %zu clusters, "
				 "which may run different images: run 'pindrift scan' "
				 "on the one to pin to",
				 running->scan.cluster_count);
	return running->scan.cluster_count ||
	       error_set(err, ERROR_USAGE,
			 "the newest scan in the database asked no cluster: run "
			 "'pindrift scan' on the one to pin to");
}

void pin_running_release(struct pin_running *running)
{
	report_release(&running->scan);
	table_release(&running->known);
	arena_release(&running->arena);
}

static void conclude(struct choosing *choosing, enum pin_choice_state state,
		     const char *reason)
{
	choosing->choice.state = state;
	choosing->choice.reason = reason;
}

/* "docker.io/library/nginx", as images say where they were fetched from. */
static const char *repository_name(struct choosing *choosing)
{
	const struct image_ref *ref = &choosing->use->image.ref;

	return arena_printf(choosing->inquiry.arena, "%s/%s", ref->registry,
			    ref->repository);
}

/* The namespace that the use is for, as far as it is known. */
static const char *namespace_of(const struct choosing *choosing)
{
	const char *declared = choosing->use->namespace;

	return declared[0] ? declared : choosing->running->namespace;
}

static bool is_container(const struct declared_use *use, const struct report_use *row)
{
	return strcmp(row->container, use->image.container) == 0 &&
	       strcmp(row->class, container_class_name(use->image.class)) == 0;
}

/*
 * A container of a custom resource's pods that the scan held to a field which declared
 * the same: the field need not name it.
 */
static bool is_of_field(const struct declared_use *use, const struct report_use *row)
{
	return !use->workload && strcmp(row->declared, use->image.text) == 0 &&
	       strcmp(row->verdict, "unknown") != 0;
}

static bool is_of_use(const struct choosing *choosing, const struct report_use *row)
{
	const struct declared_use *use = choosing->use;
	const char *namespace = namespace_of(choosing);

	return object_id_equal(&row->object, &use->object) &&
	       (use->workload ? is_container(use, row) : is_of_field(use, row)) &&
	       (!namespace[0] || strcmp(row->namespace, namespace) == 0);
}

/* What keeps a row from being pinned to; NULL for nothing. */
static const char *row_problem(const struct choosing *choosing,
			       const struct report_use *row)
{
	if (strcmp(row->state, "rolling-out") == 0)
		return "a rollout was in progress at the last scan: scan again";
	if (strcmp(row->state, "started") != 0)
		return "it had not started at the last scan: scan again";
	if (choosing->row_count > 0 &&
	    strcmp(choosing->rows[0]->namespace, row->namespace) != 0)
		return "it runs in several namespaces: name one, in the manifest or by "
		       "-n";
	if (choosing->row_count == ROWS_MOST)
		return "it runs as too many images";
	return NULL;
}

/* Whether the use is meant for the cluster that the scan saw; else false and the reason.
 */
static bool is_for_cluster(struct choosing *choosing)
{
	const struct cluster_identity *seen = &choosing->running->scan.clusters[0];
	const char *meant = choosing->use->cluster;

	if (meant[0] == '\0' || cluster_is_called(seen, meant))
		return true;
	conclude(choosing, PIN_NOTHING,
		 arena_printf(choosing->inquiry.arena,
			      "it is meant for cluster %s, and the last scan was of %s: "
			      "scan that one",
			      meant, seen->name[0] ? seen->name : seen->key));
	return false;
}

/* False with the reason where what runs is no ground to pin on. */
static bool find_rows(struct choosing *choosing)
{
	const struct report *scan = &choosing->running->scan;

	if (!is_for_cluster(choosing))
		return false;
	for (size_t i = 0; i < scan->running_count; i++) {
		const struct report_use *row = &scan->running[i];
		const char *problem;

		if (!is_of_use(choosing, row))
			continue;
		problem = row_problem(choosing, row);
		if (problem) {
			conclude(choosing, PIN_NOTHING, problem);
			return false;
		}
		choosing->rows[choosing->row_count++] = row;
	}
	if (choosing->row_count == 0)
		conclude(choosing, PIN_NOTHING, "the last scan saw nothing of it run");
	return choosing->row_count > 0;
}

/* What the node reported, and where that may be found. */
static struct side running_side(struct choosing *choosing, const struct report_use *row)
{
	struct image_id id = image_id_parse(row->image_id, choosing->inquiry.arena);
	const struct image_ref *ref = &choosing->use->image.ref;
	struct side side = { .digest = id.digest, .bare = id.form == IMAGE_ID_BARE };

	side_add_place(&side, ref->registry, ref->repository);
	side_add_place(&side, id.registry, id.repository);
	return side;
}

/* Whether the candidate holds what runs, on every platform that it runs on. */
static enum verdict_answer covers(struct choosing *choosing, const struct side *candidate)
{
	for (size_t i = 0; i < choosing->row_count; i++) {
		const struct report_use *row = choosing->rows[i];
		struct platform platform = platform_parse(row->platform);
		struct side running = running_side(choosing, row);
		struct verdict verdict = verdict_compare(&choosing->inquiry, candidate,
							 &running, &platform);

		choosing->silent = choosing->silent || verdict.silent;
		if (verdict.answer != VERDICT_MATCH)
			return verdict.answer;
	}
	return VERDICT_MATCH;
}

/* Whether the declared repository holds the candidate; its bytes are known. */
static enum known find_in_repository(struct choosing *choosing, const struct image *image)
{
	struct image_ref ref = choosing->use->image.ref;
	const struct digest_fact *fact;
	enum known known;

	if (strcmp(image->fetched_from, repository_name(choosing)) == 0)
		return KNOWN_YES;
	ref.digest = image->digest;
	known = inquiry_presence(&choosing->inquiry, &ref, &fact);
	if (known != KNOWN_YES || fact->state == FACT_FOUND)
		return known;
	choosing->silent = choosing->silent || fact->state != FACT_ABSENT;
	return KNOWN_NO;
}

/*
 * True where the search ends with this candidate: it is chosen, or something has to be
 * learnt first.  `manifest`: it need not be an image index.
 */
static bool try_candidate(struct choosing *choosing, const struct digest *digest,
			  bool manifest)
{
	const struct image_ref *ref = &choosing->use->image.ref;
	struct side candidate = { .digest = *digest };
	const struct image *image;
	enum verdict_answer answer;
	enum known known;

	side_add_place(&candidate, ref->registry, ref->repository);
	choosing->inquiry.silent = false;
	known = inquiry_manifest(&choosing->inquiry, &candidate, digest, &image);
	if (known == KNOWN_YES)
		known = find_in_repository(choosing, image);
	if (known == KNOWN_LATER) {
		conclude(choosing, PIN_LATER, "");
		return true;
	}
	choosing->silent = choosing->silent || choosing->inquiry.silent;
	if (known == KNOWN_NO || (image->kind != IMAGE_INDEX && !manifest))
		return false;
	answer = covers(choosing, &candidate);
	if (answer != VERDICT_MATCH && answer != VERDICT_LATER)
		return false;
	conclude(choosing, answer == VERDICT_MATCH ? PIN_CHOSEN : PIN_LATER, "");
	choosing->choice.digest = *digest;
	choosing->choice.moved =
		digest_known(&choosing->tag) && !digest_equal(&choosing->tag, digest);
	return true;
}

/* What the tag has now is as good a pin as any, index or not: it is all there is. */
static bool try_tag(struct choosing *choosing)
{
	return digest_known(&choosing->tag) &&
	       try_candidate(choosing, &choosing->tag, true);
}

static bool try_declared(struct choosing *choosing)
{
	const struct digest *declared = &choosing->use->image.ref.digest;

	return digest_known(declared) && try_candidate(choosing, declared, true);
}

/* `manifest`: without an index that holds it, what runs itself. */
static bool try_running(struct choosing *choosing, bool manifest)
{
	struct side side = running_side(choosing, choosing->rows[0]);

	return digest_known(&side.digest) &&
	       try_candidate(choosing, &side.digest, manifest);
}

/* The database is asked once for each repository; without an answer it knows nothing. */
static struct digest_list *known_digests(struct choosing *choosing)
{
	struct pin_running *running = choosing->running;
	const char *name = repository_name(choosing);
	struct error err = ERROR_INIT;
	const char **key;
	void **slot = table_slot(&running->known, name, strlen(name), &key);
	struct digest_list *known = *slot;

	if (known)
		return known;
	known = arena_alloc(&running->arena, sizeof(*known));
	*slot = known;
	*key = name;
	if (!store_repository_indexes(running->store, name, KNOWN_MOST, &running->arena,
				      known, &err))
		log_message(LOG_WARNING, "%s", err.text);
	return known;
}

static bool try_known(struct choosing *choosing)
{
	const struct digest_list *known = known_digests(choosing);

	for (size_t i = 0; i < known->count; i++) {
		if (try_candidate(choosing, &known->items[i], false))
			return true;
	}
	return false;
}

/* In the order that docs/pinning.md gives. */
static bool try_all(struct choosing *choosing)
{
	bool stays = digest_known(&choosing->use->image.ref.digest) &&
		     !choosing->running->update;

	if (stays && try_declared(choosing))
		return true;
	if (try_tag(choosing) || (!stays && try_declared(choosing)))
		return true;
	return try_running(choosing, false) || try_known(choosing) ||
	       (choosing->running->allow_platform && try_running(choosing, true));
}

/* Learn what the tag has; false while that is to be asked. */
static bool ask_tag(struct choosing *choosing)
{
	const struct image_ref *ref = &choosing->use->image.ref;
	const struct tag_fact *fact;

	if (digest_known(&ref->digest) && !ref->tag[0])
		return true;
	if (inquiry_tag(&choosing->inquiry, ref->registry, ref->repository,
			image_ref_tag(ref), &fact) != KNOWN_YES) {
		conclude(choosing, PIN_LATER, "");
		return false;
	}
	if (fact->state == FACT_FOUND)
		choosing->tag = fact->digest;
	else
		choosing->silent = fact->state != FACT_ABSENT;
	return true;
}

/* No candidate holds what runs. */
static void conclude_nothing(struct choosing *choosing)
{
	const struct report_use *row = choosing->rows[0];
	struct arena *arena = choosing->inquiry.arena;
	const char *several =
		choosing->row_count > 1 ? " and on other nodes other images" : "";

	if (choosing->silent)
		conclude(choosing, PIN_SILENT,
			 arena_printf(arena, "a registry could not say what %s is",
				      row->image_id));
	else
		conclude(choosing, PIN_NOTHING,
			 arena_printf(arena,
				      "%s runs%s, and no image index in %s/%s is known "
				      "that holds it%s",
				      row->image_id, several,
				      choosing->use->image.ref.registry,
				      choosing->use->image.ref.repository,
				      choosing->running->allow_platform
					      ? ""
					      : "; --allow-platform pins one platform's "
						"manifest"));
}

struct pin_choice pin_running_choose(struct pin_running *running,
				     const struct declared_use *use,
				     const struct snapshot *facts, struct wants *wants)
{
	struct choosing choosing = {
		.running = running,
		.use = use,
		.inquiry = { .snapshot = facts,
			     .wants = wants,
			     .arena = &running->arena,
			     .reason = "" },
		.choice = { .reason = "" },
	};

	if (find_rows(&choosing) && ask_tag(&choosing) && !try_all(&choosing))
		conclude_nothing(&choosing);
	return choosing.choice;
}
