#include "reports/html_page.h"

#include "base/timestamp.h"
#include "reports/escape.h"
#include "reports/words.h"

#define PART_ROWS 500

void html_element(FILE *out, const char *tag, const char *class, const char *text)
{
	if (text[0] == '\0')
		return;
	fprintf(out, class[0] ? "<%s class=\"%s\">" : "<%s>", tag, class);
	escape_html(out, text);
	fprintf(out, "</%s>", tag);
}

void html_section_open(FILE *out, const char *id, const char *title, const char *lead)
{
	fprintf(out, "<section id=\"%s\" aria-labelledby=\"%s-title\">\n", id, id);
	fprintf(out, "<h2 id=\"%s-title\">%s</h2>\n", id, title);
	if (lead[0] != '\0')
		fprintf(out, "<p class=\"lead\">%s</p>\n", lead);
}

void html_section_close(FILE *out)
{
	fputs("</section>\n", out);
}

void html_table_open(FILE *out, const char *id, const char *caption,
		     const char *const *headings, bool sortable)
{
	fprintf(out, "<table id=\"%s\"%s>\n<caption>%s</caption>\n<thead><tr>", id,
		sortable ? " data-sortable" : "", caption);
	for (; *headings; headings++)
		fprintf(out, "<th scope=\"col\">%s</th>", *headings);
	fputs("</tr></thead>\n<tbody>\n", out);
}

void html_table_part(FILE *out, size_t row)
{
	if (row > 0 && row % PART_ROWS == 0)
		fputs("</tbody>\n<tbody>\n", out);
}

void html_table_close(FILE *out)
{
	fputs("</tbody>\n</table>\n", out);
}

/* The piece of a reference up to where a line may break: behind "/", before "@". */
static size_t piece_length(const char *reference)
{
	size_t length = reference[0] == '@' ? 1 : 0;

	length += strcspn(reference + length, "/@");
	return length + (reference[length] == '/');
}

static void put_breakable(FILE *out, const char *reference)
{
	while (*reference) {
		CLEANUP(buf_release) struct buf piece = WORDS_INIT;

		buf_add(&piece, reference, piece_length(reference));
		escape_html(out, buf_text(&piece));
		reference += piece.length;
		fputs(*reference ? "<wbr>" : "", out);
	}
}

void html_reference(FILE *out, const char *reference)
{
	CLEANUP(buf_release) struct buf shown = WORDS_INIT;

	words_reference(&shown, reference);
	fputs("<code", out);
	if (strcmp(buf_text(&shown), reference) != 0) {
		fputs(" title=\"", out);
		escape_html(out, reference);
		fputc('"', out);
	}
	fputc('>', out);
	put_breakable(out, buf_text(&shown));
	fputs("</code>", out);
}

void html_since(FILE *out, int64_t seconds, int64_t now)
{
	char text[TIMESTAMP_SIZE];
	CLEANUP(buf_release) struct buf age = WORDS_INIT;

	if (timestamp_format(text, seconds)[0] == '\0')
		return;
	words_duration(&age, now - seconds);
	fprintf(out, "<time datetime=\"%s\">%.10s</time> <small>%s</small>", text, text,
		seconds < now ? buf_text(&age) : "now");
}
