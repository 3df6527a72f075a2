#include "base/log.h"

#include "base/buf.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <stdarg.h>

#define SECRETS_MOST 64
#define SECRET_SHORTEST 4 /* shorter ones would star out ordinary words */
#define MESSAGE_BYTES ((size_t)1024 * 1024) /* that are looked through for secrets */
#define MESSAGE_SHOWN ((size_t)2048)        /* bytes of them that are shown */

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

/* Mark each place first: where two secrets overlap, starring one out would hide the
 * other. */
void log_redact(char *text)
{
	bool *secret CLEANUP(free_pointer) = NULL;
	size_t length = strlen(text);

	if (logging.secret_count == 0)
		return;
	secret = xcalloc(length, sizeof(*secret));
	for (size_t i = 0; i < logging.secret_count; i++) {
		size_t secret_length = strlen(logging.secrets[i]);
		const char *found = text;

		for (; (found = strstr(found, logging.secrets[i])); found++)
			memset(secret + (found - text), true, secret_length);
	}
	for (size_t i = 0; i < length; i++) {
		if (secret[i])
			text[i] = '*';
	}
}

void log_print_safe(FILE *out, const char *text)
{
	char visible[UTF8_VISIBLE_SIZE];

	while (*text) {
		text += utf8_visible(visible, text);
		fputs(visible, out);
	}
}

/* Cut a text between two characters, at most `most` bytes from its beginning. */
static void cut(char *text, size_t most)
{
	if (strlen(text) <= most)
		return;
	while (most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80)
		most--;
	text[most] = '\0';
}

/* Secrets are looked for in the whole text: half of one must not be left at its end. */
void log_message(enum log_level level, const char *format, ...)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(MESSAGE_BYTES);
	va_list args;

	if (level > logging.level)
		return;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	if (text.overflowed)
		buf_puts(&text, "(a message of more than 1 MiB)");
	if (text.data) {
		log_redact(text.data);
		cut(text.data, MESSAGE_SHOWN);
	}
	fputs(level == LOG_WARNING ? "pindrift: warning: " : "pindrift: ", stderr);
	log_print_safe(stderr, buf_text(&text));
	fputc('\n', stderr);
}
