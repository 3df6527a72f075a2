#include "drift/settle.h"

#include "base/buf.h"
#include "drift/join.h"

#define SCOPES_BYTES ((size_t)16 * 1024 * 1024)

/* Call `each` with every line of `scopes`. */
static void scopes_each(const char *scopes, struct arena *arena,
			void (*each)(const char *scope, void *user), void *user)
{
	while (*scopes) {
		size_t length = strcspn(scopes, "\n");

		each(arena_strndup(arena, scopes, length), user);
		scopes += length + (scopes[length] == '\n');
	}
}

/* How the scopes of an earlier finding stand to this scan. */
struct standing {
	const struct snapshot *snapshot;
	size_t observed, hidden, elsewhere;
	struct buf not_observed; /* the lines of hidden and elsewhere */
	struct buf not_asked;    /* the lines of elsewhere */
};

/* With a selector, what is not seen of a cluster may be there all the same. */
static bool is_left_out(const struct snapshot *snapshot, const char *scope)
{
	return snapshot->selector[0] != '\0' &&
	       strncmp(scope, "cluster/", strlen("cluster/")) == 0;
}

static void stand(const char *scope, void *user)
{
	struct standing *standing = user;
	bool left_out = is_left_out(standing->snapshot, scope);

	if (!left_out && snapshot_observed(standing->snapshot, scope)) {
		standing->observed++;
		return;
	}
	buf_printf(&standing->not_observed, "%s\n", scope);
	if (!left_out && snapshot_asked(standing->snapshot, scope)) {
		standing->hidden++;
		return;
	}
	standing->elsewhere++;
	buf_printf(&standing->not_asked, "%s\n", scope);
}

static void standing_release(struct standing *standing)
{
	buf_release(&standing->not_observed);
	buf_release(&standing->not_asked);
}

static struct standing standing_of(const struct snapshot *snapshot, struct arena *arena,
				   const char *scopes)
{
	struct standing standing = {
		.snapshot = snapshot,
		.not_observed = BUF_INIT(SCOPES_BYTES),
		.not_asked = BUF_INIT(SCOPES_BYTES),
	};

	scopes_each(scopes, arena, stand, &standing);
	return standing;
}

