/*
 * fuzz_inline_waiver - waivers in YAML of anybody's making: each stands behind a "#" of
 * the text, and one that gives no rule, day or reason has a problem.
 */
#include "source/inline_waiver.h"
#include "source/kube_text.h"

#define NOW INT64_C(1795417920)
#define DAY INT64_C(86400)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
	if (!condition)
		abort();
}

static void check_waiver(const struct waiver *waiver)
{
	check(waiver->line >= 1 && waiver->column >= 1 && waiver->in_tree);
	check(waiver->only_line == waiver->line);
	if (waiver->problem) {
		check(waiver->problem[0] != '\0' && !waiver_holds(waiver, 0));
		return;
	}
	check(waiver->id[0] != '\0' && waiver->reason[0] != '\0');
	check(strlen(waiver->until_text) == strlen("2027-01-31"));
	check(waiver->until <= NOW + (WAIVER_DAYS + 1) * DAY);
}

static size_t count_marks(const uint8_t *data, size_t size)
{
	size_t count = 0;

	for (size_t i = 0; i < size; i++)
		count += data[i] == '#';
	return count;
}

static size_t read_as(const uint8_t *data, size_t size, bool heeded)
{
	CLEANUP(kube_text_release)
	struct kube_text from = { .text = BUF_INIT(SIZE_MAX / 2), .nodes = ARENA_INIT };
	CLEANUP(snapshot_release) struct snapshot snapshot;
	struct kube_file file = { .snapshot = &snapshot, .name = "fuzz.yaml" };
	struct error err = ERROR_INIT;

	snapshot_init(&snapshot, NOW);
	snapshot.no_inline_waivers = !heeded;
	file.path = file.name;
	buf_add(&from.text, data, size);
	check(kube_text_read(&from, &file, &err) || err.text[0] != '\0');
	for (size_t i = 0; i < snapshot.waiver_count; i++)
		check_waiver(&snapshot.waivers[i]);
	check(heeded ? snapshot.ignored_waiver_count == 0 : snapshot.waiver_count == 0);
	return heeded ? snapshot.waiver_count : snapshot.ignored_waiver_count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t count = read_as(data, size, true);

	check(count <= count_marks(data, size));
	check(count > INLINE_WAIVERS || count == read_as(data, size, false));
	return 0;
}
