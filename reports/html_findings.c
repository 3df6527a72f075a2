/*
 * The findings of the HTML report: those that stand, those behind a gap and those that
 * somebody accepted in one table, the others in a second; the rules that they break
 * below.
 */
#include "reports/html_page.h"

#include "drift/rules.h"
#include "reports/escape.h"
#include "reports/summary.h"
#include "reports/words.h"

static const char *const headings[] = { "Level",   "Rule",  "Subject",
					"Finding", "Since", NULL };

static void put_level(FILE *out, const struct finding *finding)
{
	/* Worst first where the script sorts the column upwards. */
	fprintf(out, "<td data-sort=\"%d\"><span class=\"level\">%s</span>",
		LEVEL_ERROR - finding->level, level_name(finding->level));
	if (finding->state != FINDING_OPEN)
		fprintf(out, " <span class=\"state\">%s</span>",
			finding_state_name(finding->state));
	fputs("</td>", out);
}

/* What it is about, the most particular first. */
static void put_subject(FILE *out, const struct finding *finding)
{
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	fputs("<th scope=\"row\">", out);
	if (finding->subject == SUBJECT_TAG || finding->subject == SUBJECT_PIN) {
		html_reference(out, finding->reference);
		fputs(" <small>", out);
		words_finding_object(&text, finding);
		escape_html(out, buf_text(&text));
		fputs("</small>", out);
	} else {
		words_object(&text, "", &finding->object);
		escape_html(out, buf_text(&text));
		buf_clear(&text);
		words_container(&text, finding->class, finding->container);
		fputs(" <small>", out);
		escape_html(out, buf_text(&text));
		fputs(finding->namespace[0] ? ", namespace " : "", out);
		escape_html(out, finding->namespace);
		fputs(finding->tell_cluster && finding->cluster[0] ? ", cluster " : "",
		      out);
		escape_html(out, finding->tell_cluster ? finding->cluster : "");
		fputs("</small>", out);
	}
	fputs("</th>", out);
}

/* "deploy/web.yaml:21:18, 3 pods, linux/amd64". */
static void put_place(FILE *out, const struct finding *finding)
{
	CLEANUP(buf_release) struct buf place = WORDS_INIT;
	CLEANUP(buf_release) struct buf more = WORDS_INIT;

	words_place(&place, finding);
	if (finding->pod_count)
		words_count(&more, finding->pod_count, "pod");
	if (finding->platform[0] != '\0') {
		words_comma(&more, 0);
		buf_puts(&more, finding->platform);
	}
	html_element(out, "code", "", buf_text(&place));
	fputs(place.length && more.length ? ", " : "", out);
	escape_html(out, buf_text(&more));
}

static void put_digest(FILE *out, const char *label, const char *text)
{
	if (text[0] == '\0')
		return;
	fprintf(out, "%s ", label);
	escape_html(out, text);
	fputc('\n', out);
}

/* Where it is, and behind that the whole digests, to be copied. */
static void put_details(FILE *out, const struct finding *finding)
{
	if (!finding->declared[0] && !finding->running[0] && !finding->resolved[0]) {
		fputs(" <small>", out);
		put_place(out, finding);
		fputs("</small>", out);
		return;
	}
	fputs(" <details><summary>", out);
	put_place(out, finding);
	fputs(" <span>digests</span></summary><pre>", out);
	put_digest(out, "declared", finding->declared);
	put_digest(out, "running ", finding->running);
	put_digest(out, "resolved", finding->resolved);
	fputs("</pre></details>", out);
}

static void put_finding(FILE *out, const struct finding *finding, int64_t now)
{
	CLEANUP(buf_release) struct buf message = WORDS_INIT;

	fputs("<tr", out);
	if (finding->fingerprint[0] != '\0') {
		fputs(" id=\"f-", out);
		escape_html(out, finding->fingerprint);
		fputc('"', out);
	}
	fprintf(out, " data-level=\"%s\" data-state=\"%s\">\n",
		level_name(finding->level), finding_state_name(finding->state));
	put_level(out, finding);
	fputs("<td><a href=\"#rule-", out);
	escape_html(out, finding->rule);
	fputs("\">", out);
	escape_html(out, finding->rule);
	fputs("</a></td>", out);
	put_subject(out, finding);
	fputs("\n<td>", out);
	words_message(&message, finding);
	escape_html(out, buf_text(&message));
	put_details(out, finding);
	fputs("</td><td>", out);
	html_since(out, finding->first_seen_at, now);
	fputs("</td></tr>\n", out);
}

/* The parts of the tables: the last is the second table. */
enum part { PART_STANDING, PART_HIDDEN, PART_ACCEPTED, PART_ASIDE };

