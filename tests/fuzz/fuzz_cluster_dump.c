/*
 * fuzz_cluster_dump - a dump of a cluster, JSON or YAML, from anybody
 *
 * The file lies in memory.  What was read of it must not contradict itself.
 */
#include "source/kube_dump.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void close_descriptor(int *descriptor)
{
	close(*descriptor);
}

/* Each pod is counted in some use, and each use has an owner. */
static void check_running(const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->running_count; i++) {
		const struct running_use *use = &snapshot->running[i];

		if (use->owner_count == 0 || use->owner_count > OWNER_CHAIN ||
		    use->pod_count == 0 || use->pod_count > snapshot->pod_count * 256)
			abort();
	}
	if (snapshot->ended_pod_count > snapshot->pod_count)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(close_descriptor) int descriptor = memfd_create("dump", 0);
	struct kube_dump dump = { .namespace = "", .cluster_name = "fuzz" };
	struct error err = ERROR_INIT;
	char path[64];

	snapshot_init(&snapshot, 0);
	if (size < 1)
		return 0;
	dump.all_phases = data[0] & 1;
	dump.whole = data[0] & 2;
	if (descriptor < 0 || write(descriptor, data + 1, size - 1) != (ssize_t)size - 1)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", descriptor);
	dump.file = path;
	if (kube_dump_observe(&dump, &snapshot, &err) != (err.code == ERROR_NONE))
		abort();
	if (err.code == ERROR_NONE)
		check_running(&snapshot);
	return 0;
}
