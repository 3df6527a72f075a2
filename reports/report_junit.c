/*
 * JUnit's XML, in the part that Jenkins and GitLab read (jenkinsci/xunit-plugin,
 * junit-10.xsd).
 *
 * A test case is a declared image, in the suite of its file: its name does not change
 * when it fails, so that both show since when it does.  Findings about nothing declared
 * are cases of their own, in a suite a kind of subject; gaps are cases that end with an
 * error.  Suite and name together are unique, as GitLab drops what has both in common.
 */
#include "base/memory.h"
#include "base/table.h"
#include "reports/escape.h"
#include "reports/listing.h"
#include "reports/renderers.h"
#include "reports/summary.h"
#include "reports/words.h"

#define OWN_SUITE "pindrift" /* the verdict and the gaps */

enum result { RESULT_PASSED, RESULT_SKIPPED, RESULT_FAILURE, RESULT_ERROR };

/* The element of each that holds what there is to say; a case has one of them. */
static const char *const elements[] = {
	[RESULT_PASSED] = "system-out",
	[RESULT_SKIPPED] = "skipped",
	[RESULT_FAILURE] = "failure",
	[RESULT_ERROR] = "error",
};

struct test_case {
	const char *suite, *name;
	enum result result;
	const char *type, *message; /* why it did not pass */
	struct buf output;          /* lines: all that there is to say */
};

/* All cases, in the order of their suites. */
struct test_run {
	struct arena arena;
	struct test_case *cases;
	size_t count;
	struct table names;    /* suite and name of each case */
	struct table declared; /* what a finding and its declared image share: the case */
};

static void test_run_release(struct test_run *run)
{
	for (size_t i = 0; i < run->count; i++)
		buf_release(&run->cases[i].output);
	table_release(&run->names);
	table_release(&run->declared);
	arena_release(&run->arena);
}

/* How often this name of a suite was asked for, this time included. */
static size_t claim_name(struct test_run *run, const char *suite, const char *name)
{
	CLEANUP(buf_release) struct buf key = BUF_KEY_INIT;
	const char **kept;
	void **slot;

	buf_add_part(&key, suite);
	buf_add_part(&key, name);
	slot = table_slot(&run->names, key.data, key.length, &kept);
	if (!*slot)
		*kept = arena_strndup(&run->arena, key.data, key.length);
	*slot = (void *)((uintptr_t)*slot + 1);
	return (size_t)(uintptr_t)*slot;
}

/* The name, or "name (2)" where the suite has it already. */
static const char *unique_name(struct test_run *run, const char *suite, const char *name)
{
	const char *unique = arena_strdup(&run->arena, name);

	for (size_t number = claim_name(run, suite, name); number > 1;
	     number = claim_name(run, suite, name)) {
		unique = arena_printf(&run->arena, "%s (%zu)", name, number);
		if (claim_name(run, suite, unique) == 1)
			break;
	}
	return unique;
}

/* A case that passed so far.  Good until the next one is added. */
static struct test_case *add_case(struct test_run *run, const char *suite,
				  const struct buf *name)
{
	struct test_case test = { .type = "", .message = "", .output = WORDS_INIT };
	CLEANUP(buf_release) struct buf visible = WORDS_INIT;

	escape_visible(&visible, suite);
	test.suite = arena_strdup(&run->arena, buf_text(&visible));
	buf_clear(&visible);
	escape_visible(&visible, buf_text(name));
	test.name = unique_name(run, test.suite, buf_text(&visible));
	run->cases = arena_grow(&run->arena, run->cases, run->count, sizeof(test));
	run->cases[run->count] = test;
	return &run->cases[run->count++];
}

static void add_line(struct test_case *test, const struct buf *line)
{
	escape_visible(&test->output, buf_text(line));
	buf_putc(&test->output, '\n');
}

/* The worst that happens to a case is its result; the first of equals. */
static void worsen(struct test_run *run, struct test_case *test, enum result result,
		   const char *type, const char *message)
{
	if (result <= test->result)
		return;
	test->result = result;
	test->type = type;
	test->message = arena_strdup(&run->arena, message);
}

