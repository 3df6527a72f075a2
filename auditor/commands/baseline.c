#include "commands/baseline.h"

#include "base/file.h"
#include "base/json.h"

#define BASELINE_BYTES ((size_t)64 * 1024 * 1024)
#define SCHEMA "pindrift/v1" /* reports/report_json.c */

/* Of the report nothing else is read, so that its size is not held in memory as nodes. */
static const struct json_shape finding_members[] = { { "fingerprint", NULL },
						     { "state", NULL },
						     { NULL, NULL } };
static const struct json_shape report_members[] = { { "schema", NULL },
						    { "findings", finding_members },
						    { NULL, NULL } };

static bool read_report(struct node **report, struct arena *nodes, struct buf *text,
			const char *path, struct error *err)
{
	struct json_source source = { .members = report_members };
	const struct node *findings;

	if (!file_read_any(text, path, err))
		return false;
	source.text = buf_text(text);
	source.length = text->length;
	if (!json_read(report, nodes, &source, err))
		return false;
	if (strcmp(node_text(*report, "schema"), SCHEMA) != 0)
		return error_set(err, ERROR_SYNTAX,
				 "not a report that pindrift wrote with -f json");
	findings = node_get(*report, "findings");
	if (!findings || findings->kind != NODE_SEQUENCE)
		return error_set(err, ERROR_SYNTAX, "it has no list of findings");
	return true;
}

/*
 * What was fixed by then is new when it comes back; what a waiver covered then is no more
 * than that, or the baseline would hold on when the waiver is over.
 */
static void add_finding(struct baseline *baseline, const struct node *finding)
{
	const char *fingerprint = node_text(finding, "fingerprint");
	const char *state = node_text(finding, "state");
	const char **kept;
	void **slot;

	if (fingerprint[0] == '\0' || strcmp(state, "fixed") == 0 ||
	    strcmp(state, "waived") == 0)
		return;
	slot = table_slot(&baseline->fingerprints, fingerprint, strlen(fingerprint),
			  &kept);
	if (*slot)
		return;
	*kept = arena_strdup(&baseline->arena, fingerprint);
	*slot = baseline;
}

bool baseline_load(struct baseline *baseline, const char *path, struct error *err)
{
	CLEANUP(arena_release) struct arena nodes = ARENA_INIT;
	CLEANUP(buf_release) struct buf text = BUF_INIT(BASELINE_BYTES);
	struct error cause = ERROR_INIT;
	struct node *report, **findings;
	size_t count;

	*baseline = (struct baseline)BASELINE_INIT;
	if (!path)
		return true;
	if (!read_report(&report, &nodes, &text, path, &cause))
		return error_set(err, ERROR_USAGE, "--baseline %.200s: %s", path,
				 cause.text);
	findings = node_items(report, "findings", &count);
	for (size_t i = 0; i < count; i++)
		add_finding(baseline, findings[i]);
	return true;
}

void baseline_apply(const struct baseline *baseline, struct outcome *outcome)
{
	for (size_t i = 0; i < outcome->finding_count; i++) {
		struct judged_finding *judged = &outcome->findings[i];
		const char *fingerprint = judged->finding.fingerprint;
		bool stands = judged->finding.state == FINDING_NEW ||
			      judged->finding.state == FINDING_OPEN;

		if (stands && !judged->elsewhere &&
		    table_find(&baseline->fingerprints, fingerprint, strlen(fingerprint)))
			judged->finding.state = FINDING_KNOWN;
	}
}

void baseline_release(struct baseline *baseline)
{
	table_release(&baseline->fingerprints);
	arena_release(&baseline->arena);
}
