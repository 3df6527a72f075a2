/*
 * fuzz_policy_file - a policy file of anybody's making
 */
#include "source/policy_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const rules[] = { "unpinned", "tag-moved", NULL };
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(buf_release) struct buf text = BUF_INIT(POLICY_FILE_BYTES);
	struct error err = ERROR_INIT;

	snapshot_init(&snapshot, 1795435200);
	snapshot.policy.file = POLICY_FILE_NAME;
	buf_add(&text, data, size);
	if (policy_file_parse(&snapshot, POLICY_FILE_NAME, &text, rules, &err) !=
	    (err.code == ERROR_NONE))
		abort();
	if (err.code != ERROR_NONE && err.code != ERROR_USAGE)
		abort();
	return 0;
}
