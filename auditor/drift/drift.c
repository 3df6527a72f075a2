#include "drift/drift.h"

#include "drift/evaluate.h"
#include "drift/settle.h"
#include "model/scope.h"

#define KEY_BYTES 16384
#define FINGERPRINT_BYTES 32 /* hex digits of the sha256 that are kept */

void drift_init(struct drift *drift, struct snapshot *snapshot, int64_t now, bool offline)
{
	*drift = (struct drift){
		.snapshot = snapshot,
		.now = now,
		.offline = offline,
		.arena = ARENA_INIT,
	};
	join_make(&drift->join, snapshot, now);
	subjects_make(&drift->subjects, &drift->arena, snapshot, &drift->join);
	drift->inquiry = (struct inquiry){
		.snapshot = snapshot,
		.arena = &drift->arena,
		.reason = "",
	};
}

void drift_release(struct drift *drift)
{
	subjects_release(&drift->subjects);
	join_release(&drift->join);
	arena_release(&drift->arena);
}

bool drift_wanted(struct drift *drift, struct wants *wants)
{
	*wants = (struct wants){ .arena = &drift->arena };
	drift->inquiry.wants = wants;
	evaluate_all(drift);
	drift->inquiry.wants = NULL;
	return wants->count > 0;
}

/* The answers of one judgement, as they come. */
struct judgement {
	struct drift *drift;
	struct outcome *outcome;
	struct judged *judged;
	size_t count;
	struct table ordinals; /* subject keys seen so far, to how often */
};

/* A subject as text: its parts, each ended by a NUL. */
static void key_add(struct buf *key, const char *part)
{
	buf_add(key, part, strlen(part) + 1);
}

/* Rule, subject, and an ordinal for duplicates: no digests, no line numbers. */
static const char *fingerprint(struct judgement *judgement, struct buf *key)
{
	struct arena *arena = &judgement->outcome->arena;
	struct digest unknown = { "" }, digest;
	const char **key_kept;
	void **slot =
		table_slot(&judgement->ordinals, buf_text(key), key->length, &key_kept);
	uintptr_t ordinal = (uintptr_t)*slot;

	if (!*slot)
		*key_kept = arena_strndup(arena, buf_text(key), key->length);
	*slot = (void *)(ordinal + 1);
	buf_printf(key, "%zu", (size_t)ordinal);
	digest = digest_compute(buf_text(key), key->length, &unknown);
	return arena_strndup(arena, digest.text + strlen("sha256:"), FINGERPRINT_BYTES);
}

static void judgement_add(struct judgement *judgement, const struct rule *rule,
			  enum answer answer, struct buf *subject,
			  struct finding *finding, const char *scopes)
{
	CLEANUP(buf_release) struct buf key = BUF_INIT(KEY_BYTES);

	key_add(&key, rule->id);
	buf_add(&key, buf_text(subject), subject->length);
	finding->fingerprint = fingerprint(judgement, &key);
	if (answer == ANSWER_NONE)
		return;
	judgement->judged = array_grow(judgement->judged, judgement->count,
				       sizeof(*judgement->judged));
	judgement->judged[judgement->count++] =
		(struct judged){ rule, answer, *finding, scopes };
}

static struct finding finding_of(const struct drift *drift, const struct rule *rule)
{
	return (struct finding){
		.rule = rule->id,
		.level = rule->level,
		.subject = rule->subject,
		.message = "",
		.cluster = "",
		.namespace = "",
		.object = { "", "", "" },
		.container = "",
		.class = "",
		.reference = "",
		.platform = "",
		.file = "",
		.path = "",
		.first_seen_at = drift->snapshot->observed_at,
		.last_seen_at = drift->snapshot->observed_at,
	};
}

static void show_declared(struct finding *finding, const struct declared_use *declared)
{
	finding->namespace = declared->namespace;
	finding->object = declared->object;
	finding->container = declared->image.container;
	finding->class = container_class_name(declared->image.class);
	finding->reference = declared->image.text;
	finding->file = declared->file;
	finding->path = declared->path;
	finding->line = declared->line;
	finding->column = declared->column;
	if (declared->image.state == REFERENCE_OK)
		finding->declared = declared->image.ref.digest;
}

static void show_use(const struct drift *drift, struct finding *finding,
		     const struct use *use)
{
	if (use->declared)
		show_declared(finding, use->declared);
	else if (use->row_count > 0)
		finding->reference = use->rows[0].running->image.text;
	finding->cluster = drift->snapshot->cluster.name;
	finding->namespace = use->namespace;
	finding->object = use->object;
	finding->container = use->container;
	finding->class = container_class_name(use->class);
}

static const char *namespace_scope(struct judgement *judgement, const char *namespace)
{
	return scope_of_namespace(&judgement->outcome->arena,
				  judgement->drift->snapshot->cluster.key, namespace);
}

static const char *path_scope(struct judgement *judgement, const char *path)
{
	return scope_of_path(&judgement->outcome->arena, judgement->drift->snapshot->tree,
			     path);
}

