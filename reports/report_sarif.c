/*
 * SARIF 2.1.0 (OASIS Standard), as code scanning of GitHub and others take it.  Numbers
 * of sections are the standard's.
 *
 * GitHub refuses a file in which one result has no file, and one of more than 25,000
 * results; it keeps the first 5,000.  So a finding without a place in the repository is a
 * notification, and results come errors first.
 */
#include "drift/rules.h"
#include "reports/escape.h"
#include "reports/listing.h"
#include "reports/member.h"
#include "reports/place.h"
#include "reports/renderers.h"
#include "reports/summary.h"
#include "reports/words.h"

#define RESULT_LIMIT 25000 /* of GitHub, a run */
#define SCHEMA                                                                           \
	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"            \
	"sarif-schema-2.1.0.json"

/* A list while it is written: an entry a line. */
struct list {
	FILE *out;
	size_t count;
};

static void list_put(struct list *list, json_t *entry)
{
	fputs(list->count++ ? ",\n    " : "\n    ", list->out);
	value_put(list->out, entry);
}

/* Write an object's members without its braces, for more to follow. */
static void put_members(FILE *out, json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		fprintf(out, "\"%s\": ", key);
		value_put(out, json_incref(value));
		fputs(",\n  ", out);
	}
	json_decref(object);
}

/* A message (3.11) or multiformatMessageString (3.12) object. */
static json_t *message_json(const char *text)
{
	json_t *object = json_object();

	member_set(object, "text", escape_sarif(text));
	return object;
}

/* A reportingDescriptor (3.49). */
static json_t *rule_json(const struct rule *rule)
{
	json_t *object = json_object(), *configuration = json_object();

	member_set_text(configuration, "level", level_name(rule->level));
	member_set_text(object, "id", rule->id);
	member_set(object, "shortDescription", message_json(rule->title));
	member_set(object, "fullDescription", message_json(rule->why));
	member_set(object, "help", message_json(rule->mend));
	member_set(object, "defaultConfiguration", configuration);
	return object;
}

static json_t *rules_json(void)
{
	json_t *list = json_array();

	for (const struct rule *rule = rules; rule->id; rule++)
		json_array_append_new(list, rule_json(rule));
	return list;
}

/* The gaps, as what notifications refer to (3.19.24). */
static json_t *gaps_json(void)
{
	json_t *list = json_array();

	for (int kind = 0; kind < GAP_KIND_COUNT; kind++) {
		json_t *object = json_object();

		member_set_text(object, "id", gap_name((enum gap_kind)kind));
		json_array_append_new(list, object);
	}
	return list;
}

static json_t *tool_json(const struct report *report)
{
	json_t *tool = json_object(), *driver = json_object();

	member_set_text(driver, "name", "pindrift");
	member_set_text(driver, "version", report->scan.version);
	member_set(driver, "rules", rules_json());
	member_set(driver, "notifications", gaps_json());
	member_set(tool, "driver", driver);
	return tool;
}

/* What is before the last slash is GitHub's category, what is behind it this run. */
static json_t *automation_json(const struct report *report)
{
	CLEANUP(buf_release) struct buf id = WORDS_INIT;
	json_t *object = json_object();

	buf_printf(&id, "pindrift/%s/", report->scan.command);
	for (size_t i = 0; i < report->cluster_count; i++)
		buf_printf(&id, "%s%s", i ? "+" : "", report->clusters[i].name);
	if (report->cluster_count)
		buf_putc(&id, '/');
	if (report->scan.id)
		buf_printf(&id, "%lld", (long long)report->scan.id);
	member_set_text(object, "id", buf_text(&id));
	return object;
}

/* A reportingDescriptorReference (3.52). */
static json_t *reference_json(const char *id, size_t index)
{
	json_t *object = json_object();

	member_set_text(object, "id", id);
	member_set_count(object, "index", index);
	return object;
}

/* A physicalLocation (3.29): GitHub wants a line. */
static json_t *physical_json(const char *path, uint32_t line, uint32_t column)
{
	CLEANUP(buf_release) struct buf uri = WORDS_INIT;
	json_t *object = json_object(), *artifact = json_object(),
	       *region = json_object();

	escape_uri(&uri, path);
	member_set_text(artifact, "uri", buf_text(&uri));
	member_set_count(region, "startLine", line ? line : 1);
	if (line && column)
		member_set_count(region, "startColumn", column);
	member_set(object, "artifactLocation", artifact);
	member_set(object, "region", region);
	return object;
}

