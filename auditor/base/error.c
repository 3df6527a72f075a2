#include "base/error.h"

#include <stdarg.h>

bool error_set(struct error *err, enum error_code code, const char *format, ...)
{
	va_list args;

	err->code = code;
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	return false;
}

bool error_wrap(struct error *err, const char *format, ...)
{
	char cause[sizeof(err->text)];
	size_t length, room;
	va_list args;

	memcpy(cause, err->text, sizeof(cause));
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	length = strlen(err->text);
	room = sizeof(err->text) - 1 - length;
	if (room > strlen(": ")) {
		memcpy(err->text + length, ": ", 2);
		length += 2;
		room -= 2;
		room = strnlen(cause, room);
		memcpy(err->text + length, cause, room);
		err->text[length + room] = '\0';
	}
	return false;
}
