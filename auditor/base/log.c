#include "base/log.h"

#include "base/memory.h"
#include "base/utf8.h"

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

void log_print_safe(FILE *out, const char *text)
{
	char visible[UTF8_VISIBLE_SIZE];

	while (*text) {
		text += utf8_visible(visible, text);
		fputs(visible, out);
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
