#include "drift/custom.h"

#include "drift/environment.h"
#include "drift/object_key.h"
#include "drift/reference.h"
#include "drift/rollout.h"
#include "model/workload.h"

#define FIELDS_COMPARED 1000 /* with each other, of one object */

enum trait {
	TRAIT_LASTS = 1,  /* has pods as long as it is there */
	TRAIT_ENDS = 2,   /* its pods end when their work is done: none is missed */
	TRAIT_VARIES = 4, /* its pods may rightly run several images of one repository */
};

/*
 * What is known of the pods of a kind.  Of others that are declared here a pod may be
 * expected, or not: of templates and of what is scaled to zero there are none.
 */
static const struct custom_kind {
	const char *api_group, *kind;
	unsigned traits;
} custom_kinds[] = {
	{ "monitoring.coreos.com", "Prometheus", TRAIT_LASTS },
	{ "monitoring.coreos.com", "PrometheusAgent", TRAIT_LASTS },
	{ "monitoring.coreos.com", "Alertmanager", TRAIT_LASTS },
	{ "monitoring.coreos.com", "ThanosRuler", TRAIT_LASTS },
	{ "kafka.strimzi.io", "Kafka", TRAIT_LASTS },
	{ "kafka.strimzi.io", "KafkaConnect", TRAIT_LASTS },
	{ "kafka.strimzi.io", "KafkaBridge", TRAIT_LASTS },
	{ "kafka.strimzi.io", "KafkaMirrorMaker", TRAIT_LASTS },
	{ "kafka.strimzi.io", "KafkaMirrorMaker2", TRAIT_LASTS },
	{ "apps.openshift.io", "DeploymentConfig", TRAIT_LASTS },
	/* Each revision has pods while traffic is sent to it. */
	{ "serving.knative.dev", "Service", TRAIT_VARIES },
	{ "serving.knative.dev", "Configuration", TRAIT_VARIES },
	/* Each step is a container of the same name, or of templates declared elsewhere.
	 */
	{ "argoproj.io", "Workflow", TRAIT_ENDS | TRAIT_VARIES },
	{ "argoproj.io", "CronWorkflow", TRAIT_ENDS | TRAIT_VARIES },
	{ "argoproj.io", "AnalysisRun", TRAIT_ENDS | TRAIT_VARIES },
	{ "argoproj.io", "Experiment", TRAIT_ENDS | TRAIT_VARIES },
	{ "tekton.dev", "TaskRun", TRAIT_ENDS | TRAIT_VARIES },
	{ "tekton.dev", "PipelineRun", TRAIT_ENDS | TRAIT_VARIES },
};

/* What runs in a container of some pods. */
struct custom_row {
	struct custom_row *next;
	const struct container_image *image;
	int64_t newest_pod_at;
};

/* One container of the pods of an object; of one repository, unless a field names it. */
struct custom_slot {
	struct custom_slot *next;
	const struct container_image *image; /* of the first row */
	struct custom_row *rows;
	struct custom_field *field; /* that it is held to; NULL: to none */
	struct custom_field *other; /* and one with another reference, which some of its
				       pods run */
	struct custom_field *guess; /* while settling */
	bool named;                 /* by `field` */
	const char *unclear;        /* why nobody can tell whether it is `field`'s */
	bool agreed;                /* some pods run what `field` declares */
	int64_t agreed_at;          /* creation of the youngest of them */
};

bool custom_is_declared(const struct declared_use *declared)
{
	const struct object_id *object = &declared->object;

	return !declared->workload && !declared->overrides &&
	       strchr(object->api_group, '.') &&
	       !workload_kind_find(object->api_group, object->kind);
}

static unsigned traits_of(const struct object_id *object)
{
	for (size_t i = 0; i < ARRAY_LENGTH(custom_kinds); i++) {
		if (strcmp(custom_kinds[i].kind, object->kind) == 0 &&
		    strcmp(custom_kinds[i].api_group, object->api_group) == 0)
			return custom_kinds[i].traits;
	}
	return 0;
}

bool custom_lasts(const struct object_id *object)
{
	return traits_of(object) & TRAIT_LASTS;
}

