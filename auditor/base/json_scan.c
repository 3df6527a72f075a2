#include "base/json_scan.h"

#ifdef __SSE2__
#include <emmintrin.h>

/*
 * Sixteen bytes at a time: `stops` gives a bit for each of them that ends a run.
 * Moves `at` to the first such byte, or to where fewer than sixteen are left.
 */
#define LANE ((ptrdiff_t)sizeof(__m128i))
#define SKIP_LANES(at, end, stops)                                                       \
	while ((end) - (at) >= LANE) {                                                   \
		unsigned found = stops(_mm_loadu_si128((const __m128i *)(at)));          \
                                                                                         \
		if (found)                                                               \
			return (at) + __builtin_ctz(found);                              \
		(at) += LANE;                                                            \
	}

static unsigned equal_bits(__m128i bytes, char c)
{
	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)));
}

static unsigned string_stop_bits(__m128i bytes)
{
	return equal_bits(bytes, '"') | equal_bits(bytes, '\\');
}

/* Signed: UTF-8 beyond ASCII is less than any control character. */
static unsigned plain_stop_bits(__m128i bytes)
{
	return string_stop_bits(bytes) |
	       (unsigned)_mm_movemask_epi8(_mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')));
}

#else
#define SKIP_LANES(at, end, stops)
#endif

/* The first quote or backslash in [at, end), else `end`. */
static const char *string_stop(const char *at, const char *end)
{
	SKIP_LANES(at, end, string_stop_bits)
	while (at < end && *at != '"' && *at != '\\')
		at++;
	return at;
}

static bool is_plain(unsigned char c)
{
	return c >= ' ' && c <= 0x7f && c != '"' && c != '\\';
}

const char *json_plain_end(const char *at, const char *end)
{
	SKIP_LANES(at, end, plain_stop_bits)
	while (at < end && is_plain((unsigned char)*at))
		at++;
	return at;
}

/*
 * The first quote, bracket or backslash in [at, end), else `end`.  '[' and '{', as ']'
 * and '}', differ in bit 0x20 alone.
 */
static const char *structure(const char *at, const char *end)
{
	while (at < end && *at != '"' && *at != '\\' && (*at | 0x20) != '{' &&
	       (*at | 0x20) != '}')
		at++;
	return at;
}

/*
 * Go on inside a string: behind its closing quote, or to where more bytes are
 * needed.  An escape is two bytes here, since \uXXXX holds no quote.
 */
static bool string_close(const char **at, const char *end)
{
	for (;;) {
		*at = string_stop(*at, end);
		if (*at == end)
			return false;
		if (**at == '"')
			break;
		if (end - *at < 2)
			return false;
		*at += 2;
	}
	*at += 1;
	return true;
}

const char *json_string_end(const char *at, const char *end)
{
	return string_close(&at, end) ? at - 1 : NULL;
}

static enum json_skip_state bracket_open(struct json_skip *skip, bool brace)
{
	if (skip->depth == JSON_DEPTH)
		return JSON_SKIP_TOO_DEEP;
	skip->depth++;
	skip->brackets = skip->brackets << 1 | brace;
	return JSON_SKIP_MORE;
}

static enum json_skip_state bracket_close(struct json_skip *skip, bool brace)
{
	if (skip->depth == 0 || (skip->brackets & 1) != brace)
		return JSON_SKIP_INVALID;
	skip->depth--;
	skip->brackets >>= 1;
	return skip->depth == 0 ? JSON_SKIP_DONE : JSON_SKIP_MORE;
}

static enum json_skip_state skip_structure(struct json_skip *skip, char c)
{
	switch (c) {
	case '{':
	case '[':
		return bracket_open(skip, c == '{');
	case '}':
	case ']':
		return bracket_close(skip, c == '}');
	case '\\': /* outside a string */
		return JSON_SKIP_INVALID;
	default:
		skip->in_string = true;
		return JSON_SKIP_MORE;
	}
}

#ifdef __SSE2__
#define BLOCK ((ptrdiff_t)64)

/* A bit for each byte of a block that is one of these, the first byte lowest. */
struct block {
	uint64_t quotes, backslashes, opens, closes;
};

static struct block block_read(const char *at)
{
	struct block block = { 0, 0, 0, 0 };

	for (int lane = 0; lane < 4; lane++) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)at + lane);
		__m128i folded = _mm_or_si128(bytes, _mm_set1_epi8(0x20));

		block.quotes |= (uint64_t)equal_bits(bytes, '"') << (16 * lane);
		block.backslashes |= (uint64_t)equal_bits(bytes, '\\') << (16 * lane);
		block.opens |= (uint64_t)equal_bits(folded, '{') << (16 * lane);
		block.closes |= (uint64_t)equal_bits(folded, '}') << (16 * lane);
	}
	return block;
}

