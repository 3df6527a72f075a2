#include "source/compose.h"

#include "tests/unit/check.h"
#include "tests/unit/yaml_text.h"

/* Each document of a text as one of the file `name`: uses and gaps, a line each. */
static const char *read_as(const char *name, const char *text, struct buf *out)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	struct kube_file file = { .snapshot = &snapshot, .name = name, .text = text };

	file.path = name;
	snapshot_init(&snapshot, 0);
	yaml_text_declare(&file);
	buf_clear(out);
	for (size_t i = 0; i < snapshot.declared_count; i++) {
		const struct declared_use *use = &snapshot.declared[i];

		assert_false(use->workload);
		buf_printf(out, "%u:%u %s %s %s\n", use->line, use->column, use->field,
			   use->image.text, container_class_name(use->image.class));
	}
	yaml_text_list_gaps(out, &snapshot);
	return buf_text(out);
}

static const struct {
	const char *label, *name, *text, *expected;
} compose_cases[] = {
	{ "a service", "compose.yaml", "services:\n  web:\n    image: nginx:1\n",
	  "3:12 services.web.image nginx:1 container\n" },
	{ "the older names", "a/docker-compose.prod.yml",
	  "services: { web: { image: a } }", "1:27 services.web.image a container\n" },
	{ "variables, with a default too", "compose.yaml",
	  "services: { web: { image: 'a:${TAG:-1}' } }",
	  "1:27 services.web.image a:${TAG:-1} container\nparameter compose.yaml:1\n" },
	{ "what is built is not pulled", "compose.yaml",
	  "services: { web: { image: a:1, build: . }, b: { build: . } }", "" },
	{ "what is built after all, and an empty build", "compose.yaml",
	  "services: { a: { image: a:1, build: ., pull_policy: always },\n"
	  " b: { image: b:1, build: }, c: { image: c:1, build: ., pull_policy: build } }",
	  "1:25 services.a.image a:1 container\n2:14 services.b.image b:1 container\n" },
	{ "a volume", "compose.yaml",
	  "services: { w: { volumes: [ a:/b, { type: image, source: c:1 } ] } }",
	  "1:58 services.w.volumes[1].source c:1 image-volume\n" },
	{ "merge keys and aliases", "compose.yaml",
	  "x-web: &web { image: a:1 }\n"
	  "services:\n  b: *web\n  c: { <<: *web }\n  d: { <<: *web, image: d:1 }\n",
	  "1:22 services.b.image a:1 container\n"
	  "1:22 services.c.image a:1 container\n"
	  "5:25 services.d.image d:1 container\n" },
	{ "a list of merged services", "compose.yaml",
	  "x-a: &a { web: { image: a:1 } }\nx-b: &b { web: { image: b:1 }, db: { image: b:2 "
	  "} }\nservices:\n  <<: [*a, *b]\n",
	  "1:25 services.web.image a:1 container\n2:45 services.db.image b:2 container\n" },
	{ "no reference", "compose.yaml", "services: { web: { image: A b } }",
	  "1:27 services.web.image A b container\n" },
	{ "no services", "compose.yaml", "image: a:1\n", "" },
	{ "another name", "services.yaml", "services: { web: { image: a:1 } }", "" },
	{ "an object of Kubernetes", "compose.yaml",
	  "{ apiVersion: v1, kind: Secret, services: { web: { image: a:1 } } }", "" },
};

static void services_hold_images(void **state)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(100000);

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(compose_cases); i++) {
		const char *read =
			read_as(compose_cases[i].name, compose_cases[i].text, &out);

		if (strcmp(read, compose_cases[i].expected) != 0)
			fail_msg("%s: %s", compose_cases[i].label, read);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(services_hold_images),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
