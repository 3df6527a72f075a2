/*
 * The other tables of the HTML report: what was not seen, what was covered, and the three
 * sides, declared, running and resolved.
 */
#include "reports/html_page.h"

#include "reports/escape.h"
#include "reports/words.h"

static void put_cell(FILE *out, const char *text)
{
	fputs("<td>", out);
	escape_html(out, text);
	fputs("</td>", out);
}

static void put_gap(FILE *out, const struct gap *gap)
{
	CLEANUP(buf_release) struct buf reason = WORDS_INIT;

	words_gap_reason(&reason, gap);
	fprintf(out, "<tr data-level=\"%s\"><td><span class=\"level\">%s</span>%s</td>",
		gap->waived ? "waived" : "gap", gap_name(gap->kind),
		gap->waived ? " <span class=\"state\">waived</span>" : "");
	fputs("<th scope=\"row\">", out);
	escape_html(out, gap->subject);
	fputs("</th>", out);
	put_cell(out, buf_text(&reason));
	fputs("</tr>\n", out);
}

void html_gaps(FILE *out, const struct report *report)
{
	static const char *const headings[] = { "Gap", "What", "Why, and what to do",
						NULL };

	html_section_open(
		out, "gaps", "Not seen",
		report->gap_count
			? "What is behind a gap is unknown, which is never clean."
			: "Nothing that was asked for stayed unseen.");
	if (report->gap_count) {
		html_table_open(out, "gaps-table", "What could not be observed", headings,
				false);
		for (size_t i = 0; i < report->gap_count; i++)
			put_gap(out, &report->gaps[i]);
		html_table_close(out);
	}
	html_section_close(out);
}

static void put_coverage(FILE *out, const struct coverage *coverage)
{
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	words_coverage(&text, coverage);
	html_element(out, "li", coverage->observed ? "" : "unseen", buf_text(&text));
	fputc('\n', out);
}

static void put_requests(FILE *out, const struct request_count *count)
{
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	words_requests(&text, count);
	html_element(out, "li", "", buf_text(&text));
	fputc('\n', out);
}

void html_coverage(FILE *out, const struct report *report)
{
	html_section_open(out, "coverage", "Coverage", "");
	fputs("<ul>\n", out);
	for (size_t i = 0; i < report->coverage_count; i++)
		put_coverage(out, &report->coverage[i]);
	for (size_t i = 0; i < report->request_count; i++)
		put_requests(out, &report->requests[i]);
	fputs("</ul>\n", out);
	html_section_close(out);
}

/* The workload, and below it the container and the namespace. */
static void put_workload(FILE *out, const char *cluster, const char *namespace,
			 const struct object_id *object, const char *class,
			 const char *container)
{
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	fputs("<th scope=\"row\">", out);
	words_object(&text, "", object);
	escape_html(out, buf_text(&text));
	buf_clear(&text);
	words_container(&text, class, container);
	if (namespace[0] != '\0') {
		words_comma(&text, 0);
		buf_printf(&text, "namespace %s", namespace);
	}
	if (cluster[0] != '\0') {
		words_comma(&text, 0);
		buf_printf(&text, "cluster %s", cluster);
	}
	fputs(" <small>", out);
	escape_html(out, buf_text(&text));
	fputs("</small></th>", out);
}

static void put_detail(FILE *out, const char *label, const char *text)
{
	if (text[0] == '\0')
		return;
	fprintf(out, "%s ", label);
	escape_html(out, text);
	fputc('\n', out);
}

/* What the verdict rests on, whole, to be copied. */
static void put_evidence(FILE *out, const struct report_use *use)
{
	fputs("<details><summary>Evidence</summary><pre>", out);
	put_detail(out, "declared ", use->declared);
	put_detail(out, "pulled by", use->reference);
	put_detail(out, "image id ", use->image_id);
	put_detail(out, "proof    ", use->proof);
	fputs("</pre></details>", out);
}

static void put_pods(FILE *out, const struct report_use *use)
{
	CLEANUP(buf_release) struct buf how = WORDS_INIT;

	fprintf(out, "%u ", (unsigned)use->pod_count);
	buf_printf(&how, "%s%s%s", use->state, use->platform[0] ? ", " : "",
		   use->platform);
	html_element(out, "small", "", buf_text(&how));
}

