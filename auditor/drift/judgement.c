#include "drift/judgement.h"

#include "base/buf.h"
#include "drift/environment.h"
#include "drift/scopes.h"
#include "drift/waivers.h"
#include "model/scope.h"

#define FINGERPRINT_DIGITS 32 /* hex digits of the sha256 that are kept */

/* What findings are about, as the rules come by. */
struct subject {
	enum subject_kind kind;
	union {
		const struct use *use;
		const struct declared_use *declared;
		const struct tag_subject *tag;
		const struct pin_subject *pin;
		const struct waiver *waiver;
	};
	struct buf key; /* what tells it from others: no digests, no line numbers */
	const char *scopes;
	const char *cluster_scopes; /* of rules that compare clusters */
};

static void subject_release(struct subject *subject)
{
	buf_release(&subject->key);
}

/* An ordinal for duplicates, as the last part of the key. */
static void add_ordinal(struct judgement *judgement, struct subject *subject)
{
	const char **kept;
	void **slot = table_slot(&judgement->ordinals, subject->key.data,
				 subject->key.length, &kept);
	uintptr_t ordinal = (uintptr_t)*slot;

	if (ordinal == 0)
		*kept = arena_strndup(judgement->arena, subject->key.data,
				      subject->key.length);
	*slot = (void *)(ordinal + 1);
	if (ordinal > 0)
		buf_printf(&subject->key, "%zu", (size_t)ordinal);
}

/* Rule and subject. */
static const char *fingerprint(struct judgement *judgement, const struct rule *rule,
			       const struct subject *subject)
{
	CLEANUP(buf_release) struct buf key = BUF_KEY_INIT;
	struct digest sha256 = { "" }, digest;

	buf_add_part(&key, rule->id);
	buf_add(&key, subject->key.data, subject->key.length);
	digest = digest_compute(key.data, key.length, &sha256);
	return arena_strndup(judgement->arena, strchr(digest.text, ':') + 1,
			     FINGERPRINT_DIGITS);
}

static bool is_watched(const struct judgement *judgement, const struct rule *rule)
{
	return table_find(&judgement->watched, rule->id, strlen(rule->id)) != NULL;
}

static void show_use(struct finding *finding, const struct use *use)
{
	if (use->declared)
		finding_show_declared(finding, use->declared);
	else
		finding->reference = use->rows[0].running->image.text;
	finding->cluster = use->cluster ? use->cluster->identity.name : "";
	finding->cluster_key = use->cluster ? use->cluster->identity.key : "";
	finding->namespace = use->namespace;
	finding->object = use->object;
	finding->container = use->container;
	finding->class = container_class_name(use->class);
}

/* What a finding about a tag says where one of its mentions stands. */
static void show_mention(const struct drift *drift, struct finding *finding,
			 const struct tag_subject *tag, const struct tag_mention *mention)
{
	if (mention->declared)
		finding_show_declared(finding, mention->declared);
	else
		show_use(finding, mention->use);
	finding->reference = arena_printf(drift->texts, "%s/%s:%s", tag->registry,
					  tag->repository, tag->tag);
	finding->declared = "";
}

static void show_tag(const struct drift *drift, struct finding *finding,
		     const struct tag_subject *tag)
{
	show_mention(drift, finding, tag, tag_subject_evidence(tag));
}

/* Of two waivers the one that ends first; NULL unless there are both. */
static const struct waiver *both(const struct waiver *a, const struct waiver *b)
{
	if (!a || !b)
		return NULL;
	return a->until <= b->until ? a : b;
}

/* A tag is waived where every one of its mentions is. */
static const struct waiver *cover_tag(struct drift *drift, const struct tag_subject *tag,
				      const struct finding *finding)
{
	const struct waiver *all = NULL;

	for (size_t i = 0; i < tag->mention_count; i++) {
		struct finding part = *finding;
		const struct waiver *one;

		show_mention(drift, &part, tag, &tag->mentions[i]);
		one = waivers_cover(drift, &part);
		all = i == 0 ? one : both(all, one);
	}
	return all;
}

