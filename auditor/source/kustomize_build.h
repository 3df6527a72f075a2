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
#define KUSTOMIZE_WORK                                                                   \
	((size_t)64 * 1024 * 1024) /* most bytes that they copy and look through */

/* What all builds of a run share. */
struct kustomize_yield {
	struct declared_use *uses; /* what is deployed: of one build after the other */
	size_t use_count;
	size_t visits; /* files that were looked at */
	size_t work;   /* of KUSTOMIZE_WORK */
};

struct kustomize_build {
	struct kustomize_tree *tree;
	struct kustomize_yield *yield;
	const struct overlay *overlay; /* of its uses; no pin was dropped */
	size_t depth;
	size_t first_use, use_count;     /* of the yield's uses; none where it failed */
	struct kustomize_file **reached; /* that it is made of, the kustomization first */
	size_t reached_count;
	bool has_patches;
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
