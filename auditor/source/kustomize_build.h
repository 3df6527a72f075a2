/*
 * kustomize_build.h - what one kustomization deploys of local files
 *
 * `resources`, `bases`, `components`, `namespace`, `namePrefix`, `nameSuffix` and
 * `images` are evaluated in kustomize's order: its resources, its components on all of
 * them, then its own changes (kustomize: api/internal/target/kusttarget.go).  Whatever
 * else can touch an image or a name makes the build fail as a whole: half a truth is
 * none.
 */
#ifndef SOURCE_KUSTOMIZE_BUILD_H
#define SOURCE_KUSTOMIZE_BUILD_H

#include "source/kustomize_tree.h"

#define KUSTOMIZE_VISITS                                                                 \
	100000 /* most files that are looked at for all builds of a run */

struct kustomize_build {
	struct kustomize_tree *tree;
	size_t *visits; /* of all builds, up to now */
	size_t depth;
	struct declared_use *uses; /* what is deployed */
	size_t use_count;
	struct kustomize_file **reached; /* that it is made of, the kustomization first */
	size_t reached_count;
	const char *problem;                     /* why it failed */
	const struct kustomize_file *problem_in; /* the kustomization that holds why */
	uint32_t line;  /* of the entry of its resources that is why, or 0 */
	bool by_fields; /* kube_kustomization_tell() says it: a field, or what is remote
			 */
};

/* Build it.  False: see `problem`.  Strings live in the snapshot's arena. */
bool kustomize_build_run(struct kustomize_build *build, struct kustomize_file *top);
void kustomize_build_release(struct kustomize_build *build);

/* What a kustomization that was not built names itself is judged as it stands. */
void kustomize_let_stand(struct kustomize_tree *tree, const struct kustomize_file *file);

#endif
