#include "reports/summary.h"

#include "reports/words.h"

/* Exit statuses, as pindrift(1) has them. */
#define EXIT_FATAL 4
#define EXIT_EMPTY 5

static const struct {
	const char *name, *word;
} headlines[] = {
	[HEADLINE_FAILED] = { "failed", "FAILED" },
	[HEADLINE_DRIFT] = { "drift", "DRIFT" },
	[HEADLINE_NOT_PINNED] = { "not-pinned", "NOT PINNED" },
	[HEADLINE_INCOMPLETE] = { "incomplete", "INCOMPLETE" },
	[HEADLINE_ATTENTION] = { "attention", "ATTENTION" },
	[HEADLINE_EMPTY] = { "empty", "EMPTY" },
	[HEADLINE_CLEAN] = { "clean", "CLEAN" },
};

const char *headline_name(enum headline headline)
{
	return headlines[headline].name;
}

const char *headline_word(enum headline headline)
{
	return headlines[headline].word;
}

bool report_is_check(const struct report *report)
{
	return strcmp(report->scan.command, "check") == 0;
}

bool finding_is_accepted(const struct finding *finding)
{
	return finding->state == FINDING_WAIVED || finding->state == FINDING_KNOWN;
}

bool finding_is_aside(const struct finding *finding)
{
	return finding->level == LEVEL_NONE || finding->state == FINDING_FIXED ||
	       finding_is_accepted(finding);
}

enum level finding_level(const struct finding *finding)
{
	return finding->state == FINDING_UNKNOWN || finding_is_accepted(finding)
		       ? LEVEL_NOTE
		       : finding->level;
}

/* The headline that the counts call for. */
static enum headline headline_of(const struct report *report,
				 const struct summary *summary)
{
	if (report->scan.exit_status == EXIT_FATAL)
		return HEADLINE_FAILED;
	if (summary->errors)
		return report_is_check(report) ? HEADLINE_NOT_PINNED : HEADLINE_DRIFT;
	if (summary->gaps)
		return HEADLINE_INCOMPLETE;
	if (summary->warnings)
		return HEADLINE_ATTENTION;
	return report->scan.exit_status == EXIT_EMPTY ? HEADLINE_EMPTY : HEADLINE_CLEAN;
}

static void count_findings(struct summary *summary, const struct report *report)
{
	summary->errors = report_count(report, LEVEL_ERROR);
	summary->warnings = report_count(report, LEVEL_WARNING);
	summary->notes = report_count(report, LEVEL_NOTE);
	for (size_t i = 0; i < report->finding_count; i++) {
		if (report->findings[i].level == LEVEL_NONE)
			continue;
		if (report->findings[i].state == FINDING_UNKNOWN)
			summary->unknown++;
		if (report->findings[i].state == FINDING_FIXED)
			summary->fixed++;
		summary->waived_findings += report->findings[i].state == FINDING_WAIVED;
		summary->known += report->findings[i].state == FINDING_KNOWN;
	}
}

struct summary summary_of(const struct report *report)
{
	struct summary summary = { 0 };

	count_findings(&summary, report);
	for (size_t i = 0; i < report->gap_count; i++) {
		if (report->gaps[i].waived)
			summary.waived++;
		else
			summary.gaps++;
	}
	for (size_t i = 0; i < report->declared_count; i++) {
		const struct container_image *image = &report->declared[i].image;

		if (image->state == REFERENCE_OK && digest_known(&image->ref.digest))
			summary.pinned++;
	}
	summary.headline = headline_of(report, &summary);
	return summary;
}

static void add_count(struct buf *buf, size_t start, size_t count, const char *noun)
{
	if (count == 0)
		return;
	words_comma(buf, start);
	words_count(buf, count, noun);
}

static void add_counts(struct buf *buf, const struct summary *summary,
		       const struct report *report)
{
	size_t start = buf->length;

	if (summary->headline == HEADLINE_EMPTY)
		buf_puts(buf, report->declared_count
				      ? "not one declared image is meant to run"
				      : "not one image was found");
	else if (summary->headline == HEADLINE_FAILED)
		buf_puts(buf, "nothing usable was seen");
	else if (summary->headline == HEADLINE_INCOMPLETE)
		add_count(buf, start, summary->gaps, "gap");
	else if (summary->headline == HEADLINE_CLEAN)
		buf_puts(buf, "no errors, no warnings");
	add_count(buf, start, summary->errors, "error");
	add_count(buf, start, summary->warnings, "warning");
	add_count(buf, start, summary->notes, "note");
	if (summary->headline != HEADLINE_INCOMPLETE)
		add_count(buf, start, summary->gaps, "gap");
	add_count(buf, start, summary->waived, "waived gap");
	if (summary->waived_findings)
		buf_printf(buf, ", %zu waived", summary->waived_findings);
	if (summary->known)
		buf_printf(buf, ", %zu known from the baseline", summary->known);
}