/* The list of one location (3.28): a file, or what runs in a cluster (3.33), or both. */
static json_t *locations_json(const char *path, uint32_t line, uint32_t column,
			      const char *name)
{
	json_t *list = json_array(), *location = json_object();

	if (path[0] != '\0')
		member_set(location, "physicalLocation",
			   physical_json(path, line, column));
	if (name[0] != '\0') {
		json_t *logical = json_object();

		member_set(logical, "fullyQualifiedName", escape_json_visible(name));
		member_set(location, "logicalLocations", json_pack("[o]", logical));
	}
	json_array_append_new(list, location);
	return list;
}

/* A notification (3.58). */
static json_t *notification_json(enum level level, const char *text)
{
	json_t *object = json_object();

	member_set_text(object, "level", level_name(level));
	member_set(object, "message", message_json(text));
	return object;
}

/* One of level error means that the run may not have seen everything (3.20.21). */
static json_t *gap_json(const struct gap *gap)
{
	CLEANUP(buf_release) struct buf text = WORDS_INIT;
	CLEANUP(buf_release) struct buf path = WORDS_INIT;
	json_t *object;
	uint32_t line;

	words_gap(&text, gap);
	line = place_of_gap(&path, gap);
	object = notification_json(gap->waived ? LEVEL_WARNING : LEVEL_ERROR,
				   buf_text(&text));
	member_set(object, "descriptor",
		   reference_json(gap_name(gap->kind), (size_t)gap->kind));
	if (path.length > 0)
		member_set(object, "locations",
			   locations_json(buf_text(&path), line, 0, ""));
	return object;
}

/*
 * A finding without a place.  Its level cannot be the notification's, which would say of
 * the run what is meant of the finding; so the text has it.
 */
static json_t *placeless_json(const struct finding *finding)
{
	enum level level = finding_level(finding);
	const struct rule *rule = rule_find(finding->rule);
	CLEANUP(buf_release) struct buf name = WORDS_INIT;
	CLEANUP(buf_release) struct buf text = WORDS_INIT;
	json_t *object;

	words_subject(&name, finding);
	buf_printf(&text, "%s (%s): ", finding->rule, level_name(level));
	words_finding(&text, finding);
	object = notification_json(level >= LEVEL_WARNING ? LEVEL_WARNING : LEVEL_NOTE,
				   buf_text(&text));
	if (rule)
		member_set(object, "associatedRule",
			   reference_json(rule->id, (size_t)(rule - rules)));
	member_set(object, "locations", locations_json("", 0, 0, buf_text(&name)));
	return object;
}

static json_t *cut_json(size_t count)
{
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	buf_printf(&text, "%zu more findings are not in this file, which may hold %d",
		   count, RESULT_LIMIT);
	return notification_json(LEVEL_WARNING, buf_text(&text));
}

static bool has_place(const struct finding *finding)
{
	return place_of_finding(finding)[0] != '\0';
}

static void put_notifications(FILE *out, const struct report *report,
			      const struct listing *listing)
{
	struct list list = { .out = out };
	size_t results = 0;

	for (size_t i = 0; i < report->gap_count; i++)
		list_put(&list, gap_json(&report->gaps[i]));
	for (size_t i = 0; i < listing->count; i++) {
		if (has_place(listing->findings[i]))
			results++;
		else
			list_put(&list, placeless_json(listing->findings[i]));
	}
	if (results > RESULT_LIMIT)
		list_put(&list, cut_json(results - RESULT_LIMIT));
}

/* An invocation (3.20): the verdict, and what could not be seen. */
static void put_invocation(FILE *out, const struct report *report,
			   const struct listing *listing)
{
	struct summary summary = summary_of(report);
	CLEANUP(buf_release) struct buf text = WORDS_INIT;
	json_t *object = json_object();

	summary_line(&text, report, &summary);
	member_set(object, "executionSuccessful",
		   json_boolean(summary.gaps == 0 &&
				summary.headline != HEADLINE_FAILED &&
				summary.headline != HEADLINE_EMPTY));
	member_set(object, "exitCode", json_integer(report->scan.exit_status));
	member_set(object, "exitCodeDescription", escape_json_visible(buf_text(&text)));
	if (report->scan.started_at) {
		member_set_time(object, "startTimeUtc", report->scan.started_at);
		member_set_time(object, "endTimeUtc", report->scan.finished_at);
	}
	fputs("\"invocations\": [{\n  ", out);
	put_members(out, object);
	fputs("\"toolExecutionNotifications\": [", out);
	put_notifications(out, report, listing);
	fputs("]\n  }],\n  ", out);
}