static const struct waiver *cover_pin(struct drift *drift, const struct pin_subject *pin,
				      const struct finding *finding)
{
	const struct waiver *all = NULL;

	for (size_t i = 0; i < pin->mention_count; i++) {
		struct finding part = *finding;
		const struct waiver *one;

		finding_show_declared(&part, pin->mentions[i]);
		one = waivers_cover(drift, &part);
		all = i == 0 ? one : both(all, one);
	}
	return all;
}

static const struct waiver *cover(struct drift *drift, const struct subject *subject,
				  const struct finding *finding)
{
	if (drift->snapshot->waiver_count == 0)
		return NULL;
	if (subject->kind == SUBJECT_TAG)
		return cover_tag(drift, subject->tag, finding);
	if (subject->kind == SUBJECT_PIN)
		return cover_pin(drift, subject->pin, finding);
	return waivers_cover(drift, finding);
}

/* Keep an answer that something may become of. */
static void keep_answer(struct judgement *judgement, const struct rule *rule,
			const struct subject *subject, enum answer answer,
			struct finding *finding)
{
	struct judged_list *list = &judgement->judged;
	struct judged *judged;

	if (answer == ANSWER_NONE ||
	    (answer != ANSWER_YES && !is_watched(judgement, rule)))
		return;
	finding->fingerprint = fingerprint(judgement, rule, subject);
	list->items = array_grow(list->items, list->count, sizeof(*list->items));
	judged = &list->items[list->count++];
	*judged = (struct judged){
		.rule = rule,
		.answer = answer,
		.fingerprint = finding->fingerprint,
		.reference = finding->reference,
		.scopes =
			rule->across_clusters ? subject->cluster_scopes : subject->scopes,
	};
	if (answer == ANSWER_YES) {
		judged->finding = arena_alloc(&judgement->findings, sizeof(*finding));
		memcpy(judged->finding, finding, sizeof(*finding));
		judged->finding->waiver = cover(judgement->drift, subject, finding);
	}
}

/* A scope that is made once for a name: a namespace, or a path. */
static const char *memo_scope(struct judgement *judgement, struct table *memo,
			      const char *name, const char *key,
			      const char *(*make)(struct arena *, const char *key,
						  const char *name))
{
	const char **kept;
	void **scope = table_slot(memo, name, strlen(name), &kept);

	if (!*scope) {
		*kept = name;
		*scope = (void *)(uintptr_t)make(judgement->arena, key, name);
	}
	return *scope;
}

static const char *namespace_scope(struct judgement *judgement,
				   const struct scanned_cluster *cluster,
				   const char *namespace)
{
	size_t number = (size_t)(cluster - judgement->drift->snapshot->clusters);

	return memo_scope(judgement, &judgement->namespaces[number], namespace,
			  cluster->identity.key, scope_of_namespace);
}

static const char *path_scope(struct judgement *judgement, const char *path)
{
	return memo_scope(judgement, &judgement->paths, path,
			  judgement->drift->snapshot->tree, scope_of_path);
}

/* The namespace, and every part of the work tree that was covered. */
static const char *make_claimed(struct judgement *judgement, const char *scope)
{
	const struct snapshot *snapshot = judgement->drift->snapshot;
	CLEANUP(scope_set_release) struct scope_set set = { TABLE_INIT };

	scope_set_add(&set, scope);
	for (size_t i = 0; i < snapshot->coverage_count; i++) {
		if (strncmp(snapshot->coverage[i].scope, "tree/", strlen("tree/")) == 0)
			scope_set_add(&set, snapshot->coverage[i].scope);
	}
	return scope_set_text(&set, judgement->arena);
}

