#include "model/image.h"

#include "tests/unit/check.h"

#define HEX16 "0123456789abcdef"
#define HEX64 HEX16 HEX16 HEX16 HEX16
#define A16 "aaaaaaaaaaaaaaaa"
#define CHILD "sha256:" HEX64
#define OTHER "sha256:" A16 A16 A16 A16

#define OCI_INDEX "application/vnd.oci.image.index.v1+json"
#define OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define OCI_CONFIG "application/vnd.oci.image.config.v1+json"
#define OCI_EMPTY "application/vnd.oci.empty.v1+json"
#define DOCKER_LIST "application/vnd.docker.distribution.manifest.list.v2+json"
#define DOCKER_MANIFEST "application/vnd.docker.distribution.manifest.v2+json"
#define DOCKER_CONFIG "application/vnd.docker.container.image.v1+json"
#define SCHEMA1 "application/vnd.docker.distribution.manifest.v1+prettyjws"

#define DESCRIPTOR(type, digest)                                                         \
	"{\"mediaType\":\"" type "\",\"digest\":\"" digest "\",\"size\":7}"
#define INDEX(items) "{\"schemaVersion\":2,\"manifests\":[" items "]}"
#define MANIFEST(type, members)                                                          \
	"{\"schemaVersion\":2," members                                                  \
	"\"config\":" DESCRIPTOR(type, CHILD) ",\"layers\":[" DESCRIPTOR(                \
		"application/vnd.oci.image.layer.v1.tar", OTHER) "]}"
#define CONFIG                                                                           \
	"{\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":\"v7\","                 \
	"\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" OTHER "\"]}}"

#define SOURCE(body, length, type) ((struct image_source){ (body), (length), (type) })

static bool parse(struct image *image, struct arena *arena, struct image_source source,
		  struct error *err)
{
	return image_parse(image, arena, &source, err);
}

static const struct {
	const char *label, *media_type, *body;
	enum image_kind kind;
	size_t children, layers, diff_ids;
} kind_cases[] = {
	{ "OCI index", OCI_INDEX, INDEX(DESCRIPTOR(OCI_MANIFEST, CHILD)), IMAGE_INDEX, 1,
	  0, 0 },
	{ "Docker list", DOCKER_LIST, INDEX(DESCRIPTOR(DOCKER_MANIFEST, CHILD)),
	  IMAGE_INDEX, 1, 0, 0 },
	{ "index without children", OCI_INDEX, INDEX(""), IMAGE_INDEX, 0, 0, 0 },
	{ "index whose list is null", OCI_INDEX, "{\"manifests\":null}", IMAGE_INDEX, 0,
	  0, 0 },
	{ "nested index", OCI_INDEX, INDEX(DESCRIPTOR(OCI_INDEX, CHILD)), IMAGE_INDEX, 1,
	  0, 0 },
	{ "child of an unknown type", OCI_INDEX, INDEX(DESCRIPTOR("x/y", CHILD)),
	  IMAGE_INDEX, 1, 0, 0 },
	{ "OCI manifest", OCI_MANIFEST, MANIFEST(OCI_CONFIG, ""), IMAGE_MANIFEST, 0, 1,
	  0 },
	{ "Docker manifest", DOCKER_MANIFEST, MANIFEST(DOCKER_CONFIG, ""), IMAGE_MANIFEST,
	  0, 1, 0 },
	{ "empty config", OCI_MANIFEST, MANIFEST(OCI_EMPTY, ""), IMAGE_ARTIFACT, 0, 1,
	  0 },
	{ "artifact type", OCI_MANIFEST,
	  MANIFEST(OCI_CONFIG, "\"artifactType\":\"application/x\","), IMAGE_ARTIFACT, 0,
	  1, 0 },
	{ "OCI config", OCI_CONFIG, CONFIG, IMAGE_CONFIG, 0, 0, 1 },
	{ "Docker config", DOCKER_CONFIG, CONFIG, IMAGE_CONFIG, 0, 0, 1 },
	{ "config as a blob", "", CONFIG, IMAGE_CONFIG, 0, 0, 1 },
	{ "index as a blob", "", INDEX(DESCRIPTOR(OCI_MANIFEST, CHILD)), IMAGE_INDEX, 1,
	  0, 0 },
	{ "manifest as a blob", "", MANIFEST(OCI_CONFIG, ""), IMAGE_MANIFEST, 0, 1, 0 },
	{ "blob that says its type", "",
	  MANIFEST(DOCKER_CONFIG, "\"mediaType\":\"" DOCKER_MANIFEST "\","),
	  IMAGE_MANIFEST, 0, 1, 0 },
	{ "blob of some other JSON", "", "{\"schemaVersion\":1}", IMAGE_OTHER, 0, 0, 0 },
	{ "schema 1", SCHEMA1, "not read at all", IMAGE_OTHER, 0, 0, 0 },
	{ "unknown type", "text/html", "<html>", IMAGE_OTHER, 0, 0, 0 },
};

