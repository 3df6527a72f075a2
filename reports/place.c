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

/* A line's number with `end` behind it, or where `end` is empty nothing; else 0. */
static uint32_t line_before(const char *digits, const char *end)
{
	size_t length = strspn(digits, "0123456789");
	const char *behind = digits + length;
	bool fits = end[0] ? strncmp(behind, end, strlen(end)) == 0 : behind[0] == '\0';

	return fits && length < 10 ? (uint32_t)strtoul(digits, NULL, 10) : 0;
}

/* "deploy/web.yaml:12", or a reason that begins with "line 12, column 3: ". */
static uint32_t line_of_gap(const struct gap *gap, const char *path)
{
	static const char line[] = "line ";
	const char *colon = strrchr(gap->subject, ':');
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t length = strlen(name);

	if (colon && (size_t)(colon - gap->subject) >= length &&
	    memcmp(colon - length, name, length) == 0)
		return line_before(colon + 1, "");
	return strncmp(gap->reason, line, strlen(line)) == 0
		       ? line_before(gap->reason + strlen(line), ", column ")
		       : 0;
}

uint32_t place_of_gap(struct buf *path, const struct gap *gap)
{
	const char *scope = scope_path(gap->scope);
	size_t length = strlen(scope);

	if (length == 0 || scope[length - 1] == '/' || !place_is_inside(scope))
		return 0;
	add_unescaped(path, scope);
	return line_of_gap(gap, buf_text(path));
}
