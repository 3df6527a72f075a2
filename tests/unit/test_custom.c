/* Pods of custom resources against the images that these declare. */
#include "drift/custom.h"

#include "base/buf.h"
#include "model/scope.h"
#include "tests/unit/drift_world.h"

#define PAIRS_MOST 4

static const char *const images[] = {
	"config c-one linux/amd64 d1",
	"config c-two linux/amd64 d2",
	"manifest one c-one l1",
	"manifest two c-two l2",
};

/*
 * What is declared and what runs, as the world has it; fields whose place begins with "!"
 * name their container.
 */
struct custom_case {
	const char *label;
	struct {
		const char *where, *image;
	} declared[PAIRS_MOST];
	struct {
		const char *where, *image, *id;
	} runs[PAIRS_MOST];
	const char *rows, *findings, *gaps;
};

#define WATCH "shop/Prometheus/watch/"
#define STEPS "shop/Workflow/steps/"
#define GADGET "shop/Gadget/tool/"
#define SERVICE "shop/Service/web/"
#define AMBIGUOUS "ambiguous-declaration: shop/"

static const struct custom_case cases[] = {
	{ "by repository, the same",
	  { { WATCH, "prom:1@one" } },
	  { { WATCH "main", "prom:1@one", "one" } },
	  "watch/main match exact\n",
	  "",
	  "" },
	{ "by repository, another digest",
	  { { WATCH, "prom:1@one" } },
	  { { WATCH "main", "prom:1@two", "two" } },
	  "watch/main drift layers\n",
	  "running-differs error new watch/main\n"
	  "spec-differs error new watch/main\n",
	  "" },
	{ "the declared reference over another image",
	  { { WATCH, "prom:1@one" } },
	  { { WATCH "main", "prom:1@one", "two" } },
	  "watch/main drift layers\n",
	  "running-differs error new watch/main\n",
	  "" },
	{ "a tag in place of the pin",
	  { { WATCH, "prom:1@one" } },
	  { { WATCH "main", "prom:1", "one" } },
	  "watch/main match exact\n",
	  "pin-not-applied warning new watch/main\n"
	  "running-unpinned warning new watch/main\n",
	  "" },
	{ "what the controller adds by itself",
	  { { WATCH, "prom:1@one" } },
	  { { WATCH "main", "prom:1@one", "one" },
	    { WATCH "reload", "reload:7@two", "two" },
	    { WATCH "init:prepare", "reload:7@two", "two" } },
	  "watch/main match exact\n"
	  "watch/prepare undeclared\n"
	  "watch/reload undeclared\n",
	  "",
	  "" },
	/* The declared image runs: another one of its repository is the controller's. */
	{ "another container of the repository",
	  { { WATCH, "prom:1@one" } },
	  { { WATCH "main", "prom:1@one", "one" },
	    { WATCH "helper", "prom:0@two", "two" } },
	  "watch/helper undeclared\n"
	  "watch/main match exact\n",
	  "",
	  "" },
	{ "another pod's container of that name",
	  { { WATCH, "prom:1@one" } },
	  { { WATCH "main", "prom:1@one", "one" },
	    { WATCH "main", "prom:0@two", "two" } },
	  "watch/main drift layers\n"
	  "watch/main match exact\n",
	  "mixed-digests error new watch/main\n"
	  "running-differs error new watch/main\n",
	  "" },
	{ "two containers, of which either may be meant",
	  { { WATCH, "prom:1@one" } },
	  { { WATCH "main", "prom:0@two", "two" },
	    { WATCH "helper", "prom:0@two", "two" } },
	  "watch/helper unknown\n"
	  "watch/main unknown\n",
	  "",
	  AMBIGUOUS "watch/helper Prometheus\n" AMBIGUOUS "watch/main Prometheus\n" },
	{ "two fields, either of which may mean it",
	  { { WATCH, "prom:1@one" }, { WATCH, "prom:2@one" } },
	  { { WATCH "main", "prom:0@two", "two" } },
	  "watch/main unknown\n",
	  "",
	  AMBIGUOUS "watch/main Prometheus\n" },
	{ "two fields of one image for two containers",
	  { { WATCH, "prom:1@one" }, { WATCH, "prom:1@one" } },
	  { { WATCH "main", "prom:0@two", "two" },
	    { WATCH "helper", "prom:0@two", "two" } },
	  "watch/helper drift layers\n"
	  "watch/main drift layers\n",
	  "running-differs error new watch/helper\n"
	  "running-differs error new watch/main\n"
	  "spec-differs error new watch/helper\n"
	  "spec-differs error new watch/main\n",
	  "" },
	{ "two fields of one image, and one of two containers that runs it",
	  { { WATCH, "prom:1@one" }, { WATCH, "prom:1@one" } },
	  { { WATCH "main", "prom:1@one", "one" },
	    { WATCH "helper", "prom:0@two", "two" } },
	  "watch/helper unknown\n"
	  "watch/main match exact\n",
	  "",
	  AMBIGUOUS "watch/helper Prometheus\n" },
	{ "two fields of one image, two containers that run it and one that does not",
	  { { WATCH, "prom:1@one" }, { WATCH, "prom:1@one" } },
	  { { WATCH "main", "prom:1@one", "one" },
	    { WATCH "second", "prom:1@one", "one" },
	    { WATCH "helper", "prom:0@two", "two" } },
	  "watch/helper undeclared\n"
	  "watch/main match exact\n"
	  "watch/second match exact\n",
	  "",
	  "" },
	{ "two fields of one image, and one container",
	  { { WATCH, "prom:1@one" }, { WATCH, "prom:1@one" } },
	  { { WATCH "main", "prom:1@one", "one" } },
	  "watch/main match exact\n",
	  "",
	  "" },
	{ "two fields of one repository, each met",
	  { { WATCH, "prom:1@one" }, { WATCH, "prom:2@two" } },
	  { { WATCH "main", "prom:1@one", "one" },
	    { WATCH "helper", "prom:2@two", "two" } },
	  "watch/helper match exact\n"
	  "watch/main match exact\n",
	  "",
	  "" },
	{ "two fields of one repository, one of them met",
	  { { WATCH, "prom:1@one" }, { WATCH, "prom:2@two" } },
	  { { WATCH "main", "prom:1@one", "one" },
	    { WATCH "helper", "prom:1@one", "one" } },
	  "watch/helper match exact\n"
	  "watch/main match exact\n",
	  "not-running note new watch/\n",
	  "" },
	{ "one tag with two digests, and a pod that says neither",
	  { { WATCH, "prom:1@one" }, { WATCH, "prom:1@two" } },
	  { { WATCH "main", "prom:1", "one" } },
	  "watch/main unknown\n",
	  "running-unpinned warning new watch/main\n",
	  AMBIGUOUS "watch/main Prometheus\n" },
	{ "a namesake among two fields of one repository",
	  { { GADGET "main", "prom:1@one" }, { GADGET "other", "prom:2@one" } },
	  { { GADGET "main", "prom:0@two", "two" },
	    { GADGET "other", "prom:2@one", "one" } },
	  "tool/main drift layers\n"
	  "tool/other match exact\n",
	  "running-differs error new tool/main\n"
	  "spec-differs error new tool/main\n",
	  "" },
	{ "a namesake, though another container runs what it declares",
	  { { GADGET "", "prom:1@one" }, { GADGET "worker", "prom:1@one" } },
	  { { GADGET "main", "prom:1@one", "one" },
	    { GADGET "worker", "prom:2@two", "two" } },
	  "tool/main match exact\n"
	  "tool/worker drift layers\n",
	  "running-differs error new tool/worker\n"
	  "spec-differs error new tool/worker\n",
	  "" },
	{ "two that were swapped",
	  { { GADGET "", "prom:1@one" }, { GADGET "worker", "prom:2@two" } },
	  { { GADGET "worker", "prom:1@one", "one" },
	    { GADGET "main", "prom:2@two", "two" } },
	  "tool/main drift layers\n"
	  "tool/worker drift layers\n",
	  "running-differs error new tool/main\n"
	  "running-differs error new tool/worker\n"
	  "spec-differs error new tool/main\n"
	  "spec-differs error new tool/worker\n",
	  "" },
	{ "steps that have the names of templates",
	  { { STEPS "main", "prom:1@one" }, { STEPS "test", "prom:2@two" } },
	  { { STEPS "main", "prom:2@two", "two" } },
	  "steps/main match exact\n",
	  "",
	  "" },
	{ "an image for init containers is not held to a container",
	  { { WATCH "init:", "prom:1@one" } },
	  { { WATCH "main", "prom:0@two", "two" } },
	  "watch/main undeclared\n",
	  "not-running note new watch/\n",
	  "" },
	{ "the image of a volume is run by a container",
	  { { GADGET "image-volume:disk", "disk:1@one" } },
	  { { GADGET "volumedisk", "disk:1@two", "two" },
	    { GADGET "init:volumedisk-init", "disk:1@two", "two" } },
	  "tool/volumedisk drift layers\n"
	  "tool/volumedisk-init drift layers\n",
	  "running-differs error new tool/volumedisk\n"
	  "running-differs error new tool/volumedisk-init\n"
	  "spec-differs error new tool/volumedisk\n"
	  "spec-differs error new tool/volumedisk-init\n",
	  "" },
	{ "by name, another repository",
	  { { "!" WATCH "main", "prom:1@one" } },
	  { { WATCH "main", "elsewhere/prom:1@two", "two" } },
	  "watch/main drift layers\n",
	  "running-differs error new watch/main\n"
	  "spec-differs error new watch/main\n",
	  "" },
	{ "by name, whatever else is of the repository",
	  { { "!" WATCH "main", "prom:1@one" } },
	  { { WATCH "main", "prom:1@one", "one" },
	    { WATCH "helper", "prom:0@two", "two" } },
	  "watch/helper undeclared\n"
	  "watch/main match exact\n",
	  "",
	  "" },
	{ "by name, and by repository for the same container",
	  { { WATCH, "prom:1@two" }, { "!" WATCH "main", "prom:1@one" } },
	  { { WATCH "main", "prom:1@one", "one" } },
	  "watch/main match exact\n",
	  "not-running note new watch/\n",
	  "" },
	{ "by name, and nothing of that name",
	  { { "!" WATCH "main", "prom:1@one" } },
	  { { WATCH "helper", "prom:1@one", "one" } },
	  "watch/helper undeclared\n",
	  "not-running note new watch/main\n",
	  "" },
	{ "another repository",
	  { { WATCH, "prom:1@one" } },
	  { { WATCH "main", "elsewhere/prom:1@two", "two" } },
	  "watch/main undeclared\n",
	  "not-running note new watch/\n",
	  "" },
	{ "of another object",
	  { { WATCH, "prom:1@one" } },
	  { { "shop/Prometheus/other/main", "prom:0@two", "two" } },
	  "other/main undeclared\n",
	  "not-running note new watch/\n",
	  "" },
	/* The rest is of kinds of which less is to be expected. */
	{ "no pods of a kind that may have none",
	  { { GADGET, "prom:1@one" } },
	  { { NULL, NULL, NULL } },
	  "",
	  "",
	  "" },
	{ "other pods of a kind that may have none",
	  { { GADGET, "prom:1@one" } },
	  { { GADGET "main", "reload:7@two", "two" } },
	  "tool/main undeclared\n",
	  "not-running note new tool/\n",
	  "" },
	{ "steps of one name, each from its own field",
	  { { STEPS "build", "prom:1@one" }, { STEPS "test", "prom:2@two" } },
	  { { STEPS "main", "prom:1@one", "one" },
	    { STEPS "main", "prom:2@two", "two" } },
	  "steps/main match exact\n"
	  "steps/main match exact\n",
	  "",
	  "" },
	{ "a step of a template that is declared elsewhere",
	  { { STEPS "build", "prom:1@one" } },
	  { { STEPS "main", "prom:1@one", "one" },
	    { STEPS "main", "prom:2@two", "two" } },
	  "steps/main match exact\n"
	  "steps/main undeclared\n",
	  "",
	  "" },
	{ "a step of a template elsewhere, while what is declared has not begun",
	  { { STEPS "build", "prom:1@one" } },
	  { { STEPS "main", "prom:2@two", "two" } },
	  "steps/main undeclared\n",
	  "",
	  "" },
	{ "a step that has ended, or not begun",
	  { { STEPS "build", "prom:1@one" }, { STEPS "test", "tool:2@two" } },
	  { { STEPS "main", "prom:1@one", "one" } },
	  "steps/main match exact\n",
	  "",
	  "" },
	{ "pods of an older revision that still serve",
	  { { "!" SERVICE "main", "prom:1@one" } },
	  { { SERVICE "main", "prom:1@one", "one" },
	    { SERVICE "main", "prom:0@two", "two" } },
	  "web/main match exact\n"
	  "web/main undeclared\n",
	  "",
	  "" },
	{ "an older revision that serves alone",
	  { { "!" SERVICE "main", "prom:1@one" } },
	  { { SERVICE "main", "prom:0@two", "two" } },
	  "web/main drift layers\n",
	  "running-differs error new web/main\n"
	  "spec-differs error new web/main\n",
	  "" },
	{ "two manifests of one object",
	  { { "!" WATCH "main", "prom:1@one" }, { "!" WATCH "main", "prom:2@two" } },
	  { { WATCH "main", "prom:1@one", "one" } },
	  "watch/main unknown\n",
	  "",
	  AMBIGUOUS "watch/main Prometheus\n" },
};

