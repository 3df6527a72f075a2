/*
 * fuzz_toml - a hosts.toml of anybody's making
 */
#include "base/toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT((size_t)64 * 1024);
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct toml toml;

	buf_add(&text, data, size);
	if (toml_parse(&toml, &arena, &text, &err) != (err.code == ERROR_NONE))
		abort();
	if (err.code != ERROR_NONE)
		return 0;
	for (size_t i = 0; i < toml.count; i++)
		if (toml.entries[i].depth == 0 || toml.entries[i].depth > TOML_DEPTH)
			abort();
	return 0;
}
