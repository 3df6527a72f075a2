/*
 * fuzz_http_headers - whatever a server may send as headers, one a line
 */
#include "source/http_headers.h"

#define LIMIT 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(http_headers_release)
	struct http_headers headers = HTTP_HEADERS_INIT(LIMIT);
	const char *text = (const char *)data, *value;

	while (size > 0) {
		const char *end = memchr(text, '\n', size);
		size_t length = end ? (size_t)(end - text) + 1 : size;

		if (!memchr(text, '\0', length)) /* libcurl's caller lets none pass */
			http_headers_take(&headers, text, length);
		text += length;
		size -= length;
	}
	for (size_t i = 0; (value = http_headers_find(&headers, "x", i)); i++)
		if (value[strcspn(value, "\n")] || value[0] == ' ')
			abort();
	return 0;
}