static void parse_tells_the_kinds_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(kind_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		const char *label = kind_cases[i].label, *body = kind_cases[i].body;
		struct error err = ERROR_INIT;
		struct image image;

		if (!parse(&image, &arena,
			   SOURCE(body, strlen(body), kind_cases[i].media_type), &err))
			fail_msg("%s: %s", label, err.text);
		CHECK(label, image.kind == kind_cases[i].kind);
		CHECK(label, image.child_count == kind_cases[i].children);
		CHECK(label, image.layer_count == kind_cases[i].layers);
		CHECK(label, image.diff_id_count == kind_cases[i].diff_ids);
		CHECK(label, image.size == (int64_t)strlen(body));
	}
}

static const struct {
	const char *label, *media_type, *body, *text;
} bad_cases[] = {
	{ "HTML", OCI_INDEX, "<html>sign in</html>", "no JSON object" },
	{ "nothing", OCI_INDEX, "", "no JSON object" },
	{ "a list", OCI_INDEX, "[]", "no JSON object" },
	{ "cut off", OCI_INDEX, "{\"manifests\":[", "no JSON object" },
	{ "two values", OCI_INDEX, "{}{}", "no JSON object" },
	{ "a duplicate key", OCI_INDEX, "{\"manifests\":[],\"manifests\":[]}",
	  "no JSON object" },
	{ "another type inside", OCI_INDEX, "{\"mediaType\":\"" OCI_MANIFEST "\"}",
	  "sent as " OCI_INDEX ", calls itself " OCI_MANIFEST },
	{ "index and manifest", OCI_INDEX, "{\"manifests\":[],\"layers\":[]}",
	  "an image index that is an image manifest as well" },
	{ "manifest and index", OCI_MANIFEST, "{\"manifests\":[],\"config\":{}}",
	  "an image manifest that is an image index as well" },
	{ "no config", OCI_MANIFEST, "{}", "config: a descriptor is no object" },
	{ "no digest", OCI_MANIFEST, "{\"config\":{}}", "config: a digest is missing" },
	{ "63 digits", OCI_INDEX,
	  INDEX(DESCRIPTOR("x", "sha256:" A16 A16 A16 "aaaaaaaaaaaaaaa")), "digest '" },
	{ "no digest at all", OCI_INDEX, INDEX(DESCRIPTOR("x", "latest")),
	  "digest 'latest'" },
	{ "a number for a list", OCI_INDEX, "{\"manifests\":1}",
	  "'manifests' is no list" },
	{ "a number for a child", OCI_INDEX, "{\"manifests\":[1]}",
	  "a descriptor is no object" },
	{ "bad diff_ids", OCI_CONFIG, "{\"rootfs\":{\"diff_ids\":[7]}}",
	  "diff_ids: a digest is missing" },
};

static void parse_refuses_what_contradicts_its_type(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(bad_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		const char *label = bad_cases[i].label, *body = bad_cases[i].body;
		struct error err = ERROR_INIT;
		struct image image;

		CHECK(label,
		      !parse(&image, &arena,
			     SOURCE(body, strlen(body), bad_cases[i].media_type), &err));
		CHECK(label, err.code == ERROR_SYNTAX);
		CHECK(label, strncmp(err.text, bad_cases[i].text,
				     strlen(bad_cases[i].text)) == 0);
	}
}

static struct image parse_whole(struct arena *arena, const char *body, const char *type)
{
	struct error err = ERROR_INIT;
	struct image image;

	if (!parse(&image, arena, SOURCE(body, strlen(body), type), &err))
		fail_msg("%s", err.text);
	return image;
}

static void children_keep_digest_size_platform_and_type(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	char text[PLATFORM_TEXT_SIZE];
	struct image image = parse_whole(
		&arena,
		INDEX("{\"mediaType\":\"" OCI_MANIFEST "\",\"digest\":\"" CHILD
		      "\",\"size\":525,\"platform\":{\"os\":\"linux\","
		      "\"architecture\":\"arm\",\"variant\":\"v7\"}}"),
		OCI_INDEX);

	(void)state;
	assert_int_equal(image.child_count, 1);
	assert_string_equal(image.children[0].media_type, OCI_MANIFEST);
	assert_string_equal(image.children[0].digest.text, CHILD);
	assert_int_equal(image.children[0].size, 525);
	assert_string_equal(platform_format(text, &image.children[0].platform),
			    "linux/arm/v7");
	assert_false(image.children[0].attestation);
}

static const struct {
	const char *label, *members;
	bool attestation;
} attestation_cases[] = {
	{ "both marks",
	  "\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"},"
	  "\"annotations\":"
	  "{\"vnd.docker.reference.type\":\"attestation-manifest\"},",
	  true },
	{ "the annotation alone",
	  "\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\"},",
	  true },
	{ "the platform alone",
	  "\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"},", true },
	{ "another annotation",
	  "\"annotations\":{\"vnd.docker.reference.type\":\"something\"},", false },
	{ "no platform", "", false },
};

