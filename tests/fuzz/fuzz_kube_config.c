/*
 * fuzz_kube_config - a kubeconfig of anybody's making
 *
 * The file lies in memory; files that it names are read as they would be.
 */
#include "source/kube_config.h"

#include "base/log.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void close_descriptor(int *descriptor)
{
	close(*descriptor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(kube_config_release) struct kube_config config = KUBE_CONFIG_INIT;
	CLEANUP(close_descriptor) int descriptor = memfd_create("kubeconfig", 0);
	struct error err = ERROR_INIT;
	char path[64];

	if (descriptor < 0 || write(descriptor, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", descriptor);
	if (kube_config_load(&config, path, NULL, &err) != (err.code == ERROR_NONE))
		abort();
	if (err.code != ERROR_NONE && err.code != ERROR_USAGE)
		abort();
	log_forget_secrets();
	return 0;
}