/*
 * How the finding stands to the scan before (3.27.24).  A check compares with nothing.
 * What a gap hides is a result of this run that says less than the last one did.  None is
 * "absent": what is fixed is not listed, since GitHub would take it for open.
 */
static const char *baseline_state(const struct finding *finding)
{
	static const char *const states[] = {
		[FINDING_NEW] = "new",         [FINDING_OPEN] = "unchanged",
		[FINDING_UNKNOWN] = "updated", [FINDING_WAIVED] = "unchanged",
		[FINDING_KNOWN] = "unchanged",
	};

	return states[finding->state];
}

/*
 * What 3.27.9 calls it; "fail" where the rule is broken, and only then a level.  GitHub
 * does not read suppressions: what is suppressed is a note, so that it fails no check
 * there.
 */
static void set_kind(json_t *result, const struct finding *finding)
{
	const char *kind = "fail";

	if (finding->state == FINDING_UNKNOWN)
		kind = "open";
	else if (finding->level == LEVEL_NONE)
		kind = "informational";
	member_set_text(result, "kind", kind);
	member_set_text(result, "level",
			level_name(strcmp(kind, "fail") == 0 ? finding_level(finding)
							     : LEVEL_NONE));
}

/* Who accepted it (3.35): in the source means in the file of the result itself. */
static json_t *suppressions_json(const struct finding *finding)
{
	const struct waiver *waiver = finding->waiver;
	CLEANUP(buf_release) struct buf text = WORDS_INIT;
	json_t *object = json_object();
	bool in_source = waiver && waiver->line == finding->line &&
			 strcmp(waiver->file, finding->file) == 0;

	words_waiver(&text, waiver);
	member_set_text(object, "kind", in_source ? "inSource" : "external");
	member_set(object, "justification", escape_json_visible(buf_text(&text)));
	return json_pack("[o]", object);
}

/* A result (3.27). */
static json_t *result_json(const struct report *report, const struct finding *finding)
{
	const struct rule *rule = rule_find(finding->rule);
	CLEANUP(buf_release) struct buf text = WORDS_INIT;
	CLEANUP(buf_release) struct buf name = WORDS_INIT;
	json_t *object = json_object(), *fingerprints = json_object();

	words_finding(&text, finding);
	words_subject(&name, finding);
	member_set_text(object, "ruleId", finding->rule);
	if (rule)
		member_set_count(object, "ruleIndex", (uint64_t)(rule - rules));
	set_kind(object, finding);
	member_set(object, "message", message_json(buf_text(&text)));
	member_set(object, "locations",
		   locations_json(place_of_finding(finding), finding->line,
				  finding->column, buf_text(&name)));
	member_set_text(fingerprints, "pindrift/v1", finding->fingerprint);
	member_set(object, "partialFingerprints", fingerprints);
	if (finding_is_accepted(finding))
		member_set(object, "suppressions", suppressions_json(finding));
	if (report->scan.id)
		member_set_text(object, "baselineState", baseline_state(finding));
	return object;
}

static void put_results(FILE *out, const struct report *report,
			const struct listing *listing)
{
	struct list list = { .out = out };

	fputs("\"results\": [", out);
	for (size_t i = 0; i < listing->count && list.count < RESULT_LIMIT; i++) {
		if (has_place(listing->findings[i]))
			list_put(&list, result_json(report, listing->findings[i]));
	}
	fputs("]", out);
}

void report_sarif(FILE *out, const struct report *report,
		  const struct report_style *style)
{
	CLEANUP(listing_release)
	struct listing listing = listing_of(report, style->verbose, true);
	json_t *run = json_object();

	member_set(run, "tool", tool_json(report));
	member_set(run, "automationDetails", automation_json(report));
	member_set_text(run, "columnKind", "unicodeCodePoints");
	fputs("{\n \"$schema\": \"" SCHEMA "\",\n \"version\": \"2.1.0\",\n"
	      " \"runs\": [{\n  ",
	      out);
	put_members(out, run);
	put_invocation(out, report, &listing);
	put_results(out, report, &listing);
	fputs("\n }]\n}\n", out);
}