void customs_init(struct customs *customs, struct arena *arena,
		  const struct snapshot *snapshot, int64_t now)
{
	*customs = (struct customs){ .arena = arena, .snapshot = snapshot, .now = now };
}

void customs_release(struct customs *customs)
{
	table_release(&customs->objects);
	table_release(&customs->fields);
	table_release(&customs->slots);
}

/* "a.yaml:3 declares web:1" */
static const char *declares(struct arena *arena, const struct declared_use *declared)
{
	return arena_printf(arena, "%s:%u declares %s", declared->path,
			    (unsigned)declared->line, declared->image.text);
}

const char *custom_rivals(struct arena *arena, const struct declared_use *one,
			  const struct declared_use *other)
{
	return arena_printf(arena, "%s, %s: scan the one that is meant for this cluster",
			    declares(arena, one), declares(arena, other));
}

/* Why it cannot be told which of two fields a container is held to. */
static const char *doubt(const struct customs *customs, const struct custom_field *one,
			 const struct custom_field *other,
			 const struct container_image *image)
{
	return arena_printf(customs->arena,
			    "%s, %s: which of them is meant for container %s, which runs "
			    "%s, cannot be told",
			    declares(customs->arena, one->declared),
			    declares(customs->arena, other->declared), image->container,
			    image->text);
}

static bool is_same_image(const struct custom_field *a, const struct custom_field *b)
{
	return reference_same(&a->declared->image, &b->declared->image);
}

static struct custom_object *object_of(struct customs *customs, const char *namespace,
				       const struct object_id *object)
{
	CLEANUP(buf_release) struct buf key = object_key(namespace, object);
	void **slot = object_slot(&customs->objects, customs->arena, &key);
	struct custom_object *made = *slot;

	if (made)
		return made;
	made = *slot = arena_alloc(customs->arena, sizeof(*made));
	made->namespace = namespace;
	made->object = *object;
	made->traits = traits_of(object);
	made->end = &made->fields;
	customs->items = arena_grow(customs->arena, customs->items, customs->count,
				    sizeof(struct custom_object *));
	customs->items[customs->count++] = made;
	return made;
}

/* A field is known by the container that it names, else by where it stands. */
static struct buf field_key(const struct custom_object *object,
			    enum container_class class, const char *container,
			    const char *field)
{
	struct buf key = object_key(object->namespace, &object->object);

	buf_add_part(&key, container_class_name(class));
	buf_add_part(&key, container);
	buf_add_part(&key, field);
	return key;
}

void customs_declare(struct customs *customs, const char *namespace,
		     const struct declared_use *declared)
{
	struct custom_object *object = object_of(customs, namespace, &declared->object);
	CLEANUP(buf_release)
	struct buf key = field_key(object, declared->image.class,
				   declared->named ? declared->image.container : "",
				   declared->named ? "" : declared->field);
	void **slot = object_slot(&customs->fields, customs->arena, &key);
	struct custom_field *field = arena_alloc(customs->arena, sizeof(*field));
	struct custom_field *first = *slot;

	field->declared = declared;
	if (first) {
		if (!first->unclear && !is_same_image(first, field))
			first->unclear =
				custom_rivals(customs->arena, first->declared, declared);
		return;
	}
	if (declared->image.state == REFERENCE_OK)
		field->rewritten = reference_rewrite(
			&customs->snapshot->policy, customs->arena, &declared->image.ref);
	object->field_count++;
	*slot = *object->end = field;
	object->end = &field->next;
}

static struct custom_field *find_named(const struct customs *customs,
				       const struct custom_object *object,
				       const struct container_image *image)
{
	CLEANUP(buf_release)
	struct buf key = field_key(object, image->class, image->container, "");

	return table_find(&customs->fields, key.data, key.length);
}

static struct buf slot_key(const struct customs *customs,
			   const struct custom_object *object,
			   const struct container_image *image)
{
	bool named = find_named(customs, object, image);
	bool known = !named && image->state == REFERENCE_OK;
	struct buf key = field_key(object, image->class, image->container, "");

	buf_add_part(&key, known ? image->ref.registry : "");
	buf_add_part(&key, known ? image->ref.repository : "");
	return key;
}