static void declare(struct drift_world *world, const char *where, const char *image)
{
	bool named = where[0] == '!';

	drift_world_declare(world, where + named, image)->named = named;
}

static void play(struct drift_world *world, const struct custom_case *one)
{
	drift_world_init(world, images, ARRAY_LENGTH(images));
	for (size_t i = 0; i < PAIRS_MOST && one->declared[i].where; i++)
		declare(world, one->declared[i].where, one->declared[i].image);
	for (size_t i = 0; i < PAIRS_MOST && one->runs[i].where; i++)
		drift_world_run(world, one->runs[i].where, one->runs[i].image,
				one->runs[i].id);
}

/* The findings but for those about tags, which no registry of these tests has. */
static const char *findings_of_uses(struct drift_world *world)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 16);
	const char *line = drift_world_findings(world);

	for (const char *end; (end = strchr(line, '\n')); line = end + 1) {
		if (strncmp(line, "tag-", 4) != 0)
			buf_add(&text, line, (size_t)(end + 1 - line));
	}
	return arena_strdup(&world->images.arena, buf_text(&text));
}

static void a_container_is_held_to_the_field_that_means_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(drift_world_release) struct drift_world world;

		play(&world, &cases[i]);
		drift_world_judge(&world, NULL, 0);
		CHECK_TEXT(cases[i].label, drift_world_rows(&world), cases[i].rows);
		CHECK_TEXT(cases[i].label, findings_of_uses(&world), cases[i].findings);
		CHECK_TEXT(cases[i].label, drift_world_gaps(&world), cases[i].gaps);
	}
}

