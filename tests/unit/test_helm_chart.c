#include "source/helm_chart.h"

#include "source/kube_manifest.h"

#include "tests/unit/scratch.h"

static void put(const char *path, const char *text)
{
	scratch_write(path, text, strlen(text));
}

/* The gaps of a path, a line each: kind and subject. */
static void check_gaps(const char *path, const char *expected)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(buf_release) struct buf out = BUF_INIT(100000);
	struct kube_manifest_paths paths = { .items = &path, .count = 1 };
	struct error err = ERROR_INIT;

	snapshot_init(&snapshot, 0);
	if (!kube_manifest_read(&snapshot, &paths, &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < snapshot.gap_count; i++)
		buf_printf(&out, "%s %s %s\n", gap_name(snapshot.gaps[i].kind),
			   snapshot.gaps[i].subject, snapshot.gaps[i].scope);
	assert_string_equal(buf_text(&out), expected);
}

static void make_chart(void)
{
	mkdir("c", 0700);
	mkdir("c/web", 0700);
	mkdir("c/web/templates", 0700);
	mkdir("c/web/templates/sub", 0700);
	put("c/web/Chart.yaml", "apiVersion: v2\nname: web\n");
	put("c/web/values.yaml", "image: { repository: a/b, tag: '' }\n");
	put("c/web/templates/a.yaml", "{{- if .Values.a }}\na: b\n{{- end }}\n");
	put("c/web/templates/sub/b.yaml",
	    "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n"
	    "  - image: {{ .Values.a }}\n  - image: '{{ .Values.b }}'\n");
}

static void a_chart_is_one_gap_whatever_is_found_in_it(void **state)
{
	(void)state;
	make_chart();
	check_gaps("c", "helm-template c/web tree//path/c/web/\n");
	check_gaps("c/web/templates/a.yaml", "helm-template c/web tree//path/c/web/\n");
	check_gaps("c/web/values.yaml", "helm-template c/web tree//path/c/web/\n");
	assert_int_equal(chdir("c/web"), 0);
	check_gaps(".", "helm-template . tree/\n");
}

static void a_library_deploys_nothing(void **state)
{
	(void)state;
	put("Chart.yaml", "apiVersion: v2\nname: web\ntype: library\n");
	check_gaps("Chart.yaml", "");
}

static void templates_outside_of_a_chart_are_gaps_of_their_own(void **state)
{
	(void)state;
	mkdir("templates", 0700);
	put("templates/a.yaml", "{{- if .Values.a }}\na: b\n{{- end }}\n");
	check_gaps("templates",
		   "helm-template templates/a.yaml tree//path/templates/a.yaml\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_SCRATCH(a_chart_is_one_gap_whatever_is_found_in_it),
		IN_SCRATCH(a_library_deploys_nothing),
		IN_SCRATCH(templates_outside_of_a_chart_are_gaps_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
