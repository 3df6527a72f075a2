#include "source/kustomization.h"

#include "source/kube_kustomization.h"

#include "tests/unit/check.h"
#include "tests/unit/yaml_text.h"

/* What a text says; it lives in the snapshot, which is begun anew. */
static struct kustomization *read_text(struct snapshot *snapshot, const char *text)
{
	struct kube_file file = { .snapshot = snapshot,
				  .name = "deploy/kustomization.yaml",
				  .path = "deploy/kustomization.yaml",
				  .text = text };

	snapshot_init(snapshot, 0);
	file.kustomization = kustomization_new(&snapshot->arena);
	yaml_text_declare(&file);
	kube_kustomization_tell(&file, file.kustomization);
	return file.kustomization;
}

static void three_names_are_those_of_kustomizations(void **state)
{
	(void)state;
	assert_true(kustomization_is_named("kustomization.yaml"));
	assert_true(kustomization_is_named("a/kustomization.yml"));
	assert_true(kustomization_is_named("a/Kustomization"));
	assert_false(kustomization_is_named("a/kustomization.json"));
	assert_false(kustomization_is_named("my-kustomization.yaml"));
}

static void one_mapping_is_taken(void **state)
{
	static const struct {
		const char *label, *text, *problem;
	} cases[] = {
		{ "nothing", "", "it is no mapping" },
		{ "a list", "[a.yaml]", "it is no mapping" },
		{ "nothing and a mapping", "---\n---\nresources: [a]\n",
		  "it is no mapping" },
		{ "a mapping", "resources: [a]\n", "" },
		{ "two", "kind: Component\n---\nresources: [a]\n",
		  "it has more than one document" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(snapshot_release) struct snapshot snapshot;
		const struct kustomization *kustomization =
			read_text(&snapshot, cases[i].text);
		const char *problem = kustomization->problem;

		CHECK_TEXT(cases[i].label, problem ? problem : "", cases[i].problem);
		CHECK(cases[i].label,
		      kustomization_names_files(kustomization) != !!problem);
		CHECK(cases[i].label, !kustomization_is_component(kustomization));
	}
}

static void entries_are_texts_that_may_be_paths(void **state)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	const struct kustomization *kustomization =
		read_text(&snapshot, "resources:\n- a.yaml\n- ''\n- {a: b}\n"
				     "- git@example.com:a/b\nbases: 7\ncomponents: ~\n");
	const struct kustomization_list *lists = kustomization->lists;
	const struct kustomization_entry *entries = lists[0].items;

	(void)state;
	assert_int_equal(lists[0].count, 4);
	assert_string_equal(entries[0].text, "a.yaml");
	assert_int_equal(entries[0].line, 2);
	assert_true(entries[0].is_path);
	assert_false(entries[0].is_remote);
	assert_false(entries[1].is_path);
	assert_null(entries[2].text);
	assert_false(entries[2].is_path);
	assert_true(entries[3].is_remote);
	assert_true(lists[1].is_other);
	assert_false(lists[2].is_other);
}

static void an_entry_of_images_stands_where_it_decides(void **state)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	const struct kustomization *kustomization = read_text(
		&snapshot, "namespace: n\nnamePrefix: p-\nnameSuffix: -s\nimages:\n"
			   "- {name: a, newName: b}\n"
			   "- name: c\n  newTag: d\n  digest: e\n"
			   "- name: f\n  tagSuffix: g\n");
	const struct kustomization_image *images = kustomization->images;

	(void)state;
	assert_string_equal(kustomization->namespace, "n");
	assert_string_equal(kustomization->name_prefix, "p-");
	assert_string_equal(kustomization->name_suffix, "-s");
	assert_int_equal(kustomization->image_count, 3);
	assert_string_equal(images[0].image.new_name, "b");
	assert_int_equal(images[0].place.line, 0);
	assert_string_equal(images[1].image.digest, "e");
	assert_int_equal(images[1].place.line, 8);
	assert_int_equal(images[1].place.column, 11);
	assert_string_equal(images[2].image.tag_suffix, "g");
	assert_int_equal(images[2].place.line, 0);
	assert_string_equal(kustomization->effects, "namePrefix, nameSuffix, images");
	assert_string_equal(kustomization->unevaluated, "");
}

static void images_are_a_list_of_up_to_1000(void **state)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(100000);
	static const size_t counts[] = { 1000, 1001 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(counts); i++) {
		CLEANUP(snapshot_release) struct snapshot snapshot;
		const struct kustomization *kustomization;

		buf_clear(&text);
		buf_puts(&text, "images:\n");
		for (size_t n = 0; n < counts[i]; n++)
			buf_puts(&text, "- name: a\n");
		kustomization = read_text(&snapshot, buf_text(&text));
		assert_int_equal(kustomization->images_unread, counts[i] > 1000);
		assert_int_equal(kustomization->image_count, counts[i] > 1000 ? 0 : 1000);
	}
}

/* More than 8 MiB of text: 300 aliases of 32 KiB. */
static void aliases_do_not_multiply_what_is_kept(void **state)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(100000);
	CLEANUP(snapshot_release) struct snapshot snapshot;
	const struct kustomization *kustomization;

	(void)state;
	buf_puts(&text, "kind: Component\nresources:\n- &a ");
	for (size_t i = 0; i < 32 * 1024; i++)
		buf_putc(&text, 'a');
	for (size_t i = 0; i < 300; i++)
		buf_puts(&text, "\n- *a");
	kustomization = read_text(&snapshot, buf_text(&text));
	assert_false(kustomization_names_files(kustomization));
	assert_string_equal(kustomization->unevaluated, "fields");
	assert_int_equal(snapshot.gap_count, 1);
	assert_non_null(strstr(snapshot.gaps[0].reason, "its fields: change what is"));
	assert_true(snapshot.arena.total < 16 * 1024 * 1024);
}

static void each_remote_resource_is_a_gap(void **state)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;

	(void)state;
	read_text(&snapshot, "resources: [a.yaml, 'https://example.com/a.yaml']\n"
			     "components: [github.com/a/b, ../c]\n");
	assert_int_equal(snapshot.gap_count, 2);
	assert_int_equal(snapshot.gaps[0].kind, GAP_KUSTOMIZE);
	assert_string_equal(snapshot.gaps[0].subject, "deploy/kustomization.yaml:1");
	assert_non_null(strstr(snapshot.gaps[0].reason, "'https://example.com/a.yaml'"));
	assert_non_null(strstr(snapshot.gaps[0].reason, "kubectl kustomize deploy |"));
	assert_string_equal(snapshot.gaps[1].subject, "deploy/kustomization.yaml:2");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_names_are_those_of_kustomizations),
		cmocka_unit_test(one_mapping_is_taken),
		cmocka_unit_test(entries_are_texts_that_may_be_paths),
		cmocka_unit_test(an_entry_of_images_stands_where_it_decides),
		cmocka_unit_test(images_are_a_list_of_up_to_1000),
		cmocka_unit_test(aliases_do_not_multiply_what_is_kept),
		cmocka_unit_test(each_remote_resource_is_a_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