/* A Prometheus whose pods run an older image, and since some time a newer one. */
static void play_replacement(struct drift_world *world, int64_t seconds)
{
	drift_world_init(world, images, ARRAY_LENGTH(images));
	drift_world_declare(world, GADGET, "prom:1@one");
	drift_world_run(world, GADGET "main", "prom:0@two", "two");
	drift_world_run(world, GADGET "main", "prom:1@one", "one")->newest_pod_at =
		WORLD_NOW - seconds;
	drift_world_judge(world, NULL, 0);
}

static void pods_that_are_replaced_one_by_one_are_rolling_out(void **state)
{
	struct drift_world world;

	(void)state;
	play_replacement(&world, 60);
	assert_string_equal(drift_world_rows(&world),
			    "tool/main match exact\ntool/main rolling-out\n");
	assert_string_equal(findings_of_uses(&world), "");
	drift_world_release(&world);
	play_replacement(&world, 2 * 3600);
	assert_non_null(strstr(findings_of_uses(&world), "running-differs"));
	drift_world_release(&world);
}

static void a_rewritten_repository_is_the_declared_one(void **state)
{
	static struct policy_rewrite rewrites[] = {
		{ WORLD_HOST "/prom", WORLD_HOST "/mirror/prom" },
	};
	CLEANUP(drift_world_release) struct drift_world world;

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	world.snapshot->policy.rewrites = rewrites;
	world.snapshot->policy.rewrite_count = ARRAY_LENGTH(rewrites);
	drift_world_declare(&world, WATCH, "prom:1@one");
	drift_world_run(&world, WATCH "main", "mirror/prom:1@one", "one");
	drift_world_judge(&world, NULL, 0);
	assert_string_equal(drift_world_rows(&world), "watch/main match exact\n");
	assert_string_equal(findings_of_uses(&world), "");
}

