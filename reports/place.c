#include "reports/place.h"

#include "reports/words.h"

bool place_is_inside(const char *path)
{
	if (path[0] == '/')
		return false;
	for (const char *part = path; *part; part += strspn(part, "/")) {
		size_t length = strcspn(part, "/");

		if (length == 2 && memcmp(part, "..", 2) == 0)
			return false;
		part += length;
	}
	return path[0] != '\0';
}

const char *place_of_finding(const struct finding *finding)
{
	return place_is_inside(finding->path) ? finding->path : "";
}

/* Two digits in hexadecimal; -1 where they are none. */
static int hex_byte(const char *digits)
{
	static const char hex[] = "0123456789ABCDEF";
	const char *high = digits[0] ? strchr(hex, digits[0]) : NULL;
	const char *low = high && digits[1] ? strchr(hex, digits[1]) : NULL;

	return low ? (int)((high - hex) * 16 + (low - hex)) : -1;
}

/* As the path was before model/scope.h escaped it. */
static void add_unescaped(struct buf *buf, const char *text)
{
	for (; *text; text++) {
		int byte = *text == '%' ? hex_byte(text + 1) : -1;

		buf_putc(buf, byte > 0 ? (char)byte : *text);
		text += byte > 0 ? 2 : 0;
	}
}

void place_of_gap(struct buf *path, const struct gap *gap)
{
	const char *scope = scope_path(gap->scope);
	size_t length = strlen(scope);

	if (length > 0 && scope[length - 1] != '/' && place_is_inside(scope))
		add_unescaped(path, scope);
}
