#include "base/utf8.h"

/* What the first byte promises: 0 where no character begins with it. */
static size_t sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf) /* 0xc0 and 0xc1 begin overlong forms only */
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

static bool is_scalar_value(uint32_t point, size_t length)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	return point >= least[length] && point <= 0x10ffff &&
	       !(point >= 0xd800 && point <= 0xdfff);
}

size_t utf8_take(const char *text, uint32_t *point)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t length = sequence_length(bytes[0]);

	if (length < 2) {
		*point = bytes[0];
		return length;
	}
	*point = bytes[0] & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if (bytes[i] >> 6 != 0x02)
			return 0;
		*point = *point << 6 | (bytes[i] & 0x3fu);
	}
	return is_scalar_value(*point, length) ? length : 0;
}

size_t utf8_mark(const char *text, size_t length)
{
	static const char mark[] = "\xef\xbb\xbf";
	size_t size = strlen(mark);

	return length >= size && memcmp(text, mark, size) == 0 ? size : 0;
}

size_t utf8_front(const char *text, size_t most)
{
	size_t length = strnlen(text, most);

	while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
		length--;
	return length;
}

bool utf8_is_unsafe(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} unsafe[] = {
		{ 0x0000, 0x001f },   /* C0 */
		{ 0x007f, 0x009f },   /* DEL, C1 */
		{ 0x061c, 0x061c },   /* Arabic letter mark */
		{ 0x200b, 0x200f },   /* zero width, direction marks */
		{ 0x2028, 0x202e },   /* separators, embeddings, overrides */
		{ 0x2060, 0x206f },   /* invisible operators, isolates, shaping */
		{ 0xfeff, 0xfeff },   /* byte order mark */
		{ 0xfff9, 0xfffb },   /* annotations */
		{ 0xfffe, 0xffff },   /* no characters, nor allowed in XML */
		{ 0xe0000, 0xe007f }, /* tags */
	};

	for (size_t i = 0; i < ARRAY_LENGTH(unsafe); i++) {
		if (point >= unsafe[i].first && point <= unsafe[i].last)
			return true;
	}
	return false;
}

size_t utf8_visible(char visible[UTF8_VISIBLE_SIZE], const char *text)
{
	uint32_t point;
	size_t length = utf8_take(text, &point);

	if (length == 0 || (point < 0x80 && utf8_is_unsafe(point))) {
		snprintf(visible, UTF8_VISIBLE_SIZE, "\\x%02x", (unsigned char)text[0]);
		return 1;
	}
	if (utf8_is_unsafe(point)) {
		snprintf(visible, UTF8_VISIBLE_SIZE, "\\u{%04x}", (unsigned)point);
		return length;
	}
	memcpy(visible, text, length);
	visible[length] = '\0';
	return length;
}
