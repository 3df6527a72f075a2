/*
 * One self-contained page.  It may load nothing: the Content Security Policy (CSP 3)
 * allows its own style sheet and its own script, each by the hash of its text.  Written
 * from front to back, so that memory does not grow with the findings.
 */
#include "reports/renderers.h"

#include "base/base64.h"
#include "base/embedded.h"
#include "reports/escape.h"
#include "reports/html_page.h"
#include "reports/summary.h"
#include "reports/words.h"

#define SHA256_BYTES 32

static unsigned char hex_value(char digit)
{
	return (unsigned char)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

/* A source expression of CSP: 'sha256-' and base64 of the hash of what the element holds.
 */
static void put_source(FILE *out, const char *text)
{
	const struct digest sha256 = { "" };
	struct digest digest = digest_compute(text, strlen(text), &sha256);
	const char *hex = digest.text + strlen("sha256:");
	CLEANUP(buf_release) struct buf encoded = BUF_INIT(64);
	unsigned char hash[SHA256_BYTES];

	for (size_t i = 0; i < SHA256_BYTES; i++)
		hash[i] = (unsigned char)(hex_value(hex[2 * i]) << 4 |
					  hex_value(hex[2 * i + 1]));
	base64_encode(&encoded, hash, sizeof(hash));
	fprintf(out, "'sha256-%s'", buf_text(&encoded));
}

static void put_policy(FILE *out)
{
	fputs("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
	      "'none'; "
	      "style-src ",
	      out);
	put_source(out, embedded_report_css);
	fputs("; script-src ", out);
	put_source(out, embedded_report_js);
	fputs("; base-uri 'none'; form-action 'none'\">\n", out);
}

static void put_head(FILE *out, const char *word, const char *sentence)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
	      out);
	put_policy(out);
	fputs("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<meta name=\"referrer\" content=\"no-referrer\">\n<title>",
	      out);
	fprintf(out, "%s: ", word);
	escape_html(out, sentence);
	fprintf(out,
		"</title>\n<style>%s</style>\n<script>%s</script>\n</head>\n<body>\n",
		embedded_report_css, embedded_report_js);
}

/* One of the facts below the verdict; nothing where the text is "". */
static void put_fact(FILE *out, const char *name, const char *text)
{
	if (text[0] == '\0')
		return;
	fprintf(out, "<div><dt>%s</dt> <dd>", name);
	escape_html(out, text);
	fputs("</dd></div>\n", out);
}

static void put_scan_facts(FILE *out, const struct report_scan *scan)
{
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	if (scan->id)
		buf_printf(&text, "%s %lld", scan->command, (long long)scan->id);
	put_fact(out, "Run", scan->id ? buf_text(&text) : scan->command);
	buf_clear(&text);
	words_time(&text, scan->started_at);
	buf_puts(&text, ", in ");
	words_duration(&text, scan->finished_at - scan->started_at);
	put_fact(out, "When", buf_text(&text));
	buf_clear(&text);
	buf_printf(&text, "%.12s%s", scan->commit,
		   scan->dirty ? " with uncommitted changes" : "");
	put_fact(out, "Manifests at", buf_text(&text));
	buf_clear(&text);
	buf_printf(&text, "%d, --fail-on %s", scan->exit_status, scan->fail_on);
	put_fact(out, "Exit status", buf_text(&text));
}

static void put_header(FILE *out, const struct report *report,
		       const struct summary *summary, const char *sentence)
{
	CLEANUP(buf_release) struct buf insecure = WORDS_INIT;

	fprintf(out, "<header data-verdict=\"%s\">\n<h1><strong>%s</strong> ",
		headline_name(summary->headline), headline_word(summary->headline));
	escape_html(out, sentence);
	fputs("</h1>\n<dl>\n", out);
	put_scan_facts(out, &report->scan);
	for (size_t i = 0; i < report->cluster_count; i++) {
		put_fact(out, "Cluster", report->clusters[i].name);
		put_fact(out, "Server", report->clusters[i].server);
	}
	fputs("</dl>\n", out);
	summary_insecure(&insecure, report);
	if (insecure.length) {
		fputs("<p role=\"note\">", out);
		escape_html(out, buf_text(&insecure));
		fputs("</p>\n", out);
	}
	fputs("</header>\n", out);
}

static void put_footer(FILE *out, const struct report *report)
{
	fputs("<footer>Written by pindrift ", out);
	escape_html(out, report->scan.version);
	fputs(". Times are UTC.</footer>\n</body>\n</html>\n", out);
}

void report_html(FILE *out, const struct report *report, const struct report_style *style)
{
	struct summary summary = summary_of(report);
	CLEANUP(buf_release) struct buf sentence = WORDS_INIT;

	(void)style;
	summary_sentence(&sentence, report, &summary);
	put_head(out, headline_word(summary.headline), buf_text(&sentence));
	put_header(out, report, &summary, buf_text(&sentence));
	fputs("<main>\n", out);
	html_gaps(out, report);
	html_coverage(out, report);
	html_findings(out, report);
	html_running(out, report);
	html_declared(out, report);
	html_tags(out, report);
	html_rules(out, report);
	fputs("</main>\n", out);
	put_footer(out, report);
}