static void attestations_are_known_by_either_of_their_marks(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(attestation_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		char *body = arena_printf(&arena, INDEX("{%s\"digest\":\"" CHILD "\"}"),
					  attestation_cases[i].members);
		struct image image = parse_whole(&arena, body, OCI_INDEX);

		CHECK(attestation_cases[i].label,
		      image.children[0].attestation == attestation_cases[i].attestation);
	}
}

static void digests_of_other_algorithms_stay_unknown_and_are_no_error(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct image image = parse_whole(
		&arena,
		INDEX(DESCRIPTOR("x", "blake3:" HEX64) "," DESCRIPTOR("x", CHILD)),
		OCI_INDEX);

	(void)state;
	assert_int_equal(image.child_count, 2);
	assert_false(digest_known(&image.children[0].digest));
	assert_true(digest_known(&image.children[1].digest));
}

static void configs_have_a_platform_and_diff_ids(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct image image = parse_whole(&arena, CONFIG, "");
	char text[PLATFORM_TEXT_SIZE];

	(void)state;
	assert_string_equal(platform_format(text, &image.platform), "linux/arm/v7");
	assert_string_equal(image.diff_ids[0].text, OTHER);
}

static void a_blob_takes_the_type_it_says_it_has(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct image image = parse_whole(
		&arena, MANIFEST(OCI_CONFIG, "\"mediaType\":\"" OCI_MANIFEST "\","), "");

	(void)state;
	assert_string_equal(image.media_type, OCI_MANIFEST);
}

static const char wide_head[] = "{\"manifests\":[";

/* An index of `count` equal children. */
static char *wide_index(struct arena *arena, size_t count)
{
	static const char child[] = DESCRIPTOR("x", CHILD) ",";
	char *text = arena_alloc(arena, count * strlen(child) + 64);
	char *end = text + strlen(wide_head);

	memcpy(text, wide_head, strlen(wide_head));
	for (size_t i = 0; i < count; i++, end += strlen(child))
		memcpy(end, child, strlen(child));
	memcpy(end - 1, "]}", 3);
	return text;
}

static void indexes_have_a_limited_number_of_children(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	const char *most = wide_index(&arena, IMAGE_CHILDREN);
	const char *more = wide_index(&arena, IMAGE_CHILDREN + 1);
	struct error err = ERROR_INIT;
	struct image image;

	(void)state;
	assert_true(parse(&image, &arena, SOURCE(most, strlen(most), OCI_INDEX), &err));
	assert_int_equal(image.child_count, IMAGE_CHILDREN);
	assert_false(parse(&image, &arena, SOURCE(more, strlen(more), OCI_INDEX), &err));
	assert_int_equal(err.code, ERROR_LIMIT);
}

static void bodies_have_a_limited_size(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	char *body = arena_alloc(&arena, IMAGE_BODY_BYTES + 2);
	struct error err = ERROR_INIT;
	struct image image;

	(void)state;
	memset(body, ' ', IMAGE_BODY_BYTES + 1);
	memcpy(body, "{}", 2);
	assert_true(parse(&image, &arena, SOURCE(body, IMAGE_BODY_BYTES, ""), &err));
	assert_false(parse(&image, &arena, SOURCE(body, IMAGE_BODY_BYTES + 1, ""), &err));
	assert_int_equal(err.code, ERROR_LIMIT);
}

static void deep_nesting_is_an_error_and_no_overflow(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	const size_t depth = 100000;
	char *body = arena_alloc(&arena, depth + 1);
	struct error err = ERROR_INIT;
	struct image image;

	(void)state;
	memset(body, '[', depth);
	assert_false(parse(&image, &arena, SOURCE(body, depth, ""), &err));
	assert_int_equal(err.code, ERROR_SYNTAX);
}

static void sets_find_by_digest_and_replace_equal_ones(void **state)
{
	CLEANUP(image_set_release) struct image_set set = { TABLE_INIT };
	struct image one = { .digest = { CHILD } };
	struct image again = { .digest = { CHILD } };
	const struct digest other = { OTHER };

	(void)state;
	assert_null(image_set_find(&set, &one.digest));
	image_set_add(&set, &one);
	assert_ptr_equal(image_set_find(&set, &one.digest), &one);
	image_set_add(&set, &again);
	assert_ptr_equal(image_set_find(&set, &one.digest), &again);
	assert_int_equal(set.by_digest.count, 1);
	assert_null(image_set_find(&set, &other));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_tells_the_kinds_apart),
		cmocka_unit_test(parse_refuses_what_contradicts_its_type),
		cmocka_unit_test(children_keep_digest_size_platform_and_type),
		cmocka_unit_test(attestations_are_known_by_either_of_their_marks),
		cmocka_unit_test(
			digests_of_other_algorithms_stay_unknown_and_are_no_error),
		cmocka_unit_test(configs_have_a_platform_and_diff_ids),
		cmocka_unit_test(a_blob_takes_the_type_it_says_it_has),
		cmocka_unit_test(indexes_have_a_limited_number_of_children),
		cmocka_unit_test(bodies_have_a_limited_size),
		cmocka_unit_test(deep_nesting_is_an_error_and_no_overflow),
		cmocka_unit_test(sets_find_by_digest_and_replace_equal_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
