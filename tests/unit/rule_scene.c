#include "tests/unit/rule_scene.h"

static const char *const images[] = {
	"config c-one linux/amd64 d1",
	"config c-one-arm linux/arm64 d2",
	"config c-again linux/amd64 d1",
	"config c-two linux/amd64 d3",
	"config c-two-arm linux/arm64 d4",
	"config c-three linux/amd64 d5",
	"manifest one c-one l1",
	"manifest one-arm c-one-arm l2",
	"manifest again c-again l1",
	"manifest two c-two l3",
	"manifest two-arm c-two-arm l4",
	"manifest three c-three l5",
	"index both one=linux/amd64 one-arm=linux/arm64",
	"index half one=linux/amd64 two-arm=linux/arm64",
};

void scene_hide(struct drift_world *world)
{
	world->snapshot->coverage[0].observed = false;
}

void scene_rename_container(struct drift_world *world)
{
	world->snapshot->live[0].images[0].container = "renamed";
}

void scene_make_idle(struct drift_world *world)
{
	world->snapshot->live[0].idle = true;
}

void scene_drop_template(struct drift_world *world)
{
	world->snapshot->live[0].has_template = false;
	world->snapshot->live[0].image_count = 0;
}

static void build_scene(struct drift_world *world, const struct scene *scene)
{
	if (scene->declared)
		drift_world_declare(world, WHERE, scene->declared);
	if (scene->template)
		drift_world_live(world, WHERE, scene->template);
	for (size_t i = 0; i < PODS_MOST && scene->pods[i].image; i++)
		drift_world_run(world, WHERE, scene->pods[i].image, scene->pods[i].id);
	if (scene->change)
		scene->change(world);
}

struct use *scene_use(struct drift_world *world, const char *object)
{
	struct join *join = &world->drift.join;

	for (size_t i = 0; i < join->use_count; i++) {
		if (strcmp(join->uses[i].object.name, object) == 0 &&
		    strcmp(join->uses[i].container, "app") == 0)
			return &join->uses[i];
	}
	fail_msg("no such use: %s", object);
	return NULL;
}

void rule_case_check(const struct rule_case *one, const char *id, enum level level)
{
	struct finding finding = { .message = "", .level = rule_find(id)->level };
	struct drift_world world;
	enum answer answer;

	drift_world_init(&world, images, ARRAY_LENGTH(images));
	image_world_tag(&world.images, "shop/web", "1", "both");
	build_scene(&world, &one->scene);
	drift_world_judge(&world, NULL, 0);
	answer = rule_find(id)->use(&world.drift, scene_use(&world, "web"), &finding);
	if (answer != one->answer)
		fail_msg("%s: answer %d is not %d", one->label, (int)answer,
			 (int)one->answer);
	if (answer == ANSWER_YES) {
		CHECK(one->label, finding.level == level);
		if (!strstr(finding.message, one->says))
			fail_msg("%s: '%s' does not say '%s'", one->label,
				 finding.message, one->says);
	}
	drift_world_release(&world);
}

void rule_cases_check(const struct rule_case *cases, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		rule_case_check(&cases[i], id, rule_find(id)->level);
}
