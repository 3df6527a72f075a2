#include "base/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			       "0123456789+/";

/* The six bits of a character; -1 where it is none of the alphabet. */
static int bits_of(char c)
{
	const char *found = c ? strchr(alphabet, c) : NULL;

	return found ? (int)(found - alphabet) : -1;
}

/* Four characters (two and three at the end) become three bytes (one and two). */
struct quantum {
	uint32_t bits;
	size_t characters;
};

static void quantum_add(struct buf *out, const struct quantum *quantum)
{
	uint32_t bits = quantum->bits << (6 * (4 - quantum->characters));
	const unsigned char bytes[] = { bits >> 16 & 0xff, bits >> 8 & 0xff,
					bits & 0xff };

	if (quantum->characters > 1)
		buf_add(out, bytes, quantum->characters - 1);
}

/* Only padding and white space may follow the first "=". */
static bool padding_is_right(const char *rest, size_t characters)
{
	size_t padding = 0;

	for (; *rest; rest++) {
		if (*rest == '=')
			padding++;
		else if (!strchr(" \t\r\n", *rest))
			return false;
	}
	return padding == 0 || (characters > 1 && padding == 4 - characters);
}

bool base64_decode(struct buf *out, const char *text, struct error *err)
{
	struct quantum quantum = { 0, 0 };

	for (; *text && *text != '='; text++) {
		int bits = bits_of(*text);

		if (bits < 0 && strchr(" \t\r\n", *text))
			continue;
		if (bits < 0)
			return error_set(err, ERROR_SYNTAX, "no base64");
		quantum.bits = quantum.bits << 6 | (uint32_t)bits;
		if (++quantum.characters == 4) {
			quantum_add(out, &quantum);
			quantum = (struct quantum){ 0, 0 };
		}
	}
	if (quantum.characters == 1 || !padding_is_right(text, quantum.characters))
		return error_set(err, ERROR_SYNTAX, "base64 that breaks off");
	quantum_add(out, &quantum);
	if (out->overflowed)
		return error_set(err, ERROR_LIMIT, "more than %zu bytes of base64",
				 out->limit);
	return true;
}

void base64_encode(struct buf *out, const void *data, size_t length)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < length; i += 3) {
		size_t count = length - i < 3 ? length - i : 3;
		uint32_t bits = (uint32_t)bytes[i] << 16 |
				(count > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
				(count > 2 ? (uint32_t)bytes[i + 2] : 0);

		for (size_t j = 0; j < 4; j++)
			buf_putc(out,
				 j <= count ? alphabet[bits >> (18 - 6 * j) & 63] : '=');
	}
}
