#include "drift/mixed.h"

#include "drift/evaluate.h"
#include "drift/reference.h"
#include "model/workload.h"

#define MIXED_MOST                                                                       \
	16 /* different digests of one use that are compared with each other             \
	    */

/* The rows that are asked, one for each digest on each platform. */
struct samples {
	const struct use_row *rows[MIXED_MOST];
	size_t count;
	bool more; /* there are others still */
};

/* The topmost owner that has a template, as far as is known; NULL: none has. */
static const struct object_id *workload_of(const struct running_use *running)
{
	for (size_t i = running->owner_count; i > 0; i--) {
		const struct object_id *owner = &running->owners[i - 1];

		if (workload_kind_find(owner->api_group, owner->kind))
			return owner;
	}
	return NULL;
}

/*
 * Whether two rows of a use are of one container.  A custom resource may have pods of
 * several kinds, in which containers of one name are to run other images: they count
 * where one reference stands for both.
 */
static bool is_one_container(const struct use_row *a, const struct use_row *b)
{
	const struct object_id *one = workload_of(a->running);
	const struct object_id *other = workload_of(b->running);

	return (one && other && object_id_equal(one, other)) ||
	       reference_same(&a->running->image, &b->running->image);
}

/* Uses of one declaration may be of several containers of a custom resource. */
static bool is_namesake(const struct use_row *a, const struct use_row *b)
{
	return a->running->image.class == b->running->image.class &&
	       strcmp(a->running->image.container, b->running->image.container) == 0;
}

static bool is_alike(const struct use_row *a, const struct use_row *b)
{
	return a->running->cluster == b->running->cluster &&
	       strcmp(a->running->image_id_text, b->running->image_id_text) == 0 &&
	       platform_equal(&a->running->platform, &b->running->platform) &&
	       is_namesake(a, b) && is_one_container(a, b);
}

static void sample(struct samples *samples, const struct use_row *row)
{
	if (!evaluate_asks(row))
		return;
	for (size_t i = 0; i < samples->count; i++) {
		if (is_alike(samples->rows[i], row))
			return;
	}
	if (samples->count < MIXED_MOST)
		samples->rows[samples->count++] = row;
	else
		samples->more = true;
}

/* Two rows of one platform, or of none that both would share. */
static enum answer compare_rows(struct drift *drift, const struct use_row *one,
				const struct use_row *other, struct verdict *verdict)
{
	struct side a = evaluate_side(one, NULL), b = evaluate_side(other, NULL);
	struct platform platform = one->running->platform;
	bool same_platform = platform_equal(&platform, &other->running->platform);
	bool two_platforms = !same_platform && platform_known(&platform) &&
			     platform_known(&other->running->platform);

	if (!same_platform)
		platform = platform_make("", "", "");
	*verdict = verdict_compare_peers(&drift->inquiry, &a, &b, &platform);
	if (verdict->answer == VERDICT_MATCH || verdict->how == HOW_OTHER_PLATFORM)
		return ANSWER_NO;
	if (verdict->answer != VERDICT_DRIFT)
		return ANSWER_UNKNOWN;
	if (verdict->one_platform || platform_known(&platform))
		return ANSWER_YES;
	return two_platforms ? ANSWER_NO : ANSWER_UNKNOWN;
}

static bool is_resolved(const struct drift *drift, const struct use_row *row)
{
	return image_set_find(&drift->snapshot->images, &row->running->image_id.digest) !=
	       NULL;
}

/* Take the answer of one more pair of rows into account. */
static void take_pair(struct drift *drift, struct mixed *mixed, const struct use_row *one,
		      const struct use_row *other)
{
	struct verdict verdict;
	enum answer answer = compare_rows(drift, one, other, &verdict);

	if (answer == ANSWER_YES && mixed->answer != ANSWER_YES) {
		mixed->answer = answer;
		mixed->one = one;
		mixed->other = other;
	}
	if (answer != ANSWER_UNKNOWN)
		return;
	if (mixed->answer == ANSWER_NO)
		mixed->answer = answer;
	if (!mixed->open && !(is_resolved(drift, one) && is_resolved(drift, other))) {
		mixed->open = is_resolved(drift, one) ? other : one;
		mixed->verdict = verdict;
	}
}

struct mixed mixed_evaluate(struct drift *drift, const struct use *use)
{
	struct samples samples = { .count = 0 };
	struct mixed mixed = { .answer = ANSWER_NO };

	for (size_t i = 0; i < use->row_count; i++)
		sample(&samples, &use->rows[i]);
	if (samples.more)
		mixed.answer = ANSWER_UNKNOWN;
	for (size_t i = 0; i < samples.count; i++) {
		for (size_t j = i + 1; j < samples.count; j++) {
			if (is_one_container(samples.rows[i], samples.rows[j]))
				take_pair(drift, &mixed, samples.rows[i],
					  samples.rows[j]);
		}
	}
	return mixed;
}

struct mixed mixed_evaluate_clusters(struct drift *drift, const struct use_places *places)
{
	struct samples samples = { .count = 0 };
	struct mixed mixed = { .answer = ANSWER_NO };

	for (size_t i = 0; i < places->count; i++) {
		for (size_t j = 0; j < places->items[i]->row_count; j++)
			sample(&samples, &places->items[i]->rows[j]);
	}
	if (samples.more)
		mixed.answer = ANSWER_UNKNOWN;
	for (size_t i = 0; i < samples.count; i++) {
		for (size_t j = i + 1; j < samples.count; j++) {
			if (samples.rows[i]->running->cluster !=
				    samples.rows[j]->running->cluster &&
			    is_namesake(samples.rows[i], samples.rows[j]))
				take_pair(drift, &mixed, samples.rows[i],
					  samples.rows[j]);
		}
	}
	return mixed;
}
