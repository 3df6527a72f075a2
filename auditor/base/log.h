/*
 * log.h - talk on standard error
 *
 * One line a message: "pindrift: text".  Control characters and invalid UTF-8
 * are made visible, and secrets that were made known are replaced by "***".
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/base.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* The most that is shown from now on; LOG_WARNING at first. */
void log_set_level(enum log_level level);

void log_message(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);

/* Never show this text, here or through log_redact(): tokens, passwords. */
void log_add_secret(const char *secret);
/* Free them; before the program ends. */
void log_forget_secrets(void);

/*
 * Overwrite every known secret in `text` by stars, in place.  For texts that go
 * into reports and the store, such as error messages of libraries and servers.
 */
void log_redact(char *text);

/*
 * Write `text` to `out` so that a terminal shows it and does not obey it: C0, C1,
 * DEL, bidirectional controls and invalid UTF-8 come out as \xHH or \u{HHHH}.
 */
void log_print_safe(FILE *out, const char *text);

#endif