/* What no manifest declares rests on all manifests; made once for a namespace's scope. */
static const char *claimed_scopes(struct judgement *judgement, const char *scope)
{
	const char **kept;
	void **scopes = table_slot(&judgement->claimed, scope, strlen(scope), &kept);

	if (!*scopes) {
		*kept = scope;
		*scopes = (void *)(uintptr_t)make_claimed(judgement, scope);
	}
	return *scopes;
}

/* A declaration's file, and its namespace in every cluster that it is meant for. */
static const char *declared_scopes(struct judgement *judgement,
				   const struct declared_use *declared,
				   const char *namespace)
{
	const struct snapshot *snapshot = judgement->drift->snapshot;
	CLEANUP(scope_set_release) struct scope_set set = { TABLE_INIT };

	scope_set_add(&set, path_scope(judgement, declared_home(declared)));
	for (size_t i = 0; i < snapshot->cluster_count; i++) {
		if (environment_includes(&snapshot->clusters[i], declared))
			scope_set_add(&set,
				      namespace_scope(judgement, &snapshot->clusters[i],
						      namespace));
	}
	return scope_set_text(&set, judgement->arena);
}

static const char *use_scopes(struct judgement *judgement, const struct use *use)
{
	const char *namespace;

	if (!use->cluster)
		return declared_scopes(judgement, use->declared, use->namespace);
	namespace = namespace_scope(judgement, use->cluster, use->namespace);
	if (use->declared)
		return arena_printf(judgement->arena, "%s\n%s\n", namespace,
				    path_scope(judgement, declared_home(use->declared)));
	if (use->claimed)
		return claimed_scopes(judgement, namespace);
	return arena_printf(judgement->arena, "%s\n", namespace);
}

static const char *tag_scopes(struct judgement *judgement, const struct tag_subject *tag)
{
	CLEANUP(scope_set_release) struct scope_set set = { TABLE_INIT };

	for (size_t i = 0; i < tag->mention_count; i++) {
		const struct tag_mention *mention = &tag->mentions[i];

		scope_set_add(
			&set,
			mention->declared
				? path_scope(judgement, declared_home(mention->declared))
				: namespace_scope(judgement, mention->use->cluster,
						  mention->use->namespace));
	}
	return scope_set_text(&set, judgement->arena);
}

static const char *pin_scopes(struct judgement *judgement, const struct pin_subject *pin)
{
	CLEANUP(scope_set_release) struct scope_set set = { TABLE_INIT };

	for (size_t i = 0; i < pin->mention_count; i++)
		scope_set_add(&set,
			      path_scope(judgement, declared_home(pin->mentions[i])));
	return scope_set_text(&set, judgement->arena);
}

static void show_subject(const struct drift *drift, struct finding *finding,
			 const struct subject *subject)
{
	switch (subject->kind) {
	case SUBJECT_USE:
		show_use(finding, subject->use);
		break;
	case SUBJECT_DECLARATION:
		finding_show_declared(finding, subject->declared);
		break;
	case SUBJECT_TAG:
		show_tag(drift, finding, subject->tag);
		break;
	case SUBJECT_PIN:
		finding_show_declared(finding, subject->pin->mentions[0]);
		break;
	case SUBJECT_WAIVER:
		finding->reference = subject->waiver->id;
		finding->file = subject->waiver->file;
		finding->path = subject->waiver->only_line ? subject->waiver->path
							   : subject->waiver->file;
		finding->line = subject->waiver->line;
		finding->column = subject->waiver->column;
		break;
	case SUBJECT_KIND_COUNT:
		break;
	}
}

/* Nothing is said yet but what it is about. */
static struct finding finding_begin(const struct drift *drift,
				    const struct subject *subject)
{
	struct finding finding = finding_blank();

	finding.subject = subject->kind;
	finding.first_seen_at = finding.last_seen_at = drift->snapshot->observed_at;
	show_subject(drift, &finding, subject);
	return finding;
}