static void put_use(FILE *out, const struct report_use *use, int64_t now)
{
	fputs("<tr data-verdict=\"", out);
	escape_html(out, use->verdict);
	fputs("\">", out);
	put_workload(out, use->tell_cluster ? use->cluster : "", use->namespace,
		     &use->object, use->class, use->container);
	fputs("<td>", out);
	html_reference(out, use->declared);
	fputs("</td><td>", out);
	html_reference(out, use->image_id[0] ? use->image_id : use->reference);
	put_evidence(out, use);
	fputs("</td><td>", out);
	html_element(out, "span", "level", use->verdict);
	fputc(' ', out);
	html_element(out, "small", "", use->how);
	fputc(' ', out);
	html_element(out, "small", "", use->reason);
	fputs("</td><td>", out);
	put_pods(out, use);
	fputs("</td><td>", out);
	html_since(out, use->first_seen_at, now);
	fputs("</td></tr>\n", out);
}

void html_running(FILE *out, const struct report *report)
{
	static const char *const headings[] = { "Workload", "Declared", "Running",
						"Verdict",  "Pods",     "Since",
						NULL };

	if (report->running_count == 0)
		return;
	html_section_open(out, "running", "Running",
			  "Each running container beside its declaration.");
	html_table_open(out, "running-table", "Containers and their verdicts", headings,
			true);
	for (size_t i = 0; i < report->running_count; i++) {
		html_table_part(out, i);
		put_use(out, &report->running[i], report->scan.started_at);
	}
	html_table_close(out);
	html_section_close(out);
}

static void put_declared(FILE *out, const struct declared_use *use)
{
	bool pinned =
		use->image.state == REFERENCE_OK && digest_known(&use->image.ref.digest);

	fputs("<tr>", out);
	put_workload(out, "", use->namespace, &use->object,
		     container_class_name(use->image.class), use->image.container);
	fputs("<td>", out);
	html_reference(out, use->image.text);
	fprintf(out, "</td><td>%s</td><td><code>", pinned ? "yes" : "no");
	escape_html(out, use->file);
	fprintf(out, ":%u</code></td></tr>\n", (unsigned)use->line);
}

void html_declared(FILE *out, const struct report *report)
{
	static const char *const headings[] = { "Workload", "Image", "Pinned", "Where",
						NULL };

	if (report->declared_count == 0)
		return;
	html_section_open(out, "declared", "Declared", "The images that manifests name.");
	html_table_open(out, "declared-table", "Declared images", headings, true);
	for (size_t i = 0; i < report->declared_count; i++) {
		html_table_part(out, i);
		put_declared(out, &report->declared[i]);
	}
	html_table_close(out);
	html_section_close(out);
}

static void put_tag(FILE *out, const struct report_tag *tag, int64_t now)
{
	CLEANUP(buf_release) struct buf name = WORDS_INIT;

	buf_printf(&name, "%s/%s:%s", tag->registry, tag->repository, tag->tag);
	fputs("<tr><th scope=\"row\">", out);
	html_element(out, "code", "", buf_text(&name));
	fputs("</th><td>", out);
	html_element(out, "code", "", tag->digest.text);
	fputs("</td>", out);
	put_cell(out, tag->state);
	fputs("<td>", out);
	html_since(out, tag->first_seen_at, now);
	fputs("</td></tr>\n", out);
}

void html_tags(FILE *out, const struct report *report)
{
	static const char *const headings[] = { "Tag", "Resolves to", "State", "Since",
						NULL };

	if (report->tag_count == 0)
		return;
	html_section_open(out, "tags", "Resolved",
			  "What registries say that tags mean now.");
	html_table_open(out, "tags-table", "Tags and their digests", headings, true);
	for (size_t i = 0; i < report->tag_count; i++) {
		html_table_part(out, i);
		put_tag(out, &report->tags[i], report->scan.started_at);
	}
	html_table_close(out);
	html_section_close(out);
}