/* A custom resource whose manifest names no namespace, and what runs of that name. */
static const struct {
	const char *label;
	struct {
		const char *where, *image;
	} runs[2];
	const char *rows, *gaps;
} nameless_cases[] = {
	{ "the lone one of the repository",
	  { { WATCH "main", "prom:0@two" } },
	  "watch/main drift layers\n",
	  "" },
	{ "one of another repository",
	  { { WATCH "main", "elsewhere/prom:0@two" } },
	  "watch/main undeclared\n",
	  "namespace-unknown: deploy/watch.yaml: Prometheus watch\n" },
	{ "two of them",
	  { { WATCH "main", "prom:0@two" },
	    { "bank/Prometheus/watch/main", "prom:0@two" } },
	  "watch/main undeclared\nwatch/main undeclared\n",
	  "namespace-unknown: deploy/watch.yaml: Prometheus watch\n" },
	{ "one of another name",
	  { { "shop/Prometheus/other/main", "prom:0@two" } },
	  "other/main undeclared\n",
	  "" },
};

static void without_a_namespace_the_lone_one_of_the_repository_is_meant(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(nameless_cases); i++) {
		CLEANUP(drift_world_release) struct drift_world world;

		drift_world_init(&world, images, ARRAY_LENGTH(images));
		drift_world_declare(&world, "/Prometheus/watch/", "prom:1@one");
		for (size_t j = 0; j < 2 && nameless_cases[i].runs[j].where; j++)
			drift_world_run(&world, nameless_cases[i].runs[j].where,
					nameless_cases[i].runs[j].image, "two");
		drift_world_judge(&world, NULL, 0);
		CHECK_TEXT(nameless_cases[i].label, drift_world_rows(&world),
			   nameless_cases[i].rows);
		CHECK_TEXT(nameless_cases[i].label, drift_world_gaps(&world),
			   nameless_cases[i].gaps);
	}
}

