#include "base/buf.h"

#include "base/memory.h"

#define FIRST_CAPACITY 256 /* bytes */

/* Make room for `length` more bytes and a NUL. */
static bool buf_reserve(struct buf *buf, size_t length)
{
	size_t need, capacity;

	if (buf->length > buf->limit || length > buf->limit - buf->length) {
		buf->overflowed = true;
		return false;
	}
	need = buf->length + length + 1;
	if (need <= buf->capacity)
		return true;
	capacity = buf->capacity ? buf->capacity : FIRST_CAPACITY;
	while (capacity < need)
		capacity *= 2;
	buf->data = xrealloc(buf->data, capacity);
	buf->capacity = capacity;
	return true;
}

bool buf_add(struct buf *buf, const void *data, size_t length)
{
	if (!buf_reserve(buf, length))
		return false;
	if (length)
		memcpy(buf->data + buf->length, data, length);
	buf->length += length;
	buf->data[buf->length] = '\0';
	return true;
}

bool buf_puts(struct buf *buf, const char *text)
{
	return buf_add(buf, text, strlen(text));
}

bool buf_putc(struct buf *buf, char c)
{
	return buf_add(buf, &c, 1);
}

bool buf_add_part(struct buf *buf, const char *text)
{
	return buf_add(buf, text, strlen(text) + 1);
}

bool buf_vprintf(struct buf *buf, const char *format, va_list args)
{
	va_list measured;
	int length;

	va_copy(measured, args);
	length = vsnprintf(NULL, 0, format, measured);
	va_end(measured);
	if (length < 0 || !buf_reserve(buf, (size_t)length))
		return false;
	vsnprintf(buf->data + buf->length, (size_t)length + 1, format, args);
	buf->length += (size_t)length;
	return true;
}

bool buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;
	bool fits;

	va_start(args, format);
	fits = buf_vprintf(buf, format, args);
	va_end(args);
	return fits;
}

const char *buf_text(const struct buf *buf)
{
	return buf->data ? buf->data : "";
}

char *buf_detach(struct buf *buf)
{
	char *data = buf->data ? buf->data : xstrdup("");

	*buf = (struct buf)BUF_INIT(buf->limit);
	return data;
}

void buf_clear(struct buf *buf)
{
	buf->length = 0;
	buf->overflowed = false;
	if (buf->data)
		buf->data[0] = '\0';
}

void buf_release(struct buf *buf)
{
	free(buf->data);
	*buf = (struct buf)BUF_INIT(buf->limit);
}
