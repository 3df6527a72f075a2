/*
 * buf.h - growing bytes with a maximum
 *
 * Every buffer is born with the most it may hold.  What does not fit sets
 * `overflowed` and is dropped; the caller asks once, at the end.  `data` is
 * always NUL-terminated once something was added, and may hold NULs itself.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/base.h"

#include <stdarg.h>

struct buf {
	char *data; /* NULL while nothing was added */
	size_t length;
	size_t capacity; /* bytes, the final NUL included */
	size_t limit;    /* most bytes of data */
	bool overflowed;
};

#define BUF_INIT(limit_bytes)                                                            \
	{                                                                                \
		NULL, 0, 0, (limit_bytes), false                                         \
	}

/*
 * A key for a table, made of parts: buf_add_part() ends each by a NUL, which none of them
 * holds, so that different parts never make the same key.  Texts are bounded where they
 * are read; the limit is beyond what they make together.
 */
#define BUF_KEY_INIT BUF_INIT((size_t)64 * 1024 * 1024)

/* False, and nothing added, where the limit would be passed. */
bool buf_add(struct buf *buf, const void *data, size_t length);
bool buf_puts(struct buf *buf, const char *text);
bool buf_putc(struct buf *buf, char c);
/* The text and its NUL. */
bool buf_add_part(struct buf *buf, const char *text);
bool buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
bool buf_vprintf(struct buf *buf, const char *format, va_list args) PRINTF_LIKE(2, 0);

/*
 * For what a call of the system fills in: room for `length` bytes behind the others, NULL
 * where the limit would be passed; then so many of them count.
 */
char *buf_room(struct buf *buf, size_t length);
void buf_take(struct buf *buf, size_t length);

/* The text so far; "" while empty.  Borrowed until the next call. */
const char *buf_text(const struct buf *buf);

/* Give the bytes to the caller, who frees them; the buffer is empty again. */
char *buf_detach(struct buf *buf);
/* Empty it, keep the memory and the limit. */
void buf_clear(struct buf *buf);
void buf_release(struct buf *buf);

#endif