static void add_verdict(struct test_run *run, const struct report *report)
{
	struct summary summary = summary_of(report);
	CLEANUP(buf_release) struct buf name = WORDS_INIT;
	CLEANUP(buf_release) struct buf line = WORDS_INIT;
	struct test_case *test;

	buf_puts(&name, "verdict");
	summary_line(&line, report, &summary);
	test = add_case(run, OWN_SUITE, &name);
	add_line(test, &line);
	/* No other case says these two. */
	if (summary.headline == HEADLINE_FAILED || summary.headline == HEADLINE_EMPTY)
		worsen(run, test, RESULT_ERROR, headline_name(summary.headline),
		       buf_text(&line));
}

static void add_gap(struct test_run *run, const struct gap *gap)
{
	CLEANUP(buf_release) struct buf name = WORDS_INIT;
	CLEANUP(buf_release) struct buf line = WORDS_INIT;
	struct test_case *test;

	buf_printf(&name, "%s: %s", gap_name(gap->kind), gap->subject);
	words_gap(&line, gap);
	test = add_case(run, OWN_SUITE, &name);
	add_line(test, &line);
	worsen(run, test, gap->waived ? RESULT_SKIPPED : RESULT_ERROR,
	       gap_name(gap->kind), buf_text(&line));
}

/* What a declared image and a finding about it have in common. */
static void add_declared_key(struct buf *key, const char *path, uint32_t line,
			     const struct object_id *object, const char *container)
{
	buf_printf(key, "%u ", (unsigned)line);
	buf_add_part(key, path);
	buf_add_part(key, object->kind);
	buf_add_part(key, object->name);
	buf_add_part(key, container);
}

static void add_declared(struct test_run *run, const struct declared_use *use)
{
	const struct container_image *image = &use->image;
	CLEANUP(buf_release) struct buf name = WORDS_INIT;
	CLEANUP(buf_release) struct buf key = BUF_KEY_INIT;
	struct test_case *test;
	const char **kept;
	void **slot;

	words_object(&name, use->namespace, &use->object);
	words_comma(&name, 0);
	words_container(&name, container_class_name(image->class), image->container);
	test = add_case(run, use->path, &name);
	if (image->state == REFERENCE_PLACEHOLDER)
		worsen(run, test, RESULT_SKIPPED, gap_name(GAP_PARAMETER),
		       "a placeholder: not judged");
	add_declared_key(&key, use->path, use->line, &use->object, image->container);
	slot = table_slot(&run->declared, key.data, key.length, &kept);
	if (*slot)
		return;
	*kept = arena_strndup(&run->arena, key.data, key.length);
	*slot = (void *)(uintptr_t)run->count;
}

/* The case of the declared image that a finding is about, or NULL. */
static struct test_case *find_case(struct test_run *run, const struct finding *finding)
{
	CLEANUP(buf_release) struct buf key = BUF_KEY_INIT;
	uintptr_t number;

	add_declared_key(&key, finding->path, finding->line, &finding->object,
			 finding->container);
	number = (uintptr_t)table_find(&run->declared, key.data, key.length);
	return number ? &run->cases[number - 1] : NULL;
}

/* Say in a case what a finding says, and fail it where that is an error. */
static void add_finding(struct test_run *run, struct test_case *test,
			const struct finding *finding)
{
	CLEANUP(buf_release) struct buf message = WORDS_INIT;
	CLEANUP(buf_release) struct buf line = WORDS_INIT;
	enum result result = RESULT_PASSED;

	words_message(&message, finding);
	words_place(&line, finding);
	buf_printf(&line, "%s%s: %s [%s]", line.length ? ": " : "",
		   level_name(finding_level(finding)), buf_text(&message), finding->rule);
	add_line(test, &line);
	if (finding->state == FINDING_UNKNOWN || finding_is_accepted(finding))
		result = RESULT_SKIPPED;
	else if (finding->level == LEVEL_ERROR)
		result = RESULT_FAILURE;
	worsen(run, test, result, finding->rule, buf_text(&message));
}

/* A case of its own, for a finding about nothing declared. */
static void add_undeclared(struct test_run *run, const struct finding *finding)
{
	static const char *const suites[] = {
		[SUBJECT_USE] = "running containers",
		[SUBJECT_DECLARATION] = "declarations",
		[SUBJECT_TAG] = "tags",
		[SUBJECT_PIN] = "pins",
		[SUBJECT_WAIVER] = "waivers",
	};
	CLEANUP(buf_release) struct buf name = WORDS_INIT;

	buf_printf(&name, "%s: ", finding->rule);
	words_subject(&name, finding);
	add_finding(run, add_case(run, suites[finding->subject], &name), finding);
}