/* Whether a field that names no container may be about one with this image. */
static bool is_repository(const struct custom_field *field,
			  const struct container_image *image)
{
	const struct declared_use *declared = field->declared;

	return !declared->named && declared->image.state == REFERENCE_OK &&
	       image->state == REFERENCE_OK &&
	       (image_ref_same_repository(&declared->image.ref, &image->ref) ||
		image_ref_same_repository(&field->rewritten, &image->ref));
}

static bool is_fulfilled(const struct image_ref *declared, const struct image_ref *live)
{
	return !reference_difference(declared, live) &&
	       (strcmp(image_ref_tag(declared), image_ref_tag(live)) == 0 ||
		digest_equal(&declared->digest, &live->digest));
}

/* Whether an image is what the field declares, and no more than not another one. */
static bool agrees(const struct custom_field *field, const struct container_image *image)
{
	const struct container_image *declared = &field->declared->image;

	return declared->state == REFERENCE_OK && image->state == REFERENCE_OK &&
	       (is_fulfilled(&declared->ref, &image->ref) ||
		is_fulfilled(&field->rewritten, &image->ref));
}

/* The container is held to the field. */
static void take(struct custom_slot *slot, struct custom_field *field)
{
	if (!slot->field)
		slot->field = field;
	else if (!slot->other && !is_same_image(slot->field, field))
		slot->other = field;
}

/*
 * Whether a field may be about a container whatever that runs of its repository.  What a
 * controller makes of the image of a volume is its own affair.
 */
static bool is_kin(const struct custom_field *field, const struct container_image *image)
{
	enum container_class declared = field->declared->image.class;

	return is_repository(field, image) &&
	       (declared == image->class || declared == CLASS_IMAGE_VOLUME ||
		image->class == CLASS_SIDECAR);
}

/* A field in an item of the container's name, such as spec.workers[].image. */
static struct custom_field *find_namesake(const struct custom_object *object,
					  const struct container_image *image)
{
	struct custom_field *field = object->fields;

	if (object->traits & TRAIT_VARIES)
		return NULL; /* the steps of a workflow have names, their containers one
			      */
	while (field && !(is_kin(field, image) && strcmp(field->declared->image.container,
							 image->container) == 0))
		field = field->next;
	return field;
}

static void name_slot(struct custom_slot *slot, struct custom_field *field)
{
	slot->field = field;
	slot->named = field != NULL;
	if (field) {
		field->own = true;
		field->state = CUSTOM_MET;
	}
}

/* Made at the first call. */
static struct custom_slot *slot_of(struct customs *customs, struct custom_object *object,
				   const struct container_image *image)
{
	CLEANUP(buf_release) struct buf key = slot_key(customs, object, image);
	void **place = object_slot(&customs->slots, customs->arena, &key);
	struct custom_field *named = find_named(customs, object, image);
	struct custom_slot *slot = *place;

	if (slot)
		return slot;
	slot = *place = arena_alloc(customs->arena, sizeof(*slot));
	slot->image = image;
	slot->next = object->slots;
	object->slots = slot;
	name_slot(slot, named ? named : find_namesake(object, image));
	return slot;
}

void customs_look(struct customs *customs, const struct object_id *owner,
		  const struct running_use *running)
{
	struct custom_object *object;
	struct custom_slot *slot;
	struct custom_row *row;

	if (customs->count == 0)
		return;
	object = object_find(&customs->objects, running->namespace, owner);
	if (!object)
		return;
	object->has_pods = true;
	slot = slot_of(customs, object, &running->image);
	row = arena_alloc(customs->arena, sizeof(*row));
	*row = (struct custom_row){ slot->rows, &running->image, running->newest_pod_at };
	slot->rows = row;
}

/* A row against a field whose image it runs. */
static void note_agreement(struct custom_slot *slot, struct custom_field *field,
			   const struct custom_row *row)
{
	if (field != slot->field && (slot->named || field->own)) {
		if (slot->field && is_same_image(slot->field, field))
			field->state = CUSTOM_MET; /* both declare it: one is enough */
		return;
	}
	field->state = CUSTOM_MET;
	take(slot, field);
	slot->agreed = true;
	if (row->newest_pod_at > slot->agreed_at)
		slot->agreed_at = row->newest_pod_at;
}