static void the_namespace_of_an_environment_is_that_of_custom_resources(void **state)
{
	static const char *const paths[] = { "deploy" };
	static struct policy_environment environments[] = { { paths, 1, "", "bank" } };
	CLEANUP(drift_world_release) struct drift_world world;

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	world.snapshot->policy.environments = environments;
	world.snapshot->policy.environment_count = 1;
	drift_world_declare(&world, "/Prometheus/watch/", "prom:1@one");
	drift_world_run(&world, WATCH "main", "prom:0@two", "two");
	drift_world_run(&world, "bank/Prometheus/watch/main", "prom:1@one", "one");
	drift_world_judge(&world, NULL, 0);
	assert_string_equal(drift_world_rows(&world),
			    "watch/main match exact\nwatch/main undeclared\n");
	assert_string_equal(drift_world_gaps(&world), "");
}

/* What is said of a declared Prometheus of which nothing runs. */
static const struct {
	const char *label, *namespace;
	bool observed;
	const char *findings;
} absent_cases[] = {
	{ "in its namespace", "shop", true, "not-running note new watch/\n" },
	{ "in none of them", "", true, "not-running note new watch/\n" },
	{ "where nobody looked", "shop", false, "" },
};

static void a_kind_that_always_has_pods_is_missed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(absent_cases); i++) {
		CLEANUP(drift_world_release) struct drift_world world;

		drift_world_init(&world, images, ARRAY_LENGTH(images));
		world.snapshot->coverage[0].observed = absent_cases[i].observed;
		drift_world_declare(&world, WATCH, "prom:1@one")->namespace =
			absent_cases[i].namespace;
		drift_world_judge(&world, NULL, 0);
		CHECK_TEXT(absent_cases[i].label, findings_of_uses(&world),
			   absent_cases[i].findings);
	}
}

/* The container that is meant may be one of the pods that were left out. */
static void with_a_selector_nothing_is_guessed(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	world.snapshot->selector = "app=helper";
	drift_world_declare(&world, WATCH, "prom:1@one");
	drift_world_run(&world, WATCH "helper", "prom:0@two", "two");
	drift_world_judge(&world, NULL, 0);
	assert_string_equal(drift_world_rows(&world), "watch/helper unknown\n");
	assert_string_equal(findings_of_uses(&world), "");
	assert_string_equal(drift_world_gaps(&world),
			    AMBIGUOUS "watch/helper Prometheus\n");
}

/* Nothing is claimed of what nobody knows to have pods; the coverage says so. */
static void what_cannot_be_compared_is_counted(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	drift_world_declare(&world, GADGET, "prom:1@one");
	drift_world_declare(&world, GADGET, "prom:2@one");
	drift_world_declare(&world, WATCH, "prom:1@one");
	drift_world_judge(&world, NULL, 0);
	assert_string_equal(world.snapshot->coverage[0].note,
			    "cluster; 2 images of custom resources not compared: no pods "
			    "are known to be theirs");
}

/* A finding that was made while it was clear what is meant. */
static void what_has_become_unclear_is_unknown_and_not_fixed(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;
	struct earlier_finding *earlier;
	const char *findings;
	size_t count;

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	drift_world_declare(&world, WATCH, "prom:1@one");
	drift_world_run(&world, WATCH "main", "prom:0@two", "two");
	drift_world_judge(&world, NULL, 0);
	earlier = drift_world_earlier(&world, &count);
	drift_world_run(&world, WATCH "helper", "prom:0@two", "two");
	drift_world_judge(&world, earlier, count);
	findings = findings_of_uses(&world);
	assert_non_null(strstr(findings, "running-differs error unknown watch/main\n"));
	assert_non_null(strstr(findings, "spec-differs error unknown watch/main\n"));
	assert_null(strstr(findings, "fixed"));
}