/* Every part of the work tree that was covered: what no manifest declares rests on all.
 */
static void add_tree_scopes(struct buf *scopes, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->coverage_count; i++) {
		if (strncmp(snapshot->coverage[i].scope, "tree/", strlen("tree/")) == 0)
			buf_printf(scopes, "%s\n", snapshot->coverage[i].scope);
	}
}

static const char *use_scopes(struct judgement *judgement, const struct use *use)
{
	CLEANUP(buf_release) struct buf scopes = BUF_INIT((size_t)1024 * 1024);

	buf_printf(&scopes, "%s\n", namespace_scope(judgement, use->namespace));
	if (use->declared)
		buf_printf(&scopes, "%s\n", path_scope(judgement, use->declared->path));
	else if (use->claimed)
		add_tree_scopes(&scopes, judgement->drift->snapshot);
	return arena_strdup(&judgement->outcome->arena, buf_text(&scopes));
}

static void judge_use(struct judgement *judgement, const struct use *use)
{
	CLEANUP(buf_release) struct buf subject = BUF_INIT(KEY_BYTES);
	const char *scopes = use_scopes(judgement, use);

	key_add(&subject, judgement->drift->snapshot->cluster.key);
	key_add(&subject, use->namespace);
	key_add(&subject, use->object.api_group);
	key_add(&subject, use->object.kind);
	key_add(&subject, use->object.name);
	key_add(&subject, container_class_name(use->class));
	key_add(&subject, use->container);
	for (const struct rule *rule = rules; rule->id; rule++) {
		struct finding finding;
		enum answer answer;

		if (!rule->use)
			continue;
		finding = finding_of(judgement->drift, rule);
		show_use(judgement->drift, &finding, use);
		answer = rule->use(judgement->drift, use, &finding);
		if (answer == ANSWER_NO && judgement->drift->snapshot->selector[0])
			answer = ANSWER_NONE; /* the pods left out may say otherwise */
		judgement_add(judgement, rule, answer, &subject, &finding, scopes);
	}
}

static void judge_declaration(struct judgement *judgement,
			      const struct declared_use *declared)
{
	CLEANUP(buf_release) struct buf subject = BUF_INIT(KEY_BYTES);
	const char *scopes = arena_printf(&judgement->outcome->arena, "%s\n",
					  path_scope(judgement, declared->path));
	bool named = declared->image.container[0] != '\0';

	key_add(&subject, declared->path);
	key_add(&subject, declared->object.api_group);
	key_add(&subject, declared->object.kind);
	key_add(&subject, declared->object.name);
	key_add(&subject, container_class_name(declared->image.class));
	key_add(&subject, named ? declared->image.container : declared->field);
	for (const struct rule *rule = rules; rule->id; rule++) {
		struct finding finding;
		enum answer answer;

		if (!rule->declaration)
			continue;
		finding = finding_of(judgement->drift, rule);
		show_declared(&finding, declared);
		answer = rule->declaration(judgement->drift, declared, &finding);
		judgement_add(judgement, rule, answer, &subject, &finding, scopes);
	}
}

/* Scopes as a sorted set: a tag may be mentioned many times from one place. */
static const char *mention_scopes(struct judgement *judgement,
				  const struct tag_subject *tag)
{
	CLEANUP(buf_release) struct buf scopes = BUF_INIT((size_t)16 * 1024 * 1024);

	for (size_t i = 0; i < tag->mention_count; i++) {
		const struct tag_mention *mention = &tag->mentions[i];

		buf_printf(&scopes, "%s\n",
			   mention->declared
				   ? path_scope(judgement, mention->declared->path)
				   : namespace_scope(judgement, mention->use->namespace));
	}
	return scopes_merge(&judgement->outcome->arena, buf_text(&scopes), "");
}

static void show_tag(const struct drift *drift, struct finding *finding,
		     const struct tag_subject *tag)
{
	const struct tag_mention *first = &tag->mentions[0];

	if (first->declared)
		show_declared(finding, first->declared);
	else
		show_use(drift, finding, first->use);
	finding->reference = arena_printf(drift->texts, "%s/%s:%s", tag->registry,
					  tag->repository, tag->tag);
	finding->declared = finding->running = (struct digest){ "" };
}

static void judge_tag(struct judgement *judgement, const struct tag_subject *tag)
{
	CLEANUP(buf_release) struct buf subject = BUF_INIT(KEY_BYTES);
	const char *scopes = mention_scopes(judgement, tag);

	key_add(&subject, tag->registry);
	key_add(&subject, tag->repository);
	key_add(&subject, tag->tag);
	for (const struct rule *rule = rules; rule->id; rule++) {
		struct finding finding;
		enum answer answer;

		if (!rule->tag)
			continue;
		finding = finding_of(judgement->drift, rule);
		show_tag(judgement->drift, &finding, tag);
		answer = rule->tag(judgement->drift, tag, &finding);
		judgement_add(judgement, rule, answer, &subject, &finding, scopes);
	}
}