/*
 * The bytes behind an odd number of backslashes.  Runs that begin at an even and at an
 * odd place are told apart by adding: the carry ripples through a run and comes out
 * behind it (Langdale and Lemire, Parsing Gigabytes of JSON per Second, 3.1.1).
 */
static uint64_t escaped_bits(uint64_t backslashes)
{
	const uint64_t even = 0x5555555555555555;
	uint64_t behind = backslashes << 1;
	uint64_t odd_starts = backslashes & ~even & ~behind;

	return (even ^ (odd_starts + backslashes) << 1) & behind;
}

/* Each bit becomes the parity of itself and all lower ones: set from quote to quote. */
static uint64_t parity_bits(uint64_t bits)
{
	for (int shift = 1; shift < 64; shift *= 2)
		bits ^= bits << shift;
	return bits;
}

/*
 * What stands in a block at the bits of `stops`: brackets, and backslashes outside of
 * strings.  At the end of the value, or where it is none, `*at` is behind the byte.
 */
static enum json_skip_state take_stops(struct json_skip *skip, const char **at,
				       uint64_t stops)
{
	for (; stops; stops &= stops - 1) {
		const char *stop = *at + __builtin_ctzll(stops);
		enum json_skip_state state = skip_structure(skip, *stop);

		if (state != JSON_SKIP_MORE) {
			*at = stop + 1;
			return state;
		}
	}
	return JSON_SKIP_MORE;
}

/*
 * Run over whole blocks inside brackets.  An escape at the end of a block is left to the
 * next one, so that nothing but `in_string` is carried over.
 */
static enum json_skip_state skip_blocks(struct json_skip *skip, const char **at,
					const char *end)
{
	while (end - *at >= BLOCK) {
		struct block block = block_read(*at);
		uint64_t escaped = escaped_bits(block.backslashes);
		bool cut = (block.backslashes & ~escaped) >> 63;
		uint64_t strings =
			parity_bits(block.quotes & ~escaped) ^ -(uint64_t)skip->in_string;
		uint64_t stops = block.opens | block.closes | block.backslashes;
		enum json_skip_state state = take_stops(skip, at, stops & ~strings);

		skip->in_string = state == JSON_SKIP_MORE && strings >> 63;
		if (state != JSON_SKIP_MORE)
			return state;
		*at += BLOCK - cut;
	}
	return JSON_SKIP_MORE;
}
#else
static enum json_skip_state skip_blocks(struct json_skip *skip, const char **at,
					const char *end)
{
	(void)skip;
	(void)at;
	(void)end;
	return JSON_SKIP_MORE;
}
#endif

/* Within brackets or a string, from `at` on. */
static enum json_skip_state skip_on(struct json_skip *skip, const char **at,
				    const char *end)
{
	enum json_skip_state state = JSON_SKIP_MORE;

	while (state == JSON_SKIP_MORE && *at < end) {
		if (skip->in_string) {
			if (!string_close(at, end))
				break;
			skip->in_string = false;
			state = skip->depth == 0 ? JSON_SKIP_DONE : JSON_SKIP_MORE;
		} else {
			*at = structure(*at, end);
			if (*at < end)
				state = skip_structure(skip, *(*at)++);
		}
	}
	return state;
}

/*
 * A number, true, false or null: up to what may stand behind a value.  A quote or bracket
 * inside one has to be refused, or who runs over all of an object would see another
 * structure than who runs over its members.
 */
static enum json_skip_state skip_word(struct json_skip *skip, const char *text,
				      size_t length)
{
	while (skip->at < length && !memchr(",]} \t\r\n", text[skip->at], 7)) {
		if (memchr("\"{[:", text[skip->at], 4))
			return JSON_SKIP_INVALID;
		skip->at++;
	}
	if (skip->at == length)
		return JSON_SKIP_MORE;
	return skip->at == 0 ? JSON_SKIP_INVALID : JSON_SKIP_DONE;
}

enum json_skip_state json_skip(struct json_skip *skip, const char *text, size_t length)
{
	const char *at = text + skip->at;
	enum json_skip_state state;

	if (length == 0)
		return JSON_SKIP_MORE;
	if (!memchr("{[\"", text[0], 3))
		return skip_word(skip, text, length);
	state = skip->at == 0 ? skip_structure(skip, *at++) : JSON_SKIP_MORE;
	if (skip->depth > 0)
		state = skip_blocks(skip, &at, text + length);
	if (state == JSON_SKIP_MORE)
		state = skip_on(skip, &at, text + length);
	skip->at = (size_t)(at - text);
	return state;
}