/* Pods of one name and many kinds, such as the steps of a workflow. */
static void containers_of_a_custom_resource_mix_by_their_reference(void **state)
{
	struct drift_world world;

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	drift_world_run(&world, STEPS "main", "prom:1@one", "one");
	drift_world_run(&world, STEPS "main", "tool:1@two", "two");
	drift_world_judge(&world, NULL, 0);
	assert_string_equal(findings_of_uses(&world), "");
	drift_world_release(&world);
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	drift_world_run(&world, STEPS "main", "prom:1@one", "one");
	drift_world_run(&world, STEPS "main", "tool:1", "one");
	drift_world_run(&world, STEPS "main", "tool:1", "two");
	drift_world_judge(&world, NULL, 0);
	assert_non_null(strstr(findings_of_uses(&world), "mixed-digests"));
	drift_world_release(&world);
}

/* A pod of a StrimziPodSet, say, whose labels name what people wrote. */
static void an_owner_that_labels_name_counts_if_it_is_declared(void **state)
{
	static const struct object_id made = { "example.com", "GadgetSet", "tool-1" };
	CLEANUP(drift_world_release) struct drift_world world;

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	drift_world_declare(&world, GADGET, "prom:1@one");
	drift_world_run(&world, GADGET "main", "prom:1@one", "one");
	drift_world_run(&world, "shop/Gadget/other/main", "prom:1@one", "one");
	for (size_t i = 0; i < 2; i++) {
		struct running_use *use = &world.snapshot->running[i];

		use->owners[1] = use->owners[0];
		use->owners[0] = made;
		use->owner_count = 2;
		use->labelled = true;
	}
	drift_world_judge(&world, NULL, 0);
	assert_string_equal(drift_world_rows(&world),
			    "tool-1/main undeclared\ntool/main match exact\n");
}

/* Each container is that of the same name in the other cluster. */
static void in_two_clusters_namesakes_are_compared(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	drift_world_add_second(&world);
	drift_world_declare(&world, WATCH, "prom:1");
	for (uint32_t cluster = 0; cluster < 2; cluster++) {
		drift_world_run(&world, WATCH "main", "prom:1", "one")->cluster = cluster;
		drift_world_run(&world, WATCH "helper", "prom:1", "two")->cluster =
			cluster;
	}
	drift_world_judge(&world, NULL, 0);
	assert_null(strstr(drift_world_findings(&world), "clusters-differ"));
	world.snapshot->running[2].image_id = world.snapshot->running[1].image_id;
	drift_world_judge(&world, NULL, 0);
	assert_non_null(strstr(drift_world_findings(&world), "clusters-differ"));
}

static void what_no_cluster_has_is_missed_once_if_it_always_has_pods(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	drift_world_add_second(&world);
	drift_world_declare(&world, WATCH, "prom:1@one");
	drift_world_declare(&world, GADGET, "prom:1@one");
	drift_world_judge(&world, NULL, 0);
	assert_string_equal(findings_of_uses(&world), "not-running note new watch/\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_container_is_held_to_the_field_that_means_it),
		cmocka_unit_test(pods_that_are_replaced_one_by_one_are_rolling_out),
		cmocka_unit_test(a_rewritten_repository_is_the_declared_one),
		cmocka_unit_test(
			without_a_namespace_the_lone_one_of_the_repository_is_meant),
		cmocka_unit_test(
			the_namespace_of_an_environment_is_that_of_custom_resources),
		cmocka_unit_test(a_kind_that_always_has_pods_is_missed),
		cmocka_unit_test(with_a_selector_nothing_is_guessed),
		cmocka_unit_test(what_cannot_be_compared_is_counted),
		cmocka_unit_test(what_has_become_unclear_is_unknown_and_not_fixed),
		cmocka_unit_test(containers_of_a_custom_resource_mix_by_their_reference),
		cmocka_unit_test(an_owner_that_labels_name_counts_if_it_is_declared),
		cmocka_unit_test(in_two_clusters_namesakes_are_compared),
		cmocka_unit_test(
			what_no_cluster_has_is_missed_once_if_it_always_has_pods),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
