/*
 * Any bytes, as a Dockerfile: reading comes to an end, and what is declared stands within
 * the text, on the line that is said.
 */
#include "source/dockerfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
	if (!condition)
		abort();
}

static uint32_t line_of(const char *text, size_t at)
{
	uint32_t line = 1;

	for (size_t i = 0; i < at; i++)
		line += text[i] == '\n';
	return line;
}

static void check_uses(const struct snapshot *snapshot, const char *text, size_t size)
{
	for (size_t i = 0; i < snapshot->declared_count; i++) {
		const struct declared_use *use = &snapshot->declared[i];
		size_t length = strlen(use->image.text);

		check(use->begin < use->end && use->end <= size);
		check(use->line == line_of(text, use->begin) && use->column >= 1);
		if (!use->composed && use->end - use->begin == length)
			check(memcmp(text + use->begin, use->image.text, length) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(buf_release) struct buf text = BUF_INIT(size + 1);
	struct error err = ERROR_INIT;
	struct kube_file file = {
		.snapshot = &snapshot,
		.name = "Dockerfile",
		.path = "Dockerfile",
	};
	bool ok;

	snapshot_init(&snapshot, 0);
	buf_add(&text, data, size);
	ok = dockerfile_read(&file, &text, &err);
	check(ok == (err.code == ERROR_NONE));
	check_uses(&snapshot, buf_text(&text), size);
	return 0;
}
