/*
 * kube_entries.h - kubeconfig files, read and merged
 *
 * client-go, tools/clientcmd/loader.go and api/v1/conversion.go: of clusters, users and
 * contexts the first file that defines a name wins whole, and the first
 * `current-context` counts.
 */
#ifndef SOURCE_KUBE_ENTRIES_H
#define SOURCE_KUBE_ENTRIES_H

#include "base/node.h"
#include "base/table.h"

#define KUBE_CONFIG_BYTES ((size_t)8 * 1024 * 1024) /* most bytes of a file */

/* One named entry of a section. */
struct kube_entry {
	const char *name;
	const char *file;        /* that holds it */
	const struct node *body; /* what stands under `cluster`, `user` or `context` */
};

enum kube_section { KUBE_CLUSTERS, KUBE_USERS, KUBE_CONTEXTS, KUBE_SECTION_COUNT };

struct kube_entries {
	struct arena arena;                        /* owns all of it */
	struct table sections[KUBE_SECTION_COUNT]; /* name to struct kube_entry */
	const char *current_context;               /* "" where no file sets it */
	size_t file_count;                         /* files that exist */
};

#define KUBE_ENTRIES_INIT                                                                \
	{                                                                                \
		ARENA_INIT, { TABLE_INIT, TABLE_INIT, TABLE_INIT }, "", 0                \
	}

/*
 * Read the file that was named, or where `file` is NULL those of $KUBECONFIG (the missing
 * ones are passed over), or ~/.kube/config.  `file_count` stays 0 where none exists.
 * Errors: ERROR_USAGE: a named file is missing; a file cannot be read or is no
 * kubeconfig; a name stands twice in one file.
 */
MUST_CHECK bool kube_entries_load(struct kube_entries *entries, const char *file,
				  struct error *err);

/* Borrowed; NULL where there is no entry of that name. */
const struct kube_entry *kube_entries_find(const struct kube_entries *entries,
					   enum kube_section section, const char *name);

/*
 * Path as the entry's file means it: a relative one starts at the folder that holds the
 * file.  In `arena`.
 */
const char *kube_entry_path(const struct kube_entry *entry, const char *path,
			    struct arena *arena);

void kube_entries_release(struct kube_entries *entries);

#endif
