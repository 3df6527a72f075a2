#include "commands/resolution.h"

#include "base/log.h"
#include "drift/image_tree.h"
#include "reports/escape.h"

static const char *const kind_names[] = {
	[IMAGE_OTHER] = "other",       [IMAGE_INDEX] = "index",
	[IMAGE_MANIFEST] = "manifest", [IMAGE_ARTIFACT] = "artifact",
	[IMAGE_CONFIG] = "config",
};

static const char *const state_names[] = {
	[FACT_FOUND] = "found",
	[FACT_ABSENT] = "absent",
	[FACT_DENIED] = "denied",
	[FACT_UNKNOWN] = "unknown",
};

bool resolution_init(struct resolution *resolution, struct arena *arena, const char *text,
		     const char *platform, struct error *err)
{
	*resolution = (struct resolution){
		.text = text,
		.selects = platform != NULL,
		.state = FACT_UNKNOWN,
		.reason = "",
	};
	if (platform) {
		resolution->platform = platform_parse(platform);
		if (!platform_known(&resolution->platform))
			return error_set(
				err, ERROR_USAGE,
				"--platform %.40s: not os/architecture[/variant]",
				platform);
	}
	return image_ref_parse(&resolution->ref, arena, text, err);
}

static void fail(struct resolution *resolution, enum fact_state state, const char *reason)
{
	resolution->state = state;
	resolution->reason = reason ? reason : "";
	resolution->image = NULL;
}

/* The digest behind the reference; false while it is not known. */
static bool find_root(struct resolution *resolution, struct inquiry *inquiry,
		      struct digest *root)
{
	const struct image_ref *ref = &resolution->ref;
	const struct digest_fact *held;
	const struct tag_fact *tag;

	if (digest_known(&ref->digest)) {
		*root = ref->digest;
		if (inquiry_presence(inquiry, ref, &held) != KNOWN_YES)
			return false;
		if (held->state != FACT_FOUND)
			fail(resolution, held->state, held->reason);
		return held->state == FACT_FOUND;
	}
	if (inquiry_tag(inquiry, ref->registry, ref->repository, image_ref_tag(ref),
			&tag) != KNOWN_YES)
		return false;
	if (tag->state != FACT_FOUND)
		fail(resolution, tag->state, tag->reason);
	*root = tag->digest;
	return tag->state == FACT_FOUND;
}

/* The one manifest of the platform; false where there is none, or not yet. */
static bool select_child(struct resolution *resolution, struct inquiry *inquiry,
			 const struct side *where, const struct image *root,
			 struct digest *digest)
{
	struct leaf_list leaves;
	enum found found =
		image_tree_select(inquiry, where, root, &resolution->platform, &leaves);

	if (found == FOUND_YES && leaves.count > 0) {
		*digest = leaves.items[0];
		return true;
	}
	if (found == FOUND_NO)
		fail(resolution, FACT_ABSENT,
		     "the image index has nothing for the platform");
	else if (found == FOUND_UNSURE)
		fail(resolution, FACT_UNKNOWN, inquiry->reason);
	return false;
}

void resolution_update(struct resolution *resolution, struct snapshot *snapshot,
		       struct wants *wants)
{
	struct inquiry inquiry = {
		.snapshot = snapshot,
		.wants = wants,
		.arena = &snapshot->arena,
		.reason = "",
	};
	const struct image *image;
	struct side where = { .digest = { "" } };
	struct digest digest;

	if (!find_root(resolution, &inquiry, &digest))
		return;
	where.digest = digest;
	side_add_place(&where, resolution->ref.registry, resolution->ref.repository);
	if (inquiry_manifest(&inquiry, &where, &digest, &image) != KNOWN_YES) {
		fail(resolution, FACT_UNKNOWN, inquiry.reason);
		return;
	}
	if (resolution->selects) {
		if (!select_child(resolution, &inquiry, &where, image, &digest))
			return;
		if (inquiry_manifest(&inquiry, &where, &digest, &image) != KNOWN_YES) {
			fail(resolution, FACT_UNKNOWN, inquiry.reason);
			return;
		}
	}
	resolution->state = FACT_FOUND;
	resolution->reason = "";
	resolution->digest = digest;
	resolution->image = image;
}

static void print_line(FILE *out, const char *indent, const char *text)
{
	fputs(indent, out);
	log_print_safe(out, text);
	fputc('\n', out);
}

static void print_children(FILE *out, const struct image *image)
{
	for (size_t i = 0; i < image->child_count; i++) {
		const struct descriptor *child = &image->children[i];
		char platform[PLATFORM_TEXT_SIZE];

		platform_format(platform, &child->platform);
		fputs("  ", out);
		log_print_safe(out, child->attestation ? "attestation"
				    : platform[0]      ? platform
						       : "(no platform)");
		fprintf(out, "  %s\n", child->digest.text);
	}
}

static void print_image(FILE *out, const struct resolution *one)
{
	fprintf(out, "  %s\n  ", one->digest.text);
	log_print_safe(out, one->image->media_type);
	fprintf(out, ", %lld bytes\n", (long long)one->image->size);
	print_children(out, one->image);
}

static void print_failure(FILE *out, const struct resolution *one)
{
	fprintf(out, "  %s: ", state_names[one->state]);
	print_line(out, "", one->reason);
}

void resolution_print_text(FILE *out, const struct resolution *resolutions, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct resolution *one = &resolutions[i];

		print_line(out, "", one->text);
		if (one->credential)
			print_line(out, "  ", one->credential);
		if (one->image)
			print_image(out, one);
		else
			print_failure(out, one);
	}
}

static json_t *platforms_json(const struct image *image)
{
	json_t *list = json_array();

	for (size_t i = 0; image && i < image->child_count; i++) {
		const struct descriptor *child = &image->children[i];
		char platform[PLATFORM_TEXT_SIZE];
		json_t *entry = json_object();

		json_object_set_new(
			entry, "platform",
			escape_json(platform_format(platform, &child->platform)));
		json_object_set_new(entry, "digest", escape_json(child->digest.text));
		json_object_set_new(entry, "media_type", escape_json(child->media_type));
		json_object_set_new(entry, "size", json_integer(child->size));
		json_object_set_new(entry, "attestation",
				    json_boolean(child->attestation));
		json_array_append_new(list, entry);
	}
	return list;
}

static json_t *resolution_json(const struct resolution *one)
{
	const struct image *image = one->image;
	json_t *object = json_object();

	json_object_set_new(object, "reference", escape_json(one->text));
	json_object_set_new(object, "registry", escape_json(one->ref.registry));
	json_object_set_new(object, "repository", escape_json(one->ref.repository));
	json_object_set_new(object, "state", escape_json(state_names[one->state]));
	json_object_set_new(object, "reason", escape_json(one->reason));
	json_object_set_new(object, "digest", escape_json(image ? one->digest.text : ""));
	json_object_set_new(object, "kind",
			    escape_json(image ? kind_names[image->kind] : ""));
	json_object_set_new(object, "media_type",
			    escape_json(image ? image->media_type : ""));
	json_object_set_new(object, "size", json_integer(image ? image->size : 0));
	json_object_set_new(object, "platforms", platforms_json(image));
	if (one->credential)
		json_object_set_new(object, "credential", escape_json(one->credential));
	return object;
}

void resolution_print_json(FILE *out, const struct resolution *resolutions, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, resolution_json(&resolutions[i]));
	json_dumpf(list, out, JSON_INDENT(1) | JSON_ENSURE_ASCII);
	fputc('\n', out);
	json_decref(list);
}