static enum answer ask(struct drift *drift, const struct rule *rule,
		       const struct subject *subject, struct finding *finding)
{
	enum answer answer = ANSWER_NONE;

	switch (subject->kind) {
	case SUBJECT_USE:
		answer = rule->use(drift, subject->use, finding);
		if (answer == ANSWER_NO && drift->snapshot->selector[0] != '\0')
			answer = ANSWER_NONE; /* pods left out may say otherwise */
		break;
	case SUBJECT_DECLARATION:
		answer = rule->declaration(drift, subject->declared, finding);
		break;
	case SUBJECT_TAG:
		answer = rule->tag(drift, subject->tag, finding);
		break;
	case SUBJECT_PIN:
		answer = rule->pin(drift, subject->pin, finding);
		break;
	case SUBJECT_WAIVER:
		answer = rule->waiver(drift, subject->waiver, finding);
		break;
	case SUBJECT_KIND_COUNT:
		break;
	}
	return answer;
}

/* Ask all rules of its kind. */
static void judge(struct judgement *judgement, const struct subject *subject)
{
	const struct drift *drift = judgement->drift;
	const struct finding begun = finding_begin(drift, subject);

	for (const struct rule *rule = rules; rule->id; rule++) {
		struct finding finding;
		enum answer answer;

		if (rule->subject != subject->kind)
			continue;
		finding = begun;
		finding.rule = rule->id;
		finding.level =
			policy_level_of(&drift->snapshot->policy, rule->id, rule->level);
		answer = ask(judgement->drift, rule, subject, &finding);
		keep_answer(judgement, rule, subject, answer, &finding);
	}
}

static void add_object(struct buf *key, const struct object_id *object)
{
	buf_add_part(key, object->api_group);
	buf_add_part(key, object->kind);
	buf_add_part(key, object->name);
}

static void judge_use(struct judgement *judgement, const struct use *use)
{
	CLEANUP(subject_release)
	struct subject subject = { .kind = SUBJECT_USE, .key = BUF_KEY_INIT, .use = use };

	subject.scopes = use_scopes(judgement, use);
	buf_add_part(&subject.key, use->cluster ? use->cluster->identity.key : "");
	buf_add_part(&subject.key, use->namespace);
	add_object(&subject.key, &use->object);
	buf_add_part(&subject.key, container_class_name(use->class));
	/* Several fields of a custom resource may be of one container, or of none. */
	if (use->custom && use->container[0] == '\0')
		buf_add_part(&subject.key, use->declared->field);
	else
		buf_add_part(&subject.key, use->container);
	if (use->custom)
		add_ordinal(judgement, &subject);
	judge(judgement, &subject);
}

static void judge_declaration(struct judgement *judgement,
			      const struct declared_use *declared)
{
	const struct container_image *image = &declared->image;
	const struct overlay *overlay = declared->overlay;
	CLEANUP(subject_release)
	struct subject subject = { .kind = SUBJECT_DECLARATION,
				   .key = BUF_KEY_INIT,
				   .declared = declared };

	subject.scopes = arena_printf(judgement->arena, "%s\n",
				      path_scope(judgement, declared_home(declared)));
	if (judgement->drift->snapshot->cluster_count > 1)
		subject.cluster_scopes =
			declared_scopes(judgement, declared, declared->namespace);
	buf_add_part(&subject.key, declared->path);
	if (overlay) {
		buf_add_part(&subject.key, overlay->path);
		buf_add_part(&subject.key, declared->namespace);
	}
	add_object(&subject.key, &declared->object);
	buf_add_part(&subject.key, container_class_name(image->class));
	buf_add_part(&subject.key,
		     image->container[0] != '\0' ? image->container : declared->field);
	add_ordinal(judgement, &subject);
	judge(judgement, &subject);
}

static void judge_tag(struct judgement *judgement, const struct tag_subject *tag)
{
	CLEANUP(subject_release)
	struct subject subject = { .kind = SUBJECT_TAG, .key = BUF_KEY_INIT, .tag = tag };

	subject.scopes = tag_scopes(judgement, tag);
	buf_add_part(&subject.key, tag->registry);
	buf_add_part(&subject.key, tag->repository);
	buf_add_part(&subject.key, tag->tag);
	judge(judgement, &subject);
}

