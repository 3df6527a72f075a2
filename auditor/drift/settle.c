#include "drift/settle.h"

#include "base/buf.h"
#include "drift/scopes.h"

/* How the scopes of an earlier finding stand to this scan. */
struct standing {
	struct arena arena;
	size_t observed, hidden, elsewhere;
	struct scope_set not_observed; /* those that are hidden or elsewhere */
	struct scope_set not_asked;    /* those that are elsewhere */
};

static void stand(struct standing *standing, const struct sight *sight, const char *scope)
{
	bool left_out = sight_leaves_out(sight, scope);

	if (!left_out && sight_observed(sight, scope)) {
		standing->observed++;
		return;
	}
	scope_set_add(&standing->not_observed, scope);
	if (!left_out && sight_asked(sight, scope)) {
		standing->hidden++;
		return;
	}
	standing->elsewhere++;
	scope_set_add(&standing->not_asked, scope);
}

static void standing_release(struct standing *standing)
{
	scope_set_release(&standing->not_observed);
	scope_set_release(&standing->not_asked);
	arena_release(&standing->arena);
}

static struct standing standing_of(const struct sight *sight, const char *scopes)
{
	struct standing standing = { .arena = ARENA_INIT };
	CLEANUP(scope_set_release) struct scope_set all = { TABLE_INIT };

	scope_set_add_lines(&all, &standing.arena, scopes);
	for (size_t i = 0; i < all.scopes.count; i++)
		stand(&standing, sight, all.scopes.entries[i].key);
	return standing;
}

/* There is room for all of them: make_room(). */
static struct judged_finding *outcome_add(struct outcome *outcome,
					  const struct finding *finding,
					  enum finding_state state, int64_t earlier_id,
					  const char *scopes)
{
	struct judged_finding *added = &outcome->findings[outcome->finding_count++];

	*added = (struct judged_finding){
		.finding = *finding,
		.earlier_id = earlier_id,
		.scopes = scopes,
	};
	added->finding.state = state;
	if (finding->waiver && (state == FINDING_NEW || state == FINDING_OPEN))
		added->finding.state = FINDING_WAIVED;
	return added;
}

/* A tag or pin that nobody in this scan's view shows any more may stand elsewhere. */
static void settle_any(struct outcome *outcome, const struct earlier_finding *earlier,
		       const struct standing *standing)
{
	if (standing->hidden)
		outcome_add(outcome, &earlier->finding, FINDING_UNKNOWN, earlier->id,
			    scope_set_text(&standing->not_observed, &outcome->arena));
	else if (standing->elsewhere && standing->observed)
		outcome_add(outcome, &earlier->finding, FINDING_OPEN, earlier->id,
			    scope_set_text(&standing->not_asked, &outcome->arena))
			->elsewhere = true;
	else if (!standing->elsewhere)
		outcome_add(outcome, &earlier->finding, FINDING_FIXED, earlier->id,
			    earlier->scopes);
}

/* A waiver in a comment, where comments are not heeded: nobody knows whether it is there.
 */
static bool is_unheeded(const struct sight *sight, const struct finding *finding)
{
	return sight->no_inline_waivers && finding->subject == SUBJECT_WAIVER &&
	       strcmp(finding->file, sight->policy_file) != 0;
}

/* This scan did not meet the subject. */
static void settle_absent(const struct sight *sight, struct outcome *outcome,
			  const struct earlier_finding *earlier)
{
	CLEANUP(standing_release)
	struct standing standing = standing_of(sight, earlier->scopes);

	if (subject_stands_by_any(earlier->finding.subject))
		settle_any(outcome, earlier, &standing);
	else if (!standing.elsewhere)
		outcome_add(outcome, &earlier->finding,
			    standing.hidden || is_unheeded(sight, &earlier->finding)
				    ? FINDING_UNKNOWN
				    : FINDING_FIXED,
			    earlier->id, earlier->scopes);
}

/* The union of two sets of lines. */
static const char *merge(struct outcome *outcome, const char *one, const char *other)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	CLEANUP(scope_set_release) struct scope_set set = { TABLE_INIT };

	scope_set_add_lines(&set, &arena, one);
	scope_set_add_lines(&set, &arena, other);
	return scope_set_text(&set, &outcome->arena);
}

/* Still so: where it was seen, and where nobody looked. */
static void settle_again(const struct sight *sight, struct outcome *outcome,
			 const struct judged *judged,
			 const struct earlier_finding *earlier)
{
	CLEANUP(standing_release)
	struct standing standing = standing_of(sight, earlier->scopes);
	const char *scopes = judged->scopes;

	if (subject_stands_by_any(judged->rule->subject))
		scopes = merge(outcome, scopes,
			       scope_set_text(&standing.not_observed, &standing.arena));
	outcome_add(outcome, judged->finding, FINDING_OPEN, earlier->id, scopes);
}

