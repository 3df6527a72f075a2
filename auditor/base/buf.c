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
	size_t room = buf->capacity - buf->length;
	va_list again;
	int length;
	bool fits;

	va_copy(again, args);
	length = vsnprintf(room ? buf->data + buf->length : NULL, room, format, args);
	fits = length >= 0 && buf_reserve(buf, (size_t)length);
	if (fits && (size_t)length >= room)
		vsnprintf(buf->data + buf->length, (size_t)length + 1, format, again);
	if (fits)
		buf->length += (size_t)length;
	else if (room)
		buf->data[buf->length] = '\0';
	va_end(again);
	return fits;
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

char *buf_room(struct buf *buf, size_t length)
{
	if (!buf_reserve(buf, length))
		return NULL;
	buf->data[buf->length] = '\0';
	return buf->data + buf->length;
}

void buf_take(struct buf *buf, size_t length)
{
	buf->length += length;
	buf->data[buf->length] = '\0';
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
