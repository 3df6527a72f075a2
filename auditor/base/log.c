#include "base/log.h"

#include "base/memory.h"

#include <stdarg.h>

#define SECRETS_MOST 64
#define SECRET_SHORTEST 4 /* shorter ones would star out ordinary words */
#define MESSAGE_BYTES 2048

/*
 * What the process must never show.  The one piece of state of the program that is
 * not handed around: a secret is a secret everywhere.
 */
static struct {
	enum log_level level;
	char *secrets[SECRETS_MOST];
	size_t secret_count;
} logging = { .level = LOG_WARNING };

void log_set_level(enum log_level level)
{
	logging.level = level;
}

void log_add_secret(const char *secret)
{
	if (!secret || strlen(secret) < SECRET_SHORTEST)
		return;
	for (size_t i = 0; i < logging.secret_count; i++) {
		if (strcmp(logging.secrets[i], secret) == 0)
			return;
	}
	if (logging.secret_count == SECRETS_MOST) {
		/* Tokens come and go; the oldest has had its hour. */
		free(logging.secrets[0]);
		memmove(logging.secrets, logging.secrets + 1,
			(SECRETS_MOST - 1) * sizeof(logging.secrets[0]));
		logging.secret_count--;
	}
	logging.secrets[logging.secret_count++] = xstrdup(secret);
}

void log_forget_secrets(void)
{
	while (logging.secret_count > 0)
		free(logging.secrets[--logging.secret_count]);
}

void log_redact(char *text)
{
	for (size_t i = 0; i < logging.secret_count; i++) {
		size_t length = strlen(logging.secrets[i]);
		char *found = text;

		while ((found = strstr(found, logging.secrets[i]))) {
			memset(found, '*', length);
			found += length;
		}
	}
}

/* Bytes of the valid UTF-8 sequence at `text`, its code point in `*point`; 0 if invalid.
 */
static size_t utf8_take(const unsigned char *text, uint32_t *point)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = text[0] < 0x80		 ? 1
			: (text[0] >> 5) == 0x06 ? 2
			: (text[0] >> 4) == 0x0e ? 3
			: (text[0] >> 3) == 0x1e ? 4
						 : 0;

	if (length < 2) {
		*point = text[0];
		return length;
	}
	*point = text[0] & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if ((text[i] >> 6) != 0x02)
			return 0;
		*point = *point << 6 | (text[i] & 0x3fu);
	}
	if (*point < least[length] || *point > 0x10ffff ||
	    (*point >= 0xd800 && *point <= 0xdfff))
		return 0;
	return length;
}

/* Characters that a terminal obeys, or that reorder or hide text. */
static bool is_unsafe(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} unsafe[] = {
		{ 0x00, 0x1f },	      { 0x7f, 0x9f }, /* C0, DEL, C1 */
		{ 0x061c, 0x061c },		      /* Arabic letter mark */
		{ 0x200b, 0x200f },		      /* zero width, direction marks */
		{ 0x2028, 0x202e }, /* separators, embeddings, overrides */
		{ 0x2060, 0x2069 }, /* invisible operators, isolates */
		{ 0xfeff, 0xfeff },   { 0xfff9, 0xfffb }, /* BOM, annotations */
		{ 0xe0000, 0xe007f },			  /* tags */
	};

	for (size_t i = 0; i < ARRAY_LENGTH(unsafe); i++) {
		if (point >= unsafe[i].first && point <= unsafe[i].last)
			return true;
	}
	return false;
}

void log_print_safe(FILE *out, const char *text)
{
	const unsigned char *rest = (const unsigned char *)text;

	while (*rest) {
		uint32_t point;
		size_t length = utf8_take(rest, &point);

		if (length == 0) {
			fprintf(out, "\\x%02x", *rest++);
			continue;
		}
		if (!is_unsafe(point))
			fwrite(rest, 1, length, out);
		else if (point < 0x80)
			fprintf(out, "\\x%02x", (unsigned)point);
		else
			fprintf(out, "\\u{%x}", (unsigned)point);
		rest += length;
	}
}

void log_message(enum log_level level, const char *format, ...)
{
	char text[MESSAGE_BYTES];
	va_list args;

	if (level > logging.level)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	log_redact(text);
	fputs(level == LOG_WARNING ? "pindrift: warning: " : "pindrift: ", stderr);
	log_print_safe(stderr, text);
	fputc('\n', stderr);
}
