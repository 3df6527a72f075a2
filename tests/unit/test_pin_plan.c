#include "commands/pin_plan.h"

#include "tests/unit/pin_world.h"

#define D PIN_WORLD_DIGEST
#define OTHER "sha256:ffff456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define POD(image)                                                                       \
	"{apiVersion: v1, kind: Pod, metadata: {name: p}, "                              \
	"spec: {containers: [{name: c, image: " image "}]}}"
#define KUSTOMIZATION(entry)                                                             \
	"{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization, "            \
	"images: [{name: a, " entry "}]}"

enum { UPDATE = 1, UNPIN = 2, DROP_TAG = 4 };

static struct pin_wish wish_of(unsigned bits)
{
	return (struct pin_wish){ (bits & UPDATE) != 0, (bits & UNPIN) != 0,
				  (bits & DROP_TAG) != 0 };
}

/* `text`: the reference as it is to be; NULL: it stays, for the reason, if there is one.
 */
static const struct {
	const char *label, *name, *file;
	unsigned wish;
	const char *text, *refusal;
} text_cases[] = {
	{ "a tag gets its digest", "a.yaml", POD("a:1"), 0, "a:1@" D, "" },
	{ "so does a name alone", "a.yaml", POD("a"), 0, "a@" D, "" },
	{ "without its tag, on wish", "a.yaml", POD("h.io/a:1"), DROP_TAG, "h.io/a@" D,
	  "" },
	{ "a pin stays", "a.yaml", POD("'a:1@" OTHER "'"), 0, NULL, "" },
	{ "a pin loses its tag", "a.yaml", POD("'a:1@" OTHER "'"), DROP_TAG, "a@" OTHER,
	  "" },
	{ "a pin follows its tag, on wish", "a.yaml", POD("'a:1@" OTHER "'"), UPDATE,
	  "a:1@" D, "" },
	{ "where the tag is as it was, nothing is to change", "a.yaml",
	  POD("'a:1@" D "'"), UPDATE, NULL, "" },
	{ "a digest alone has no tag to follow", "a.yaml", POD("'a@" OTHER "'"), UPDATE,
	  NULL,
	  "note a.yaml:1:87: could not pin a@" OTHER
	  ": it has a digest and no tag to follow\n" },
	{ "a digest is taken out", "a.yaml", POD("'a:1@" D "'"), UNPIN, "a:1", "" },
	{ "there is none to take out", "a.yaml", POD("a:1"), UNPIN, NULL, "" },
	{ "a tag that is gone is the image's own fault", "a.yaml", POD("a:gone"), 0, NULL,
	  "own-sake a.yaml:1:87: could not pin a:gone: 404\n" },
	{ "a silent registry is not", "a.yaml", POD("a:silent"), 0, NULL,
	  "unanswered a.yaml:1:87: could not pin a:silent: no answer\n" },
	{ "a digest is only written if its bytes were hashed", "a.yaml", POD("a:unread"),
	  0, NULL,
	  "unanswered a.yaml:1:87: could not pin a:unread: its content could not be "
	  "fetched\n" },
	{ "what a silent registry says is not asked for to unpin", "a.yaml",
	  POD("'a:silent@" D "'"), UNPIN, "a:silent", "" },
	{ "a placeholder is a gap's to tell", "a.yaml", POD("'${IMAGE}'"), 0, NULL, "" },
	{ "no image", "a.yaml", POD("''"), 0, NULL,
	  "own-sake a.yaml:1:87: could not pin '': no image is named\n" },
	{ "two keys: readers differ on which counts", "a.yaml",
	  "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n"
	  "  - name: c\n    image: a:1\n    image: a:2\n",
	  0, NULL,
	  "own-sake a.yaml:8:12: could not pin a:2: line 7 has the same key again, and "
	  "readers differ on which one counts\n" },
	{ "an entry of a kustomization", "kustomization.yaml",
	  KUSTOMIZATION("newTag: '1'"), 0, "a:1@" D, "" },
	{ "which keeps its tag", "kustomization.yaml", KUSTOMIZATION("newTag: '1'"),
	  DROP_TAG, "a:1@" D, "" },
	{ "an ARG is pinned by hand", "Dockerfile", "ARG V=1\nFROM a:$V\n", 0, NULL,
	  "own-sake Dockerfile:2:6: could not pin a:1: an ARG is part of it: pin the "
	  "ARG's default by hand\n" },
};

static void each_reference_becomes_what_is_wished_or_stays_for_a_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(text_cases); i++) {
		CLEANUP(buf_release) struct buf refusals = BUF_INIT(10000);
		CLEANUP(pin_world_release) struct pin_world world;
		const char *text;

		pin_world_init(&world, text_cases[i].name, text_cases[i].file,
			       wish_of(text_cases[i].wish));
		CHECK(text_cases[i].label, world.facts.declared_count > 0);
		text = pin_plan_text(&world.plan, &world.facts.declared[0]);
		CHECK_TEXT(text_cases[i].label, text ? text : "(stays)",
			   text_cases[i].text ? text_cases[i].text : "(stays)");
		pin_world_list_refusals(&refusals, &world);
		CHECK_TEXT(text_cases[i].label, buf_text(&refusals),
			   text_cases[i].refusal);
	}
}

static const struct {
	const char *label, *file;
	unsigned wish;
	const char *tag; /* NULL: nothing is asked */
} want_cases[] = {
	{ "a tag", POD("a:1"), 0, "1" },
	{ "a name alone has the tag latest", POD("a"), 0, "latest" },
	{ "a pin is not asked about", POD("'a:1@" D "'"), 0, NULL },
	{ "unless it is to follow its tag", POD("'a:1@" D "'"), UPDATE, "1" },
	{ "which it must have", POD("'a@" D "'"), UPDATE, NULL },
	{ "unpinning asks nothing", POD("a:1"), UNPIN, NULL },
	{ "a placeholder", POD("'${IMAGE}'"), 0, NULL },
	{ "no reference at all", POD("'a:1:2'"), 0, NULL },
};

static void only_what_is_needed_is_asked_of_registries(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(want_cases); i++) {
		CLEANUP(pin_world_release) struct pin_world world;
		CLEANUP(wants_release) struct wants wants = { .arena = NULL };

		pin_world_init(&world, "a.yaml", want_cases[i].file,
			       wish_of(want_cases[i].wish));
		wants.arena = &world.plan.arena;
		pin_plan_want(&world.plan, &world.facts.declared[0], &wants);
		CHECK(want_cases[i].label, wants.count == (want_cases[i].tag != NULL));
		if (!want_cases[i].tag)
			continue;
		CHECK(want_cases[i].label, wants.items[0].kind == WANT_TAG);
		CHECK_TEXT(want_cases[i].label, wants.items[0].tag, want_cases[i].tag);
		CHECK_TEXT(want_cases[i].label, wants.items[0].registry, "docker.io");
		CHECK_TEXT(want_cases[i].label, wants.items[0].repository, "library/a");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			each_reference_becomes_what_is_wished_or_stays_for_a_reason),
		cmocka_unit_test(only_what_is_needed_is_asked_of_registries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