/* This scan met the subject, and an earlier one had found the rule broken there. */
static void settle_judged(const struct sight *sight, struct outcome *outcome,
			  const struct judged *judged,
			  const struct earlier_finding *earlier)
{
	switch (judged->answer) {
	case ANSWER_YES:
		settle_again(sight, outcome, judged, earlier);
		break;
	case ANSWER_UNKNOWN:
		outcome_add(outcome, &earlier->finding, FINDING_UNKNOWN, earlier->id,
			    merge(outcome, judged->scopes, earlier->scopes));
		break;
	case ANSWER_NO:
		if (judged->rule->across_clusters ||
		    (subject_stands_by_any(judged->rule->subject) &&
		     !judged->rule->by_registry))
			settle_absent(sight, outcome, earlier);
		else
			outcome_add(outcome, &earlier->finding, FINDING_FIXED,
				    earlier->id, earlier->scopes);
		break;
	case ANSWER_NONE:
		settle_absent(sight, outcome, earlier);
		break;
	}
}

/* The length of "tree/TREE": other runs may cover more, or less, of the same tree. */
static size_t tree_length(const char *scopes)
{
	size_t kind = strcspn(scopes, "/\n");

	return kind + (scopes[kind] == '/') +
	       strcspn(scopes + kind + (scopes[kind] == '/'), "/\n");
}

/* The file of a declaration: it may rest on clusters too, more or fewer another time. */
static void add_file(struct buf *key, const char *scopes)
{
	static const char tree[] = "tree/";

	while (scopes[0] != '\0') {
		size_t length = strcspn(scopes, "\n");

		if (strncmp(scopes, tree, strlen(tree)) == 0) {
			buf_add(key, scopes, length);
			buf_putc(key, '\n');
		}
		scopes += length + (scopes[length] == '\n');
	}
}

/* What two findings have in common only if they are of one rule and subject. */
static struct buf subject_key(const char *rule, enum subject_kind kind,
			      const char *fingerprint, const char *reference,
			      const char *scopes)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct error ignored = ERROR_INIT;
	struct buf key = BUF_KEY_INIT;
	struct image_ref ref;

	buf_add_part(&key, rule);
	if (kind == SUBJECT_PIN && image_ref_parse(&ref, &arena, reference, &ignored)) {
		buf_add_part(&key, ref.registry);
		buf_add_part(&key, ref.repository);
		buf_add_part(&key, ref.digest.text);
		return key;
	}
	buf_add_part(&key, fingerprint);
	if (kind == SUBJECT_DECLARATION)
		add_file(&key, scopes);
	if (kind == SUBJECT_WAIVER)
		buf_add(&key, scopes, tree_length(scopes));
	return key;
}

static struct buf judged_key(const struct judged *judged)
{
	return subject_key(judged->rule->id, judged->rule->subject, judged->fingerprint,
			   judged->reference, judged->scopes);
}

static struct buf earlier_key(const struct earlier_finding *earlier)
{
	const struct finding *finding = &earlier->finding;

	return subject_key(finding->rule, finding->subject, finding->fingerprint,
			   finding->reference, earlier->scopes);
}

/* The judged findings, by subject; keys in `arena`. */
static struct table index_judged(const struct judged_list *judged, struct arena *arena)
{
	struct table table = TABLE_INIT;

	for (size_t i = 0; i < judged->count; i++) {
		CLEANUP(buf_release)
		struct buf key = judged_key(&judged->items[i]);
		const char **kept;
		void **slot = table_slot(&table, key.data, key.length, &kept);

		if (*slot)
			continue;
		*kept = arena_strndup(arena, key.data, key.length);
		*slot = (void *)(uintptr_t)(i + 1);
	}
	return table;
}

/* The number of the judged finding of the same subject, from 1, or 0. */
static size_t find_judged(const struct table *index,
			  const struct earlier_finding *earlier)
{
	CLEANUP(buf_release)
	struct buf key = earlier_key(earlier);

	return (size_t)(uintptr_t)table_find(index, key.data, key.length);
}

/* Room for every earlier finding, and for every new one. */
static void make_room(struct outcome *outcome, const struct judged_list *judged,
		      size_t earlier_count)
{
	size_t most = earlier_count;

	for (size_t i = 0; i < judged->count; i++)
		most += judged->items[i].answer == ANSWER_YES;
	outcome->findings =
		arena_alloc(&outcome->arena, most * sizeof(*outcome->findings));
	outcome->finding_count = 0;
}

void settle(const struct sight *sight, const struct judged_list *judged,
	    const struct earlier_finding *earlier, size_t earlier_count,
	    struct outcome *outcome)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	CLEANUP(table_release) struct table index = index_judged(judged, &arena);
	bool *known CLEANUP(free_pointer) = xcalloc(judged->count + 1, sizeof(*known));

	make_room(outcome, judged, earlier_count);
	for (size_t i = 0; i < earlier_count; i++) {
		size_t number = find_judged(&index, &earlier[i]);

		if (number == 0 || known[number]) {
			settle_absent(sight, outcome, &earlier[i]);
			continue;
		}
		known[number] = true;
		settle_judged(sight, outcome, &judged->items[number - 1], &earlier[i]);
	}
	for (size_t i = 0; i < judged->count; i++) {
		const struct judged *one = &judged->items[i];

		if (one->answer == ANSWER_YES && !known[i + 1])
			outcome_add(outcome, one->finding, FINDING_NEW, 0, one->scopes);
	}
}
