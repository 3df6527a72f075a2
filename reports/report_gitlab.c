/*
 * GitLab Code Quality: an array of what is wrong at which line of which file.
 *
 * The format knows nothing but places.  What has none, and the verdict where it is not
 * CLEAN, stands at the first declared file, else at the file that asked for the job:
 * the array is empty only where all is well.
 */
#include "reports/escape.h"
#include "reports/listing.h"
#include "reports/member.h"
#include "reports/place.h"
#include "reports/renderers.h"
#include "reports/summary.h"
#include "reports/words.h"

#define JOB_FILE ".gitlab-ci.yml"

/* info, minor, major, critical, blocker; the last two are for what harms at once. */
static const char *const severities[] = {
	[LEVEL_NONE] = "info",
	[LEVEL_NOTE] = "info",
	[LEVEL_WARNING] = "minor",
	[LEVEL_ERROR] = "major",
};

/* The array while it is written. */
struct list {
	FILE *out;
	const char *fallback; /* path of what has no place */
	size_t count;
};

/* One entry; `path` "" where it has no place. */
struct entry {
	const char *check;
	enum level level;
	const char *description;
	const char *fingerprint;
	const char *path;
	uint32_t line;
};

static void put_entry(struct list *list, const struct entry *entry)
{
	json_t *object = json_object(), *location = json_object(), *lines = json_object();
	bool placed = entry->path[0] != '\0';

	member_set_count(lines, "begin", placed && entry->line ? entry->line : 1);
	member_set_text(location, "path", placed ? entry->path : list->fallback);
	member_set(location, "lines", lines);
	member_set(object, "description", escape_json_visible(entry->description));
	member_set_text(object, "check_name", entry->check);
	member_set_text(object, "fingerprint", entry->fingerprint);
	member_set_text(object, "severity", severities[entry->level]);
	member_set(object, "location", location);
	fputs(list->count++ ? ",\n  " : "\n  ", list->out);
	value_put(list->out, object);
}

/* Of what has no fingerprint of its own; GitLab shows the first of two that are equal. */
static struct digest fingerprint_of(const char *kind, const char *subject)
{
	struct digest sha256 = { "" };
	CLEANUP(buf_release) struct buf key = BUF_KEY_INIT;

	buf_add_part(&key, kind);
	buf_add_part(&key, subject);
	return digest_compute(key.data, key.length, &sha256);
}

static void put_verdict(struct list *list, const struct report *report)
{
	struct summary summary = summary_of(report);
	struct digest fingerprint = fingerprint_of("verdict", "");
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	if (summary.headline == HEADLINE_CLEAN)
		return;
	summary_line(&text, report, &summary);
	put_entry(list, &(struct entry){ "pindrift", LEVEL_NOTE, buf_text(&text),
					 fingerprint.text, "", 0 });
}

static void put_gap(struct list *list, const struct gap *gap)
{
	const char *name = gap_name(gap->kind);
	struct digest fingerprint = fingerprint_of(name, gap->subject);
	CLEANUP(buf_release) struct buf path = WORDS_INIT;
	CLEANUP(buf_release) struct buf text = WORDS_INIT;
	uint32_t line;

	line = place_of_gap(&path, gap);
	words_gap(&text, gap);
	put_entry(list, &(struct entry){ name, gap->waived ? LEVEL_NOTE : LEVEL_ERROR,
					 buf_text(&text), fingerprint.text,
					 buf_text(&path), line });
}

static void put_finding(struct list *list, const struct finding *finding)
{
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	words_finding(&text, finding);
	put_entry(list, &(struct entry){ finding->rule, finding_level(finding),
					 buf_text(&text), finding->fingerprint,
					 place_of_finding(finding), finding->line });
}

/* The first file of the report that is in the repository. */
static const char *fallback_path(const struct report *report)
{
	for (size_t i = 0; i < report->declared_count; i++) {
		if (place_is_inside(report->declared[i].path))
			return report->declared[i].path;
	}
	return JOB_FILE;
}

void report_gitlab(FILE *out, const struct report *report,
		   const struct report_style *style)
{
	struct list list = { .out = out, .fallback = fallback_path(report) };
	CLEANUP(listing_release)
	struct listing listing = listing_of(report, style->verbose, false);

	fputc('[', out);
	put_verdict(&list, report);
	for (size_t i = 0; i < report->gap_count; i++)
		put_gap(&list, &report->gaps[i]);
	for (size_t i = 0; i < listing.count; i++)
		put_finding(&list, listing.findings[i]);
	fputs(list.count ? "\n]\n" : "]\n", out);
}
