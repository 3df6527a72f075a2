#include "source/dockerfile.h"

#include "source/kube_manifest.h"

#include "tests/unit/check.h"
#include "tests/unit/yaml_text.h"

/* Uses and gaps of a Dockerfile, a line each; then the error. */
static const char *read_as_dockerfile(const char *content, struct buf *out)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(buf_release) struct buf text = BUF_INIT(10000000);
	struct error err = ERROR_INIT;

	snapshot_init(&snapshot, 0);
	buf_puts(&text, content);
	buf_clear(out);
	if (!kube_manifest_read_text(&snapshot, "a/Dockerfile", &text, &err))
		buf_printf(out, "%s\n", err.text);
	for (size_t i = 0; i < snapshot.declared_count; i++) {
		const struct declared_use *use = &snapshot.declared[i];

		assert_string_equal(use->object.kind, DOCKERFILE_KIND);
		buf_printf(out, "%u:%u %s%s%s\n", use->line, use->column, use->image.text,
			   use->composed ? " composed" : "",
			   use->image.state == REFERENCE_BAD ? " bad" : "");
		if (use->image.state == REFERENCE_OK && !use->composed &&
		    !memchr(content + use->begin, '\\', use->end - use->begin))
			assert_non_null(memmem(content + use->begin,
					       use->end - use->begin, use->image.text,
					       strlen(use->image.text)));
	}
	yaml_text_list_gaps(out, &snapshot);
	return buf_text(out);
}

static const struct {
	const char *label, *text, *expected;
} dockerfile_cases[] = {
	{ "an image", "FROM nginx:1\n", "1:6 nginx:1\n" },
	{ "options, a stage's name, any case of letters",
	  "from --platform=$BUILDPLATFORM  a:1 as build\nRUN x\nFrom BUILD\n",
	  "1:33 a:1\n" },
	{ "scratch", "FROM scratch\nCOPY --from=scratch / /\n", "" },
	{ "a stage that comes later is none for FROM", "FROM b\nFROM a AS b\n",
	  "1:6 b\n2:6 a\n" },
	{ "a stage of the same name as its image", "FROM nginx AS nginx\n",
	  "1:6 nginx\n" },
	{ "COPY names images, and stages by name or number",
	  "FROM a AS one\nCOPY --chown=1 --from=b:2 /x /y\nCOPY --from=0 / /\n"
	  "COPY --from=ONE / /\nCOPY --from=two / /\nFROM scratch AS two\n",
	  "1:6 a\n2:23 b:2\n" },
	{ "mounts",
	  "FROM a\nRUN --network=none --mount=type=bind,from=b:1,target=/x "
	  "--mount=type=cache,target=/c cp from=z:1 --mount=from=y\n",
	  "1:6 a\n2:43 b:1\n" },
	{ "behind ONBUILD", "FROM a\nONBUILD COPY --from=b:1 / /\n",
	  "1:6 a\n2:21 b:1\n" },
	{ "a variable as a source", "FROM a\nCOPY --from=$X / /\n",
	  "1:6 a\n2:13 $X\nparameter a/Dockerfile:2\n" },
	{ "an ARG with a default",
	  "ARG V=1 W\nARG I=\"app:$V\"\nFROM ${I}\nFROM a:${X:-2}\nFROM a:${V:-3}\n",
	  "3:6 app:1 composed\n4:6 a:2 composed\n5:6 a:1 composed\n" },
	{ "an ARG without a default", "ARG V\nFROM a:$V\nFROM a:${V:+1}\n",
	  "2:6 a:$V\n3:6 a:${V:+1}\nparameter a/Dockerfile:2\n"
	  "parameter a/Dockerfile:3\n" },
	{ "an ARG of a stage is not for FROM", "FROM a\nARG V=1\nFROM b:$V\n",
	  "1:6 a\n3:6 b:$V\nparameter a/Dockerfile:3\n" },
	{ "a stage's name from an ARG", "ARG V=x\nFROM a AS b-x\nFROM b-$V\n",
	  "2:6 a\n" },
	{ "ARGs that grow without end",
	  "ARG A=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nARG A=$A$A$A$A$A$A$A$A\n"
	  "ARG A=$A$A$A$A$A$A$A$A\nARG A=$A$A$A$A$A$A$A$A\nFROM $A\n",
	  "5:6 $A\nparameter a/Dockerfile:5\n" },
	{ "comments and continuations",
	  "# FROM x\nFROM \\\n  # FROM y\n\n  a:1 \\ \n AS b\n", "5:3 a:1\n" },
	{ "a word over two lines", "FROM ngi\\\nnx:1\n", "1:6 nginx:1\n" },
	{ "an escaped escape does not go on", "FROM a\nRUN x \\\\\nFROM b\n",
	  "1:6 a\n3:6 b\n" },
	{ "another escape", "# escape=`\nFROM a `\n\nRUN x \\\nFROM b\n",
	  "2:6 a\n5:6 b\n" },
	{ "a directive behind a comment is none", "# why\n# escape=`\nFROM a \\\nAS b\n",
	  "3:6 a\n" },
	{ "the frontend", "# check=skip=all\n# Syntax = docker/dockerfile:1 \nFROM a\n",
	  "2:12 docker/dockerfile:1\n3:6 a\n" },
	{ "heredocs",
	  "FROM a\nRUN <<EOF cat <<-'B' > /x\nFROM x\nEOF\nFROM y\n\tB\n"
	  "COPY --from=b <<X /z\nFROM z\nX\nFROM c\n",
	  "1:6 a\n7:13 b\n10:6 c\n" },
	{ "what only looks like a heredoc",
	  "FROM a\nRUN echo \"a <<EOF\" $((1<<2)) <<<x\nENV X=<<EOF\nFROM b\n",
	  "1:6 a\n4:6 b\n" },
	{ "a heredoc without its end", "FROM a\nRUN <<EOF\nFROM b\n",
	  "line 2: a heredoc without its end\n1:6 a\n" },
	{ "a byte order mark and CRLF",
	  "\xef\xbb\xbf# escape=`\r\nFROM a:1 `\r\n AS b\r\n"
	  "FROM b\r\nFROM c\r",
	  "2:6 a:1\n5:6 c\n" },
	{ "quotes", "FROM \"a:1\"\n", "1:6 a:1\n" },
	{ "no reference", "FROM A:b:c\n", "1:6 A:b:c bad\n" },
	{ "a template", "FROM {{ .Image }} AS x\n",
	  "1:6 {{ .Image }} AS x\nparameter a/Dockerfile:1\n" },
	{ "nothing", "FROM\nFROM --platform=x\nMAINTAINER me\n", "" },
	{ "no text", "FROM a\xff\n", "byte 6 is no UTF-8 text\n" },
};