static int compare_lines(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

struct lines {
	const char **items;
	size_t count;
};

static void line_add(const char *scope, void *user)
{
	struct lines *lines = user;

	lines->items = array_grow(lines->items, lines->count, sizeof(*lines->items));
	lines->items[lines->count++] = scope;
}

const char *scopes_merge(struct arena *arena, const char *a, const char *b)
{
	CLEANUP(buf_release) struct buf merged = BUF_INIT(SCOPES_BYTES);
	struct lines lines = { NULL, 0 };

	scopes_each(a, arena, line_add, &lines);
	scopes_each(b, arena, line_add, &lines);
	if (lines.count > 1)
		qsort(lines.items, lines.count, sizeof(*lines.items), compare_lines);
	for (size_t i = 0; i < lines.count; i++) {
		if (i == 0 || strcmp(lines.items[i], lines.items[i - 1]) != 0)
			buf_printf(&merged, "%s\n", lines.items[i]);
	}
	free(lines.items);
	return arena_strdup(arena, buf_text(&merged));
}

static void outcome_add(struct outcome *outcome, const struct finding *finding,
			enum finding_state state, int64_t earlier_id, const char *scopes)
{
	struct judged_finding *added;

	outcome->findings = arena_grow(&outcome->arena, outcome->findings,
				       outcome->finding_count, sizeof(*added));
	added = &outcome->findings[outcome->finding_count++];
	*added = (struct judged_finding){ *finding, earlier_id, scopes };
	added->finding.state = state;
}

/* A tag or pin that nobody in this scan's view shows any more may stand elsewhere. */
static void settle_any(struct outcome *outcome, const struct earlier_finding *earlier,
		       const struct standing *standing)
{
	if (standing->hidden)
		outcome_add(
			outcome, &earlier->finding, FINDING_UNKNOWN, earlier->id,
			arena_strdup(&outcome->arena, buf_text(&standing->not_observed)));
	else if (standing->elsewhere && standing->observed)
		outcome_add(
			outcome, &earlier->finding, FINDING_OPEN, earlier->id,
			arena_strdup(&outcome->arena, buf_text(&standing->not_asked)));
	else if (!standing->elsewhere)
		outcome_add(outcome, &earlier->finding, FINDING_FIXED, earlier->id,
			    earlier->scopes);
}

/* This scan did not meet the subject. */
static void settle_absent(const struct snapshot *snapshot, struct outcome *outcome,
			  const struct earlier_finding *earlier)
{
	CLEANUP(standing_release)
	struct standing standing =
		standing_of(snapshot, &outcome->arena, earlier->scopes);

	if (subject_stands_by_any(earlier->finding.subject))
		settle_any(outcome, earlier, &standing);
	else if (standing.elsewhere)
		return;
	else
		outcome_add(outcome, &earlier->finding,
			    standing.hidden ? FINDING_UNKNOWN : FINDING_FIXED,
			    earlier->id, earlier->scopes);
}

/* This scan met the subject, and an earlier one had found the rule broken there. */
static void settle_judged(const struct snapshot *snapshot, struct outcome *outcome,
			  const struct judged *judged,
			  const struct earlier_finding *earlier)
{
	bool any = subject_stands_by_any(judged->rule->subject);
	CLEANUP(standing_release)
	struct standing standing =
		standing_of(snapshot, &outcome->arena, any ? earlier->scopes : "");

	switch (judged->answer) {
	case ANSWER_YES:
		outcome_add(outcome, &judged->finding, FINDING_OPEN, earlier->id,
			    scopes_merge(&outcome->arena, judged->scopes,
					 buf_text(&standing.not_observed)));
		break;
	case ANSWER_UNKNOWN:
		outcome_add(
			outcome, &earlier->finding, FINDING_UNKNOWN, earlier->id,
			scopes_merge(&outcome->arena, judged->scopes, earlier->scopes));
		break;
	case ANSWER_NO:
		if (any && !judged->rule->by_registry)
			settle_any(outcome, earlier, &standing);
		else
			outcome_add(outcome, &earlier->finding, FINDING_FIXED,
				    earlier->id, earlier->scopes);
		break;
	case ANSWER_NONE:
		settle_absent(snapshot, outcome, earlier);
		break;
	}
}

void settle(const struct snapshot *snapshot, const struct judged *judged,
	    size_t judged_count, const struct earlier_finding *earlier,
	    size_t earlier_count, struct outcome *outcome)
{
	CLEANUP(table_release) struct table by_fingerprint = TABLE_INIT;

	for (size_t i = 0; i < judged_count; i++) {
		const char *fingerprint = judged[i].finding.fingerprint;

		*table_slot(&by_fingerprint, fingerprint, strlen(fingerprint), NULL) =
			(void *)(uintptr_t)(i + 1);
	}
	for (size_t i = 0; i < earlier_count; i++) {
		const char *fingerprint = earlier[i].finding.fingerprint;
		size_t number = (size_t)(uintptr_t)table_find(
			&by_fingerprint, fingerprint, strlen(fingerprint));

		if (number == 0) {
			settle_absent(snapshot, outcome, &earlier[i]);
			continue;
		}
		settle_judged(snapshot, outcome, &judged[number - 1], &earlier[i]);
		*table_slot(&by_fingerprint, fingerprint, strlen(fingerprint), NULL) =
			NULL;
	}
	for (size_t i = 0; i < judged_count; i++) {
		const char *fingerprint = judged[i].finding.fingerprint;

		if (judged[i].answer == ANSWER_YES &&
		    table_find(&by_fingerprint, fingerprint, strlen(fingerprint)))
			outcome_add(outcome, &judged[i].finding, FINDING_NEW, 0,
				    judged[i].scopes);
	}
}
