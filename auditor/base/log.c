#include "base/log.h"

#include "base/buf.h"
#include "base/memory.h"
#include "base/table.h"
#include "base/utf8.h"

#include <stdarg.h>

#define SECRET_SHORTEST 4 /* shorter ones would star out ordinary words */
#define MESSAGE_BYTES ((size_t)1024 * 1024) /* that are looked through for secrets */
#define MESSAGE_SHOWN ((size_t)2048)        /* bytes of them that are shown */

/*
 * What the process must never show.  The one piece of state of the program that is
 * not handed around: a secret is a secret everywhere, and until the end.  None gives way
 * to another: there are no more than passwords configured and tokens fetched.
 */
static struct {
	enum log_level level;
	struct table secrets; /* by themselves; owns its keys */
} logging = { .level = LOG_WARNING, .secrets = TABLE_INIT };

void log_set_level(enum log_level level)
{
	logging.level = level;
}

void log_add_secret(const char *secret)
{
	const char **kept;
	void **slot;

	if (!secret || strlen(secret) < SECRET_SHORTEST)
		return;
	slot = table_slot(&logging.secrets, secret, strlen(secret), &kept);
	if (*slot)
		return;
	*kept = xstrdup(secret);
	*slot = &logging;
}

void log_forget_secrets(void)
{
	for (size_t i = 0; i < logging.secrets.count; i++)
		free((char *)logging.secrets.entries[i].key);
	table_release(&logging.secrets);
}

/* Mark each place where `secret` stands in `text`. */
static void mark(bool *marked, const char *text, const struct table_entry *secret)
{
	const char *found = text;

	for (; (found = strstr(found, secret->key)); found++)
		memset(marked + (found - text), true, secret->length);
}

/* All are marked first: where two overlap, starring one out would hide the other. */
void log_redact(char *text)
{
	const struct table *secrets = &logging.secrets;
	bool *marked CLEANUP(free_pointer) = NULL;
	size_t length = strlen(text);

	if (secrets->count == 0)
		return;
	marked = xcalloc(length, sizeof(*marked));
	for (size_t i = 0; i < secrets->count; i++)
		mark(marked, text, &secrets->entries[i]);
	for (size_t i = 0; i < length; i++) {
		if (marked[i])
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