/* The findings of a kind of subject that have a case (`declared`), or those without. */
static void add_findings(struct test_run *run, const struct listing *listing,
			 enum subject_kind kind, bool declared)
{
	for (size_t i = 0; i < listing->count; i++) {
		const struct finding *finding = listing->findings[i];
		struct test_case *test = find_case(run, finding);

		if (finding->subject != kind || declared != (test != NULL))
			continue;
		if (test)
			add_finding(run, test, finding);
		else
			add_undeclared(run, finding);
	}
}

static void fill(struct test_run *run, const struct report *report, bool verbose)
{
	CLEANUP(listing_release)
	struct listing listing = listing_of(report, verbose, true);

	add_verdict(run, report);
	for (size_t i = 0; i < report->gap_count; i++)
		add_gap(run, &report->gaps[i]);
	for (size_t i = 0; i < report->declared_count; i++)
		add_declared(run, &report->declared[i]);
	for (int declared = 1; declared >= 0; declared--) {
		for (int kind = SUBJECT_USE; kind < SUBJECT_KIND_COUNT; kind++)
			add_findings(run, &listing, (enum subject_kind)kind, declared);
	}
}

static void put_attribute(FILE *out, const char *name, const char *value)
{
	fprintf(out, " %s=\"", name);
	escape_html(out, value);
	fputc('"', out);
}

static size_t count_results(const struct test_case *cases, size_t count,
			    enum result result)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += cases[i].result == result;
	return found;
}

static void put_counts(FILE *out, const struct test_case *cases, size_t count)
{
	fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"", count,
		count_results(cases, count, RESULT_FAILURE),
		count_results(cases, count, RESULT_ERROR));
}

/* The lines of a case's output: visible already, but for their ends. */
static void put_lines(FILE *out, const char *text)
{
	CLEANUP(buf_release) struct buf line = WORDS_INIT;

	while (*text) {
		size_t length = strcspn(text, "\n");

		buf_clear(&line);
		buf_add(&line, text, length);
		escape_html(out, buf_text(&line));
		fputs(text[length] ? "\n" : "", out);
		text += length + (text[length] != '\0');
	}
}

/* GitLab shows the text of the element, Jenkins its message too. */
static void put_result(FILE *out, const struct test_case *test)
{
	const char *element = elements[test->result];

	fprintf(out, "\n   <%s", element);
	if (test->result != RESULT_PASSED) {
		put_attribute(out, "type", test->type);
		put_attribute(out, "message", test->message);
	}
	fputc('>', out);
	put_lines(out, buf_text(&test->output));
	fprintf(out, "</%s>\n  ", element);
}

static void put_case(FILE *out, const struct test_case *test)
{
	fputs("  <testcase", out);
	put_attribute(out, "classname", test->suite);
	put_attribute(out, "name", test->name);
	fputc('>', out);
	if (test->result != RESULT_PASSED || test->output.length > 0)
		put_result(out, test);
	fputs("</testcase>\n", out);
}

/* Write the suite that begins with the first case; returns how many cases it has. */
static size_t put_suite(FILE *out, const struct test_case *cases, size_t room)
{
	size_t count = 1;

	while (count < room && strcmp(cases[count].suite, cases[0].suite) == 0)
		count++;
	fputs(" <testsuite", out);
	put_attribute(out, "name", cases[0].suite);
	put_counts(out, cases, count);
	fprintf(out, " skipped=\"%zu\">\n", count_results(cases, count, RESULT_SKIPPED));
	for (size_t i = 0; i < count; i++)
		put_case(out, &cases[i]);
	fputs(" </testsuite>\n", out);
	return count;
}

void report_junit(FILE *out, const struct report *report,
		  const struct report_style *style)
{
	CLEANUP(test_run_release)
	struct test_run run = {
		.arena = ARENA_INIT,
		.names = TABLE_INIT,
		.declared = TABLE_INIT,
	};

	fill(&run, report, style->verbose);
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"pindrift\"",
	      out);
	put_counts(out, run.cases, run.count);
	fputs(">\n", out);
	for (size_t i = 0; i < run.count;)
		i += put_suite(out, &run.cases[i], run.count - i);
	fputs("</testsuites>\n", out);
}
