#include "base/cursor.h"

struct cursor cursor_start(const char *text)
{
	return (struct cursor){ .at = text, .line = 1, .column = 1 };
}

/* UTF-8 (RFC 3629): every byte but 10xxxxxx begins a character. */
static bool begins_character(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

/* Over one byte.  A character is left behind when its first byte is. */
static void cursor_step(struct cursor *cursor)
{
	char c = *cursor->at++;

	if (c == '\n') {
		cursor->line++;
		cursor->column = 1;
		cursor->character++;
	} else if (begins_character(c)) {
		cursor->column++;
		cursor->character++;
	}
}

void cursor_to(struct cursor *cursor, const char *target)
{
	while (cursor->at < target)
		cursor_step(cursor);
}

void cursor_to_character(struct cursor *cursor, const char *end, size_t character)
{
	while (cursor->at < end && cursor->character < character)
		cursor_step(cursor);
	while (cursor->at < end && !begins_character(*cursor->at))
		cursor_step(cursor);
}