static void dockerfiles_hold_images(void **state)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(100000);

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(dockerfile_cases); i++) {
		const char *read = read_as_dockerfile(dockerfile_cases[i].text, &out);

		if (strcmp(read, dockerfile_cases[i].expected) != 0)
			fail_msg("%s: %s", dockerfile_cases[i].label, read);
	}
}

static void images_are_bounded(void **state)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(1000000);
	CLEANUP(buf_release) struct buf text = BUF_INIT(1000000);

	(void)state;
	for (int i = 0; i < 1100; i++)
		buf_puts(&text, "FROM a:1\n");
	assert_non_null(strstr(read_as_dockerfile(buf_text(&text), &out),
			       "1000:6 a:1\ntoo-large a/Dockerfile\n"));
}

static void names_tell_dockerfiles(void **state)
{
	static const char *const yes[] = { "Dockerfile",     "a/Dockerfile.dev",
					   "a/b.Dockerfile", "Containerfile",
					   "dockerfile",     "x.dockerfile",
					   "Dockerfile-dev", "dev_Dockerfile",
					   "Containerfile_1" };
	static const char *const no[] = { "Dockerfiles",     ".Dockerfile",
					  "Dockerfile.yaml", "Dockerfile.dockerignore",
					  "Dockerfile/a",    "a.dockerfile.json" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(yes); i++)
		assert_true(dockerfile_is_name(yes[i]));
	for (size_t i = 0; i < ARRAY_LENGTH(no); i++)
		assert_false(dockerfile_is_name(no[i]));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(dockerfiles_hold_images),
		cmocka_unit_test(images_are_bounded),
		cmocka_unit_test(names_tell_dockerfiles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