/* " in namespace shop of", " in 3 namespaces of" or " in". */
static void add_namespaces(struct buf *buf, const struct report *report)
{
	const char *one = "";
	size_t count = 0;

	for (size_t i = 0; i < report->coverage_count; i++) {
		const char *name = scope_namespace(report->coverage[i].scope);

		if (name[0] == '\0')
			continue;
		one = name;
		count++;
	}
	buf_puts(buf, " in");
	if (count == 1)
		buf_printf(buf, " namespace %s of", one);
	else if (count > 1)
		buf_printf(buf, " %zu namespaces of", count);
}

/* " in 22 images (19 pinned) of 15 files; 4 files without Kubernetes objects ignored". */
static void add_files(struct buf *buf, const struct report *report,
		      const struct summary *summary)
{
	buf_puts(buf, " in ");
	words_count(buf, report->declared_count, "image");
	buf_printf(buf, " (%zu pinned) of ", summary->pinned);
	words_count(buf, report->file_count, "file");
	if (report->ignored_count == 0)
		return;
	buf_puts(buf, "; ");
	words_count(buf, report->ignored_count, "file");
	buf_puts(buf, " without Kubernetes objects ignored");
}

static bool is_level(const struct coverage *coverage)
{
	return strncmp(coverage->scope, "policy/", strlen("policy/")) == 0;
}

/* What was asked for of a work tree is covered, unless the policy excludes it. */
static bool is_exclusion(const struct coverage *coverage)
{
	return !coverage->observed &&
	       strncmp(coverage->scope, "tree/", strlen("tree/")) == 0;
}

bool coverage_is_policy(const struct coverage *coverage)
{
	return is_level(coverage) || is_exclusion(coverage);
}

/* "; by policy 2 levels changed, 3 paths excluded". */
static void add_policy(struct buf *buf, const struct report *report)
{
	size_t levels = 0, exclusions = 0, start;

	for (size_t i = 0; i < report->coverage_count; i++) {
		levels += is_level(&report->coverage[i]);
		exclusions += is_exclusion(&report->coverage[i]);
	}
	if (levels + exclusions == 0)
		return;
	buf_puts(buf, "; by policy ");
	start = buf->length;
	add_count(buf, start, levels, "level");
	buf_puts(buf, levels ? " changed" : "");
	add_count(buf, start, exclusions, "path");
	buf_puts(buf, exclusions ? " excluded" : "");
}

static const char *cluster_title(const struct cluster_identity *cluster)
{
	return cluster->name[0] ? cluster->name : cluster->key;
}

/* " cluster prod", " clusters prod, staging". */
static void add_clusters(struct buf *buf, const struct report *report)
{
	buf_puts(buf, report->cluster_count > 1 ? " clusters" : " cluster");
	for (size_t i = 0; i < report->cluster_count; i++)
		buf_printf(buf, "%s %s", i ? "," : "",
			   cluster_title(&report->clusters[i]));
}

void summary_insecure(struct buf *buf, const struct report *report)
{
	for (size_t i = 0; i < report->cluster_count; i++) {
		const struct cluster_identity *cluster = &report->clusters[i];

		if (!cluster->insecure)
			continue;
		buf_puts(buf, buf->length ? " " : "");
		if (report->cluster_count > 1)
			buf_printf(buf, "The certificate of cluster %s",
				   cluster_title(cluster));
		else
			buf_puts(buf, "The cluster's certificate");
		buf_puts(buf, " was not verified, as configured.");
	}
}

void summary_sentence(struct buf *buf, const struct report *report,
		      const struct summary *summary)
{
	add_counts(buf, summary, report);
	if (report->cluster_count) {
		add_namespaces(buf, report);
		add_clusters(buf, report);
	} else {
		add_files(buf, report, summary);
	}
	add_policy(buf, report);
}

void summary_line(struct buf *buf, const struct report *report,
		  const struct summary *summary)
{
	buf_printf(buf, "%s: ", headline_word(summary->headline));
	summary_sentence(buf, report, summary);
}
