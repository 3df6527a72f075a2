#include "reports/wrap.h"

#include "reports/escape.h"
#include "reports/words.h"

/* ECMA-48, SGR: the sixteen colours that people choose for their terminal themselves. */
static const char *const paints[] = {
	[PAINT_PLAIN] = NULL,         [PAINT_BOLD] = "\033[1m",
	[PAINT_DIM] = "\033[2m",      [PAINT_ERROR] = "\033[1;31m",
	[PAINT_WARNING] = "\033[33m", [PAINT_NOTE] = "\033[36m",
	[PAINT_GOOD] = "\033[1;32m",
};

#define PAINT_OFF "\033[0m"

void wrap_init(struct wrap *wrap, FILE *out, bool color, int columns)
{
	*wrap = (struct wrap){
		.out = out,
		.color = color,
		.columns = columns,
		.line = WORDS_INIT,
		.word = WORDS_INIT,
		.text = WORDS_INIT,
	};
}

void wrap_release(struct wrap *wrap)
{
	buf_release(&wrap->line);
	buf_release(&wrap->word);
	buf_release(&wrap->text);
}

/* The line is complete. */
static void end_line(struct wrap *wrap)
{
	buf_putc(&wrap->line, '\n');
	fwrite(buf_text(&wrap->line), 1, wrap->line.length, wrap->out);
	buf_clear(&wrap->line);
	wrap->column = 0;
}

static void indent_to(struct wrap *wrap, int column)
{
	for (; wrap->column < column; wrap->column++)
		buf_putc(&wrap->line, ' ');
	wrap->line_empty = true;
}

void wrap_begin(struct wrap *wrap, int first, int rest)
{
	wrap->column = 0;
	wrap->indent = rest;
	indent_to(wrap, first);
}

/* Columns that a text takes: its UTF-8 bytes without the continuation bytes. */
static int columns_of(const char *text)
{
	int columns = 0;

	for (; *text; text++)
		columns += ((unsigned char)*text & 0xc0) != 0x80;
	return columns;
}

/* Go where the next word stands: behind a space, or on a line of its own. */
static void make_room(struct wrap *wrap, int width)
{
	int space = wrap->line_empty ? 0 : 1;

	if (!wrap->line_empty && wrap->columns > 0 &&
	    wrap->column + space + width > wrap->columns) {
		end_line(wrap);
		indent_to(wrap, wrap->indent);
		space = 0;
	}
	indent_to(wrap, wrap->column + space);
	wrap->line_empty = false;
	wrap->column += width;
}

static void put_word(struct wrap *wrap, enum paint paint)
{
	const char *on = wrap->color ? paints[paint] : NULL;

	/* On a line without end nobody asks how wide a word is. */
	make_room(wrap, wrap->columns ? columns_of(buf_text(&wrap->word)) : 0);
	if (on)
		buf_puts(&wrap->line, on);
	buf_add(&wrap->line, buf_text(&wrap->word), wrap->word.length);
	if (on)
		buf_puts(&wrap->line, PAINT_OFF);
}

/*
 * The next word.  A command between backquotes is one, spaces and all: broken into lines
 * it could not be pasted.
 */
static void take_word(struct wrap *wrap, const char **text)
{
	bool quoted = false;
	size_t from = 0;

	buf_clear(&wrap->word);
	do {
		if (quoted)
			buf_putc(&wrap->word, ' ');
		escape_terminal_word(&wrap->word, text);
		*text += strspn(*text, " ");
		for (; from < wrap->word.length; from++)
			quoted ^= wrap->word.data[from] == '`';
	} while (quoted && strchr(*text, '`'));
}

void wrap_text(struct wrap *wrap, enum paint paint, const char *text)
{
	while (*text) {
		take_word(wrap, &text);
		if (wrap->word.length > 0)
			put_word(wrap, paint);
	}
}

void wrap_buf(struct wrap *wrap, enum paint paint, struct buf *text)
{
	wrap_text(wrap, paint, buf_text(text));
	buf_clear(text);
}

void wrap_printf(struct wrap *wrap, enum paint paint, const char *format, ...)
{
	va_list args;

	buf_clear(&wrap->text);
	va_start(args, format);
	buf_vprintf(&wrap->text, format, args);
	va_end(args);
	wrap_text(wrap, paint, buf_text(&wrap->text));
}

void wrap_end(struct wrap *wrap)
{
	end_line(wrap);
}

void wrap_space(struct wrap *wrap)
{
	end_line(wrap);
}