static void judge_pin(struct judgement *judgement, const struct pin_subject *pin)
{
	CLEANUP(buf_release) struct buf subject = BUF_INIT(KEY_BYTES);
	CLEANUP(buf_release) struct buf lines = BUF_INIT((size_t)16 * 1024 * 1024);
	const char *scopes;

	for (size_t i = 0; i < pin->mention_count; i++)
		buf_printf(&lines, "%s\n", path_scope(judgement, pin->mentions[i]->path));
	scopes = scopes_merge(&judgement->outcome->arena, buf_text(&lines), "");
	key_add(&subject, pin->ref.registry);
	key_add(&subject, pin->ref.repository);
	key_add(&subject, pin->ref.digest.text);
	for (const struct rule *rule = rules; rule->id; rule++) {
		struct finding finding;
		enum answer answer;

		if (!rule->pin)
			continue;
		finding = finding_of(judgement->drift, rule);
		show_declared(&finding, pin->mentions[0]);
		answer = rule->pin(judgement->drift, pin, &finding);
		judgement_add(judgement, rule, answer, &subject, &finding, scopes);
	}
}

/* What a row's verdict is called in reports. */
static const char *verdict_word(const struct use *use, const struct use_row *row)
{
	if (row->running->state != RUNNING_STARTED)
		return "pending";
	if (!use->declared)
		return "undeclared";
	if (use->rival)
		return "unknown";
	if (!evaluate_pinned(use))
		return "unpinned";
	if (row->rolling_out)
		return "rolling-out";
	return verdict_answer_name(row->verdict.answer);
}

static const char *state_word(const struct use_row *row)
{
	static const char *const words[] = {
		[RUNNING_PENDING] = "pending",
		[RUNNING_STARTED] = "started",
		[RUNNING_FAILING] = "failing",
	};

	return row->rolling_out ? "rolling-out" : words[row->running->state];
}

static const char *proof_text(struct arena *arena, const struct verdict *verdict)
{
	CLEANUP(buf_release)
	struct buf text = BUF_INIT((size_t)PROOF_MOST * DIGEST_SIZE);

	for (size_t i = 0; i < verdict->proof_count; i++)
		buf_printf(&text, "%s%s", i ? " " : "", verdict->proof[i]->text);
	return arena_strdup(arena, buf_text(&text));
}

static void add_report_use(struct outcome *outcome, const struct use *use,
			   const struct use_row *row)
{
	const struct running_use *running = row->running;
	char platform[PLATFORM_TEXT_SIZE];

	outcome->uses = arena_grow(&outcome->arena, outcome->uses, outcome->use_count,
				   sizeof(*outcome->uses));
	outcome->uses[outcome->use_count++] = (struct report_use){
		.namespace = use->namespace,
		.object = use->object,
		.container = use->container,
		.class = container_class_name(use->class),
		.declared = use->declared ? use->declared->image.text : "",
		.reference = running->image.text,
		.image_id = running->image_id_text,
		.platform = arena_strdup(&outcome->arena,
					 platform_format(platform, &running->platform)),
		.state = state_word(row),
		.verdict = verdict_word(use, row),
		.how = verdict_how_name(row->verdict.how),
		.reason = running->state == RUNNING_FAILING
				  ? running->reason
				  : arena_strdup(&outcome->arena, row->verdict.reason),
		.proof = proof_text(&outcome->arena, &row->verdict),
		.pod_count = running->pod_count,
	};
}

static void judge_all(struct judgement *judgement)
{
	const struct drift *drift = judgement->drift;

	for (size_t i = 0; i < drift->snapshot->declared_count; i++)
		judge_declaration(judgement, &drift->snapshot->declared[i]);
	for (size_t i = 0; i < drift->join.use_count; i++)
		judge_use(judgement, &drift->join.uses[i]);
	for (size_t i = 0; i < drift->subjects.tag_count && !drift->offline; i++)
		judge_tag(judgement, &drift->subjects.tags[i]);
	for (size_t i = 0; i < drift->subjects.pin_count; i++)
		judge_pin(judgement, &drift->subjects.pins[i]);
}

void drift_judge(struct drift *drift, const struct earlier_finding *earlier,
		 size_t earlier_count, struct outcome *outcome)
{
	struct judgement judgement = { .drift = drift, .outcome = outcome };

	drift->texts = &outcome->arena;
	drift->inquiry.wants = NULL;
	if (!drift->offline) {
		evaluate_all(drift);
		evaluate_gaps(drift);
	}
	judge_all(&judgement);
	for (size_t i = 0; i < drift->join.use_count; i++) {
		const struct use *use = &drift->join.uses[i];

		for (size_t j = 0; j < use->row_count; j++)
			add_report_use(outcome, use, &use->rows[j]);
	}
	settle(drift->snapshot, judgement.judged, judgement.count, earlier, earlier_count,
	       outcome);
	free(judgement.judged);
	table_release(&judgement.ordinals);
}