static void find_agreement(struct custom_object *object, struct custom_slot *slot)
{
	for (const struct custom_row *row = slot->rows; row; row = row->next) {
		for (struct custom_field *field = object->fields; field;
		     field = field->next) {
			if ((field == slot->field || is_repository(field, row->image)) &&
			    agrees(field, row->image))
				note_agreement(slot, field, row);
		}
	}
}

static bool is_held_to(const struct custom_slot *slot, const struct custom_field *field)
{
	return slot->field && !slot->named && slot->agreed &&
	       (is_same_image(slot->field, field) ||
		(slot->other && is_same_image(slot->other, field)));
}

/*
 * Two fields declare one image, and one container runs it: a second one that runs
 * something else of the repository may be the other field's.
 */
static void find_spare(struct custom_object *object, struct custom_field *field)
{
	size_t before = 0, running = 0;

	for (const struct custom_slot *slot = object->slots; slot; slot = slot->next)
		running += is_kin(field, slot->image) && is_held_to(slot, field);
	for (const struct custom_field *one = object->fields;
	     one != field && before < running; one = one->next)
		before += !one->declared->named && !one->own && is_same_image(one, field);
	field->spare = running > 0 && before >= running;
	if (field->spare)
		field->state = CUSTOM_MISSED;
}

static void find_spares(struct custom_object *object)
{
	if (object->field_count > FIELDS_COMPARED)
		return;
	for (struct custom_field *field = object->fields; field; field = field->next) {
		if (field->state == CUSTOM_MET && !field->declared->named && !field->own)
			find_spare(object, field);
	}
}

/* No other container was found that they may be about: their image runs. */
static void settle_spares(struct custom_object *object)
{
	for (struct custom_field *field = object->fields; field; field = field->next) {
		if (field->spare && field->state == CUSTOM_MISSED)
			field->state = CUSTOM_MET;
	}
}

/* Whether a container may be meant by a field that nothing runs as it is declared. */
static bool may_mean(const struct custom_field *field, const struct custom_slot *slot)
{
	return field->state != CUSTOM_MET && is_kin(field, slot->image);
}

/*
 * How many containers without a field may be meant by one; of a volume all of them are,
 * KubeVirt has an init container beside each disk.
 */
static size_t count_strays(const struct custom_object *object,
			   const struct custom_field *field)
{
	size_t count = 0;

	if (field->declared->image.class == CLASS_IMAGE_VOLUME)
		return 1;
	for (const struct custom_slot *slot = object->slots; slot; slot = slot->next)
		count += !slot->field && may_mean(field, slot);
	return count;
}

/* The field that a container without one is held to, if only one image can be meant. */
static void guess(struct customs *customs, const struct custom_object *object,
		  struct custom_slot *slot)
{
	const struct custom_field *other = NULL;
	size_t same = 0;

	for (struct custom_field *field = object->fields; field; field = field->next) {
		if (!may_mean(field, slot))
			continue;
		if (!slot->guess)
			slot->guess = field;
		if (is_same_image(slot->guess, field))
			same++;
		else
			other = field;
	}
	if (!slot->guess)
		return;
	if (customs->snapshot->selector[0] != '\0')
		slot->unclear = arena_printf(
			customs->arena,
			"%s: whether container %s is meant, which runs %s, cannot be "
			"told while a selector leaves pods out",
			declares(customs->arena, slot->guess->declared),
			slot->image->container, slot->image->text);
	else if (other)
		slot->unclear = doubt(customs, slot->guess, other, slot->image);
	else if (slot->guess->spare || count_strays(object, slot->guess) > same)
		slot->unclear = arena_printf(
			customs->arena,
			"%s: which of the containers of its repository is meant (%s "
			"runs %s) cannot be told",
			declares(customs->arena, slot->guess->declared),
			slot->image->container, slot->image->text);
}

/* It says the same of all fields that may be meant. */
static void apply_guess(struct custom_object *object, struct custom_slot *slot)
{
	for (struct custom_field *field = object->fields; field; field = field->next) {
		if (may_mean(field, slot))
			field->state = slot->unclear ? CUSTOM_UNCLEAR : CUSTOM_MET;
	}
	slot->field = slot->guess;
}