static void judge_pin(struct judgement *judgement, const struct pin_subject *pin)
{
	CLEANUP(subject_release)
	struct subject subject = { .kind = SUBJECT_PIN, .key = BUF_KEY_INIT, .pin = pin };

	subject.scopes = pin_scopes(judgement, pin);
	buf_add_part(&subject.key, pin->ref.registry);
	buf_add_part(&subject.key, pin->ref.repository);
	add_ordinal(judgement, &subject);
	judge(judgement, &subject);
}

/* A waiver of the policy file rests on all manifests that were looked at, else on the
 * cluster. */
static const char *policy_scopes(struct judgement *judgement)
{
	const struct snapshot *snapshot = judgement->drift->snapshot;
	CLEANUP(scope_set_release) struct scope_set set = { TABLE_INIT };

	for (size_t i = 0; i < snapshot->coverage_count; i++) {
		if (strncmp(snapshot->coverage[i].scope, "tree/", strlen("tree/")) == 0)
			scope_set_add(&set, snapshot->coverage[i].scope);
	}
	for (size_t i = 0; i < snapshot->coverage_count && set.scopes.count == 0; i++)
		scope_set_add(&set, snapshot->coverage[i].scope);
	return scope_set_text(&set, judgement->arena);
}

static void judge_waiver(struct judgement *judgement, const struct waiver *waiver)
{
	CLEANUP(subject_release)
	struct subject subject = { .kind = SUBJECT_WAIVER,
				   .key = BUF_KEY_INIT,
				   .waiver = waiver };

	subject.scopes = waiver->only_line
				 ? arena_printf(judgement->arena, "%s\n",
						path_scope(judgement, waiver->path))
				 : policy_scopes(judgement);
	buf_add_part(&subject.key, waiver->only_line ? waiver->path : waiver->file);
	buf_add_part(&subject.key, waiver->id);
	add_ordinal(judgement, &subject);
	judge(judgement, &subject);
}

static void watch(struct judgement *judgement, const char *rule)
{
	const char **kept;
	void **slot = table_slot(&judgement->watched, rule, strlen(rule), &kept);

	*kept = rule;
	*slot = judgement;
}

void judgement_make(struct judgement *judgement, struct drift *drift,
		    const struct earlier_finding *earlier, size_t earlier_count)
{
	*judgement = (struct judgement){
		.drift = drift,
		.arena = drift->texts,
		.findings = ARENA_INIT,
		.namespaces = xcalloc(drift->snapshot->cluster_count,
				      sizeof(*judgement->namespaces)),
	};
	for (size_t i = 0; i < earlier_count; i++)
		watch(judgement, earlier[i].finding.rule);
	for (size_t i = 0; i < drift->snapshot->declared_count; i++)
		judge_declaration(judgement, &drift->snapshot->declared[i]);
	for (size_t i = 0; i < drift->join.use_count; i++)
		judge_use(judgement, &drift->join.uses[i]);
	for (size_t i = 0; i < drift->subjects.tag_count; i++)
		judge_tag(judgement, &drift->subjects.tags[i]);
	for (size_t i = 0; i < drift->subjects.pin_count; i++)
		judge_pin(judgement, &drift->subjects.pins[i]);
	waivers_cover_gaps(drift);
	for (size_t i = 0; i < drift->snapshot->waiver_count; i++)
		judge_waiver(judgement, &drift->snapshot->waivers[i]);
}

void judgement_release(struct judgement *judgement)
{
	free(judgement->judged.items);
	arena_release(&judgement->findings);
	table_release(&judgement->watched);
	table_release(&judgement->ordinals);
	table_release(&judgement->paths);
	for (size_t i = 0; i < judgement->drift->snapshot->cluster_count; i++)
		table_release(&judgement->namespaces[i]);
	free(judgement->namespaces);
	table_release(&judgement->claimed);
}
