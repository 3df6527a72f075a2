/*
 * kustomization.h - what a kustomization says, as far as that is evaluated
 *
 * Plain data that is made while its file is read, by several threads at once: when the
 * files are put together (source/kustomize.h), no document is needed any more.
 */
#ifndef SOURCE_KUSTOMIZATION_H
#define SOURCE_KUSTOMIZATION_H

#include "base/node.h"
#include "source/kustomize_image.h"

#define KUSTOMIZATION_NAMES 3
#define KUSTOMIZATION_LISTS 3
#define KUSTOMIZATION_IMAGES 1000 /* most entries of its `images` */

struct kube_file;
struct kustomize_file;

/* What kustomize looks for in a folder. */
extern const char *const kustomization_names[KUSTOMIZATION_NAMES];
/* The lists of files and folders, in kustomize's order; components come last. */
extern const char *const kustomization_lists[KUSTOMIZATION_LISTS];

/* An entry of one of the lists. */
struct kustomization_entry {
	const char *text; /* NULL: it is no scalar */
	uint32_t line;
	bool is_path;   /* it can be one at all */
	bool is_remote; /* as people write them; kustomize looks for a file first */
	struct kustomize_file *file; /* that it means, once somebody has looked */
};

struct kustomization_list {
	struct kustomization_entry *items;
	size_t count;
	bool is_other; /* something else than a list */
};

/* An entry of its `images`. */
struct kustomization_image {
	struct kustomize_image image;
	struct node_place place; /* of the text that decides which image runs; line 0: the
				    text in the base does, only the name is new */
};

/* Strings are never NULL but for `problem`. */
struct kustomization {
	const char *problem; /* why it is none that kustomize takes, or NULL */
	size_t document_count;
	const char *kind; /* "" where it is left out */
	const char *namespace, *name_prefix, *name_suffix;
	struct kustomization_list lists[KUSTOMIZATION_LISTS];
	struct kustomization_image *images;
	size_t image_count;
	bool images_unread; /* no list, or a longer one */
	bool has_patches;
	const char
		*effects; /* "images, patches": its fields that change images or names */
	const char *unevaluated; /* those of them that are not evaluated */
};

/* Whether a file is called so that it holds one. */
bool kustomization_is_named(const char *path);

/* One of a file that has not been read; strings go into the arena of its snapshot. */
struct kustomization *kustomization_new(struct arena *arena);
/* Forget what it says; `problem` is borrowed. */
void kustomization_refuse(struct kustomization *kustomization, const char *problem);

/*
 * Take in a document of the file; kustomize takes one, which is a mapping.  Files of
 * patches are read (source/kustomize_effects.h).
 */
void kustomization_read(struct kustomization *kustomization, const struct kube_file *file,
			const struct node *document);

bool kustomization_is_component(const struct kustomization *kustomization);
/* Whether it has entries in its lists: a template of one, which a tool completes, may
 * have `images` alone. */
bool kustomization_names_files(const struct kustomization *kustomization);

#endif
