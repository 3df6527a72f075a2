#include "model/image_id.h"

#include "tests/unit/check.h"

#define HEX64 "7681a2ca5581475e00189d0215693a88283d22d43c1b08ce5d1f1ace40524d2b"
#define HEX128 HEX64 HEX64

static const struct {
	const char *label, *text;
	enum image_id_form form;
	const char *registry, *repository, *digest;
} cases[] = {
	{ "not created yet", "", IMAGE_ID_EMPTY, "", "", "" },
	{ "containerd", "registry.example.com/shop/web@sha256:" HEX64, IMAGE_ID_REFERENCE,
	  "registry.example.com", "shop/web", "sha256:" HEX64 },
	{ "a short name", "nginx@sha256:" HEX64, IMAGE_ID_REFERENCE, "docker.io",
	  "library/nginx", "sha256:" HEX64 },
	{ "with a port", "127.0.0.1:15000/demo/web@sha256:" HEX64, IMAGE_ID_REFERENCE,
	  "127.0.0.1:15000", "demo/web", "sha256:" HEX64 },
	{ "with a tag", "nginx:1.25@sha256:" HEX64, IMAGE_ID_REFERENCE, "docker.io",
	  "library/nginx", "sha256:" HEX64 },
	{ "sha512", "nginx@sha512:" HEX128, IMAGE_ID_REFERENCE, "docker.io",
	  "library/nginx", "sha512:" HEX128 },
	{ "dockershim, pulled", "docker-pullable://nginx@sha256:" HEX64,
	  IMAGE_ID_REFERENCE, "docker.io", "library/nginx", "sha256:" HEX64 },
	{ "dockershim, local", "docker://sha256:" HEX64, IMAGE_ID_BARE, "", "",
	  "sha256:" HEX64 },
	{ "containerd, no digest reference left", "sha256:" HEX64, IMAGE_ID_BARE, "", "",
	  "sha256:" HEX64 },
	{ "CRI-O's raw ID", HEX64, IMAGE_ID_BARE, "", "", "sha256:" HEX64 },
	{ "a name that no registry can have", "<none>@sha256:" HEX64, IMAGE_ID_BARE, "",
	  "", "sha256:" HEX64 },
	{ "an image imported by hand",
	  "docker.io/library/import-2026-11-23@sha256:" HEX64, IMAGE_ID_REFERENCE,
	  "docker.io", "library/import-2026-11-23", "sha256:" HEX64 },
	{ "a reference without a digest", "nginx:1.25", IMAGE_ID_UNREADABLE, "", "", "" },
	{ "too few digits", "nginx@sha256:7681a2ca", IMAGE_ID_UNREADABLE, "", "", "" },
	{ "upper-case digits",
	  "7681A2CA5581475E00189D0215693A88283D22D43C1B08CE5D1F1ACE40524D2B",
	  IMAGE_ID_UNREADABLE, "", "", "" },
	{ "one digit too many", HEX64 "0", IMAGE_ID_UNREADABLE, "", "", "" },
	{ "an unknown algorithm", "nginx@md5:d41d8cd98f00b204e9800998ecf8427e",
	  IMAGE_ID_UNREADABLE, "", "", "" },
	{ "another runtime's scheme", "containerd://sha256:" HEX64, IMAGE_ID_UNREADABLE,
	  "", "", "" },
	{ "nothing behind the scheme", "docker-pullable://", IMAGE_ID_UNREADABLE, "", "",
	  "" },
	{ "an at sign alone", "@", IMAGE_ID_UNREADABLE, "", "", "" },
	{ "white space", " sha256:" HEX64, IMAGE_ID_UNREADABLE, "", "", "" },
};

static void parse_reads_the_forms_of_every_runtime(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct image_id id = image_id_parse(cases[i].text, &arena);

		CHECK(cases[i].label, id.form == cases[i].form);
		CHECK_TEXT(cases[i].label, id.registry, cases[i].registry);
		CHECK_TEXT(cases[i].label, id.repository, cases[i].repository);
		CHECK_TEXT(cases[i].label, id.digest.text, cases[i].digest);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_reads_the_forms_of_every_runtime),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