static enum part part_of(const struct finding *finding)
{
	if (finding->level == LEVEL_NONE || finding->state == FINDING_FIXED)
		return PART_ASIDE;
	if (finding_is_accepted(finding))
		return PART_ACCEPTED;
	return finding->state == FINDING_UNKNOWN ? PART_HIDDEN : PART_STANDING;
}

static size_t count_part(const struct report *report, enum part part)
{
	size_t count = 0;

	for (size_t i = 0; i < report->finding_count; i++)
		count += part_of(&report->findings[i]) == part;
	return count;
}

static void put_findings(FILE *out, const struct report *report, enum part first,
			 enum part last)
{
	size_t row = 0;

	for (enum part part = first; part <= last; part++) {
		for (size_t i = 0; i < report->finding_count; i++) {
			const struct finding *finding = &report->findings[i];

			if (part_of(finding) != part)
				continue;
			html_table_part(out, row++);
			put_finding(out, finding, report->scan.started_at);
		}
	}
}

/* Findings of a level in the first table that nobody accepted. */
static size_t count_level(const struct report *report, enum level level)
{
	size_t count = 0;

	for (size_t i = 0; i < report->finding_count; i++)
		count += report->findings[i].level == level &&
			 !finding_is_aside(&report->findings[i]);
	return count;
}

static void put_filter(FILE *out, const struct report *report, enum level level,
		       const char *label)
{
	fprintf(out,
		"<label><input type=\"checkbox\" name=\"level\" value=\"%s\" checked> "
		"%s <b>%zu</b></label>\n",
		level_name(level), label, count_level(report, level));
}

/* What somebody accepted is shown at first only where there is nothing else. */
static void put_accepted_filter(FILE *out, const struct report *report)
{
	size_t count = count_part(report, PART_ACCEPTED);
	bool alone = count + count_part(report, PART_ASIDE) == report->finding_count;

	if (count)
		fprintf(out,
			"<label><input type=\"checkbox\" name=\"accepted\"%s> "
			"Waived or known <b>%zu</b></label>\n",
			alone ? " checked" : "", count);
}

/* Of use with the script alone, which shows it. */
static void put_filters(FILE *out, const struct report *report)
{
	fputs("<form id=\"filters\" role=\"search\" hidden>\n"
	      "<label class=\"search\">Search <input type=\"search\" name=\"words\" "
	      "autocomplete=\"off\" placeholder=\"name, path, digest, rule\"></label>\n"
	      "<fieldset><legend>Level</legend>\n",
	      out);
	put_filter(out, report, LEVEL_ERROR, "Errors");
	put_filter(out, report, LEVEL_WARNING, "Warnings");
	put_filter(out, report, LEVEL_NOTE, "Notes");
	fputs("</fieldset>\n"
	      "<label><input type=\"checkbox\" name=\"new\"> New only</label>\n",
	      out);
	put_accepted_filter(out, report);
	fputs("<output name=\"count\" role=\"status\"></output>\n</form>\n", out);
}

void html_findings(FILE *out, const struct report *report)
{
	size_t aside = count_part(report, PART_ASIDE);

	html_section_open(out, "findings", "Findings", "");
	if (report->finding_count == aside) {
		fputs("<p>No findings in what was seen.</p>\n", out);
	} else {
		put_filters(out, report);
		html_table_open(out, "findings-table", "Findings, the worst first",
				headings, true);
		put_findings(out, report, PART_STANDING, PART_ACCEPTED);
		html_table_close(out);
	}
	if (aside) {
		fprintf(out,
			"<details class=\"aside\"><summary>Fixed or switched off: %zu"
			"</summary>\n",
			aside);
		html_table_open(out, "aside-table",
				"Findings that are fixed, or whose rule is off", headings,
				true);
		put_findings(out, report, PART_ASIDE, PART_ASIDE);
		html_table_close(out);
		fputs("</details>\n", out);
	}
	html_section_close(out);
}

static bool is_broken(const struct report *report, const struct rule *rule)
{
	for (size_t i = 0; i < report->finding_count; i++) {
		if (strcmp(report->findings[i].rule, rule->id) == 0)
			return true;
	}
	return false;
}

void html_rules(FILE *out, const struct report *report)
{
	if (report->finding_count == 0)
		return;
	html_section_open(out, "rules", "Rules",
			  "Why each finding matters, and what to do.");
	fputs("<dl>\n", out);
	for (const struct rule *rule = rules; rule->id; rule++) {
		if (!is_broken(report, rule))
			continue;
		fprintf(out, "<div id=\"rule-%s\"><dt><code>%s</code> ", rule->id,
			rule->id);
		escape_html(out, rule->title);
		fputs("</dt>\n", out);
		html_element(out, "dd", "", rule->why);
		html_element(out, "dd", "mend", rule->mend);
		fputs("</div>\n", out);
	}
	fputs("</dl>\n", out);
	html_section_close(out);
}
