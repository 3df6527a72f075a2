/*
 * fuzz_pod_list - a page of pods from a server that may say anything
 *
 * The first byte says how many bytes arrive at a time.  What comes of the page must not
 * depend on that.
 */
#include "source/kube_page.h"
#include "source/kube_pod.h"
#include "source/kube_shape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_page(struct kube_page *page, const char *text, size_t length,
		      size_t step)
{
	struct error err = ERROR_INIT;

	for (size_t at = 0; at < length; at += step) {
		size_t piece = length - at < step ? length - at : step;

		if (!kube_page_feed(page, text + at, piece, &err))
			return false;
	}
	return kube_page_finish(page, &err);
}

static void fold_page(const struct kube_page *page)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(pool_release) struct pool pool = POOL_INIT(&snapshot.arena);
	CLEANUP(kube_pods_release) struct kube_pods pods;
	const struct table platforms = TABLE_INIT;
	const struct kube_owners owners = { TABLE_INIT };
	struct error err = ERROR_INIT;

	snapshot_init(&snapshot, 0);
	kube_pods_init(&pods, &pool, &platforms, false);
	for (size_t i = 0; i < page->item_count; i++) {
		if (!kube_pods_fold(&pods, page->items[i], &err))
			return;
	}
	kube_pods_finish(&pods, &owners, &snapshot);
	kube_pods_settle(&snapshot);
	if (snapshot.pod_count != page->item_count)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(kube_page_release) struct kube_page pieces;
	CLEANUP(kube_page_release) struct kube_page whole;
	const char *text = (const char *)data + 1;

	kube_page_init(&pieces, kube_pod_shape);
	kube_page_init(&whole, kube_pod_shape);
	if (size < 2)
		return 0;
	if (read_page(&pieces, text, size - 1, (size_t)data[0] + 1) !=
	    read_page(&whole, text, size - 1, size))
		abort();
	if (whole.place != KUBE_AT_END)
		return 0;
	if (pieces.item_count != whole.item_count)
		abort();
	fold_page(&whole);
	return 0;
}
