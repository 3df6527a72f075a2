/*
 * predicates.h - the predicates of the rules, one a rule; see rules.h
 */
#ifndef DRIFT_PREDICATES_H
#define DRIFT_PREDICATES_H

#include "drift/evaluate.h"
#include "drift/rules.h"

enum answer rule_unpinned(struct drift *drift, const struct declared_use *declared,
			  struct finding *finding);
enum answer rule_bad_reference(struct drift *drift, const struct declared_use *declared,
			       struct finding *finding);
enum answer rule_placeholder_digest(struct drift *drift,
				    const struct declared_use *declared,
				    struct finding *finding);
enum answer rule_kustomize_unpins(struct drift *drift,
				  const struct declared_use *declared,
				  struct finding *finding);
enum answer rule_duplicate_key(struct drift *drift, const struct declared_use *declared,
			       struct finding *finding);

enum answer rule_clusters_differ(struct drift *drift, const struct declared_use *declared,
				 struct finding *finding);

enum answer rule_running_differs(struct drift *drift, const struct use *use,
				 struct finding *finding);
enum answer rule_spec_differs(struct drift *drift, const struct use *use,
			      struct finding *finding);
enum answer rule_pin_not_applied(struct drift *drift, const struct use *use,
				 struct finding *finding);
enum answer rule_mixed_digests(struct drift *drift, const struct use *use,
			       struct finding *finding);
enum answer rule_running_unpinned(struct drift *drift, const struct use *use,
				  struct finding *finding);
enum answer rule_image_pull_failing(struct drift *drift, const struct use *use,
				    struct finding *finding);
enum answer rule_platform_mismatch(struct drift *drift, const struct use *use,
				   struct finding *finding);
enum answer rule_undeclared(struct drift *drift, const struct use *use,
			    struct finding *finding);
enum answer rule_injected(struct drift *drift, const struct use *use,
			  struct finding *finding);
enum answer rule_not_running(struct drift *drift, const struct use *use,
			     struct finding *finding);

enum answer rule_tag_moved(struct drift *drift, const struct tag_subject *tag,
			   struct finding *finding);
enum answer rule_tag_gone(struct drift *drift, const struct tag_subject *tag,
			  struct finding *finding);
enum answer rule_tag_flapping(struct drift *drift, const struct tag_subject *tag,
			      struct finding *finding);
enum answer rule_mirror_differs(struct drift *drift, const struct tag_subject *tag,
				struct finding *finding);
enum answer rule_pin_gone(struct drift *drift, const struct pin_subject *pin,
			  struct finding *finding);
enum answer rule_pin_platform(struct drift *drift, const struct pin_subject *pin,
			      struct finding *finding);
enum answer rule_pin_without_tag(struct drift *drift, const struct pin_subject *pin,
				 struct finding *finding);
enum answer rule_registry_mismatch(struct drift *drift, const struct pin_subject *pin,
				   struct finding *finding);

enum answer rule_waiver_expired(struct drift *drift, const struct waiver *waiver,
				struct finding *finding);
enum answer rule_waiver_unused(struct drift *drift, const struct waiver *waiver,
			       struct finding *finding);

#endif
