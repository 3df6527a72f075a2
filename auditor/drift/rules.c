#include "drift/rules.h"

#include "drift/predicates.h"

const struct rule rules[] = {
	{
		.id = "unpinned",
		.level = LEVEL_ERROR,
		.subject = SUBJECT_DECLARATION,
		.title = "A declared image has no digest",
		.why = "A tag can be moved to other content at any time, so the "
		       "manifest does not say what runs, and two nodes may run two "
		       "images.",
		.mend = "Write the digest behind the tag: repository:tag@sha256:…",
		.declaration = rule_unpinned,
	},
	{
		.id = "bad-reference",
		.level = LEVEL_ERROR,
		.subject = SUBJECT_DECLARATION,
		.title = "Not a valid image reference",
		.why = "The runtime will refuse it, or read it as something else than "
		       "was meant.",
		.mend = "Correct the reference; a digest is sha256: and 64 lower-case "
			"hex digits, or sha512: and 128.",
		.declaration = rule_bad_reference,
	},
	{
		.id = "placeholder-digest",
		.level = LEVEL_ERROR,
		.subject = SUBJECT_DECLARATION,
		.title = "The digest names no image",
		.why = "It is the digest of the empty input, or one digit repeated: "
		       "nobody validated an image with it, and no registry can serve "
		       "it.",
		.mend = "Resolve the tag that was meant and write its digest.",
		.declaration = rule_placeholder_digest,
	},
	{
		.id = "kustomize-unpins",
		.level = LEVEL_ERROR,
		.subject = SUBJECT_DECLARATION,
		.title = "A kustomization sets a tag without a digest",
		.why = "kustomize replaces the whole reference behind the name: newTag "
		       "alone takes away a digest that the manifest was pinned with.",
		.mend = "Write digest: beside newTag: together they give "
			"name:tag@digest.",
		.declaration = rule_kustomize_unpins,
	},
	{
		.id = "duplicate-key",
		.level = LEVEL_ERROR,
		.subject = SUBJECT_DECLARATION,
		.title = "One mapping holds two image keys",
		.why = "Readers of YAML differ on which one counts.",
		.mend = "Keep one of them.",
		.declaration = rule_duplicate_key,
	},
	{
		.id = "running-differs",
		.level = LEVEL_ERROR,
		.subject = SUBJECT_USE,
		.title = "What runs is proved to be another image than declared",
		.why = "The cluster does not run what version control says it runs.",
		.mend = "Apply the manifest, or correct it if what runs is what was "
			"meant.",
		.use = rule_running_differs,
	},
	{
		.id = "spec-differs",
		.level = LEVEL_ERROR,
		.subject = SUBJECT_USE,
		.title = "The live workload names another image than declared",
		.why = "Somebody changed the live object, or the manifest was never "
		       "applied: the next pods will run what the live object names.",
		.mend = "Apply the manifest, or correct it.",
		.use = rule_spec_differs,
	},
	{
		.id = "pin-not-applied",
		.level = LEVEL_WARNING,
		.subject = SUBJECT_USE,
		.title = "Declared with a digest, live without one",
		.why = "The pin does not hold in the cluster: the next pull may bring "
		       "another image.",
		.mend = "Apply the manifest.",
		.use = rule_pin_not_applied,
	},
	{
		.id = "mixed-digests",
		.level = LEVEL_ERROR,
		.subject = SUBJECT_USE,
		.title = "Pods of one workload are proved to run different images",
		.why = "Nodes pulled one tag at different times; users get one or the "
		       "other.",
		.mend = "Pin the image by digest and restart the workload.",
		.use = rule_mixed_digests,
	},
	{
		.id = "running-unpinned",
		.level = LEVEL_WARNING,
		.subject = SUBJECT_USE,
		.title = "A running container's live reference has no digest",
		.why = "The next pod of it may run other content under the same tag.",
		.mend = "Pin it in the manifest and apply that.",
		.use = rule_running_unpinned,
	},
	{
		.id = "image-pull-failing",
		.level = LEVEL_ERROR,
		.subject = SUBJECT_USE,
		.title = "Pods wait because their image cannot be pulled",
		.why = "What was declared cannot run.",
		.mend = "See `kubectl describe pod`: the name, the digest or the "
			"credentials are wrong, or the registry does not answer the "
			"nodes.",
		.use = rule_image_pull_failing,
	},
	{
		.id = "tag-moved",
		.level = LEVEL_WARNING,
		.subject = SUBJECT_TAG,
		.title = "The tag now resolves to another image",
		.why = "The pinned or running image is no longer what its tag means: "
		       "there may be a newer one to review, or somebody moved a tag "
		       "that should stay.",
		.mend = "Review the new image, then move the pin to it, or restore the "
			"tag.",
		.tag = rule_tag_moved,
	},
	{
		.id = "tag-gone",
		.level = LEVEL_WARNING,
		.subject = SUBJECT_TAG,
		.by_registry = true,
		.title = "The tag no longer exists",
		.why = "Pods that pull by it will fail, and nobody can see what the "
		       "pin beside it once was.",
		.mend = "Push the tag again, or declare one that exists.",
		.tag = rule_tag_gone,
	},
	{
		.id = "tag-flapping",
		.level = LEVEL_NOTE,
		.subject = SUBJECT_TAG,
		.by_registry = true,
		.title = "The tag moves all the time",
		.why = "Five moves were seen within seven days: what is pulled by it is "
		       "another image from day to day.",
		.mend = "Pin what runs by digest, and leave the tag to those who want "
			"the newest build.",
		.tag = rule_tag_flapping,
	},
	{
		.id = "mirror-differs",
		.level = LEVEL_WARNING,
		.subject = SUBJECT_TAG,
		.by_registry = true,
		.title = "A mirror and its registry resolve one tag differently",
		.why = "Nodes that pull by the tag through the mirror get another image "
		       "than those that do not: an old one, or one that somebody put "
		       "there.",
		.mend = "Let the mirror fetch the tag again, or pin by digest, which means "
			"the same everywhere.",
		.tag = rule_mirror_differs,
	},
	{
		.id = "pin-gone",
		.level = LEVEL_ERROR,
		.subject = SUBJECT_PIN,
		.by_registry = true,
		.title = "A declared digest is no longer in its registry",
		.why = "Nodes that do not hold the image cannot pull it: pods will "
		       "fail when they move.",
		.mend = "Push the image again with the same digest, or pin one that "
			"exists.",
		.pin = rule_pin_gone,
	},
	{
		.id = "pin-platform",
		.level = LEVEL_WARNING,
		.subject = SUBJECT_PIN,
		.title = "Pinned to one platform's manifest while the tag is an image "
			 "index",
		.why = "Pods on nodes of another platform will fail or be emulated.",
		.mend = "Pin the digest of the image index.",
		.pin = rule_pin_platform,
	},
	{
		.id = "pin-without-tag",
		.level = LEVEL_NONE,
		.subject = SUBJECT_PIN,
		.title = "A digest alone, without a tag",
		.why = "It is exact, but nobody can read which version it is, or see "
		       "its tag move.",
		.mend = "Write the tag before the digest: repository:tag@sha256:…",
		.pin = rule_pin_without_tag,
	},
	{
		.id = "platform-mismatch",
		.level = LEVEL_NOTE,
		.subject = SUBJECT_USE,
		.title = "Runs another platform's image than its node's",
		.why = "It is emulated, which is slow, or was pinned to the wrong "
		       "platform.",
		.mend = "Pin the digest of the image index.",
		.use = rule_platform_mismatch,
	},
	{
		.id = "undeclared",
		.level = LEVEL_WARNING,
		.subject = SUBJECT_USE,
		.title = "Runs, and no manifest declares it",
		.why = "Version control is not the whole truth about the namespace.",
		.mend = "Declare it, or remove it from the cluster.",
		.use = rule_undeclared,
	},
	{
		.id = "injected",
		.level = LEVEL_NOTE,
		.subject = SUBJECT_USE,
		.title = "An undeclared extra container in a declared workload",
		.why = "A webhook or a person added it: what it runs is not under "
		       "version control.",
		.mend = "If it is not known to you, find out who adds it.",
		.use = rule_injected,
	},
	{
		.id = "not-running",
		.level = LEVEL_NOTE,
		.subject = SUBJECT_USE,
		.title = "Declared, and not in the cluster",
		.why = "It was not applied, was removed, or has no pods; or no pod of a "
		       "custom resource runs its image.",
		.mend = "Apply the manifest, or remove it from version control.",
		.use = rule_not_running,
	},
	{
		.id = "clusters-differ",
		.level = LEVEL_NOTE,
		.subject = SUBJECT_DECLARATION,
		.across_clusters = true,
		.title = "One declaration runs as different images in different clusters",
		.why = "A tag was pulled at different times, or one of the clusters lags "
		       "behind: what was tested in one is not what runs in the other.",
		.mend = "Pin the image by digest and apply the manifest to all of them.",
		.declaration = rule_clusters_differ,
	},
	{
		.id = "registry-mismatch",
		.level = LEVEL_ERROR,
		.subject = SUBJECT_PIN,
		.by_registry = true,
		.title = "A registry served bytes that are not what the digest says",
		.why = "The registry, or something between it and you, is broken or "
		       "hostile.",
		.mend = "Do not pull from it until you know why.",
		.pin = rule_registry_mismatch,
	},
	{
		.id = "waiver-expired",
		.level = LEVEL_WARNING,
		.subject = SUBJECT_WAIVER,
		.title = "A waiver no longer holds",
		.why = "Its last day is over: what it covered counts again.",
		.mend = "Mend what it covered and remove it, or give it a new day, at "
			"most a year off.",
		.waiver = rule_waiver_expired,
	},
	{
		.id = "waiver-unused",
		.level = LEVEL_WARNING,
		.subject = SUBJECT_WAIVER,
		.title = "A waiver covers nothing",
		.why = "It cannot be read, or what it was for is gone: left there, it "
		       "will hide the next finding of its kind.",
		.mend = "Correct it, or remove it.",
		.waiver = rule_waiver_unused,
	},
	{ .id = NULL },
};

const struct rule *rule_find(const char *id)
{
	for (const struct rule *rule = rules; rule->id; rule++) {
		if (strcmp(rule->id, id) == 0)
			return rule;
	}
	return NULL;
}