static void settle(struct customs *customs, struct custom_object *object)
{
	for (struct custom_slot *slot = object->slots; slot; slot = slot->next)
		find_agreement(object, slot);
	if (object->traits & TRAIT_ENDS)
		return; /* what is meant may have ended, or not begun */
	find_spares(object);
	for (struct custom_slot *slot = object->slots; slot; slot = slot->next) {
		if (!slot->field)
			guess(customs, object, slot);
	}
	for (struct custom_slot *slot = object->slots; slot; slot = slot->next) {
		if (slot->guess)
			apply_guess(object, slot);
	}
	settle_spares(object);
}

void customs_settle(struct customs *customs)
{
	for (size_t i = 0; i < customs->count; i++)
		settle(customs, customs->items[i]);
}

/* Of several fields whose images run in containers of that name: the one of this pod. */
static struct custom_choice choose_agreeing(const struct customs *customs,
					    const struct custom_object *object,
					    const struct custom_slot *slot,
					    const struct container_image *image)
{
	const struct custom_field *found = NULL, *other = NULL;

	for (const struct custom_field *field = object->fields; field;
	     field = field->next) {
		if (!is_repository(field, image) || !agrees(field, image))
			continue;
		if (!found)
			found = field;
		else if (!is_same_image(found, field))
			other = field;
	}
	if (found && !other)
		return (struct custom_choice){ object, found->declared, found->unclear,
					       false };
	if (!found && (object->traits & TRAIT_VARIES))
		return (struct custom_choice){ .object = object };
	return (struct custom_choice){ object, slot->field->declared,
				       doubt(customs, found ? found : slot->field,
					     other ? other : slot->other, image),
				       false };
}

static struct custom_choice choose(const struct customs *customs,
				   const struct custom_object *object,
				   const struct custom_slot *slot,
				   const struct container_image *image)
{
	bool agreed, varies = object->traits & TRAIT_VARIES;

	if (!slot || !slot->field)
		return (struct custom_choice){ .object = object };
	if (slot->unclear)
		return (struct custom_choice){ object, slot->field->declared,
					       slot->unclear, false };
	if (slot->other)
		return choose_agreeing(customs, object, slot, image);
	agreed = agrees(slot->field, image);
	if (!agreed && slot->agreed && varies)
		return (struct custom_choice){ .object = object };
	return (struct custom_choice){
		object, slot->field->declared, slot->field->unclear,
		!agreed && slot->agreed &&
			rollout_is_recent(slot->agreed_at, customs->now)
	};
}

struct custom_choice customs_choose(const struct customs *customs,
				    const struct object_id *owner,
				    const struct running_use *running)
{
	const struct custom_object *owned_by;
	CLEANUP(buf_release) struct buf key = BUF_KEY_INIT;

	if (customs->count == 0)
		return (struct custom_choice){ .object = NULL };
	owned_by = object_find(&customs->objects, running->namespace, owner);
	if (!owned_by)
		return (struct custom_choice){ .object = NULL };
	key = slot_key(customs, owned_by, &running->image);
	return choose(customs, owned_by,
		      table_find(&customs->slots, key.data, key.length), &running->image);
}

bool custom_is_missed(const struct custom_object *object,
		      const struct custom_field *field)
{
	const struct declared_use *declared = field->declared;

	if (field->state == CUSTOM_MET ||
	    (!declared->named && declared->image.state != REFERENCE_OK))
		return false;
	return object->has_pods ? !(object->traits & TRAIT_ENDS)
				: object->traits & TRAIT_LASTS;
}

size_t customs_count_silent(const struct customs *customs)
{
	size_t count = 0;

	for (size_t i = 0; i < customs->count; i++) {
		const struct custom_object *object = customs->items[i];

		for (const struct custom_field *field = object->fields;
		     field && !object->has_pods; field = field->next)
			count += !custom_is_missed(object, field);
	}
	return count;
}

/* A kind may have no pods, or pods that its controller does not call its own. */
void custom_tell_silent(struct snapshot *snapshot, size_t count)
{
	environment_tell(snapshot,
			 arena_printf(&snapshot->arena,
				      "%zu image%s of custom resources not compared: no "
				      "pods are known to be theirs",
				      count, count == 1 ? "" : "s"));
}
