/*
 * Everything, for programs: "pindrift/v1", described by docs/report.schema.json.  Within
 * v1 fields are only ever added.  The document is written entry by entry, so that memory
 * does not grow with the findings; it is ASCII, and so valid UTF-8 and safe to look at.
 */
#include "reports/escape.h"
#include "reports/member.h"
#include "reports/renderers.h"
#include "reports/summary.h"
#include "reports/words.h"

/* Lines and columns, which begin at 1. */
static void set_position(json_t *object, const char *key, uint32_t position)
{
	member_set(object, key, position ? json_integer(position) : json_null());
}

static void put_member(FILE *out, const char *key, json_t *value)
{
	fprintf(out, ",\n  \"%s\": ", key);
	value_put(out, value);
}

static json_t *tool_json(const struct report *report)
{
	json_t *tool = json_object();

	member_set_text(tool, "name", "pindrift");
	member_set_text(tool, "version", report->scan.version);
	return tool;
}

static json_t *scan_json(const struct report_scan *scan)
{
	json_t *object = json_object();

	member_set(object, "id", scan->id ? json_integer(scan->id) : json_null());
	member_set_text(object, "command", scan->command);
	member_set_time(object, "started_at", scan->started_at);
	member_set_time(object, "finished_at", scan->finished_at);
	member_set_text(object, "commit", scan->commit);
	member_set(object, "dirty", json_boolean(scan->dirty));
	member_set_text(object, "fail_on", scan->fail_on);
	member_set(object, "exit_status", json_integer(scan->exit_status));
	return object;
}

static json_t *cluster_json(const struct report *report, size_t i)
{
	const struct cluster_identity *cluster = &report->clusters[i];
	json_t *object = json_object();

	member_set_text(object, "key", cluster->key);
	member_set_text(object, "name", cluster->name);
	member_set_text(object, "server", cluster->server);
	member_set_text(object, "alias", cluster->alias);
	member_set(object, "insecure", json_boolean(cluster->insecure));
	return object;
}

static json_t *summary_json(const struct report *report)
{
	struct summary summary = summary_of(report);
	CLEANUP(buf_release) struct buf text = WORDS_INIT;
	json_t *object = json_object();

	summary_line(&text, report, &summary);
	member_set_text(object, "verdict", headline_name(summary.headline));
	member_set_text(object, "text", buf_text(&text));
	member_set_count(object, "errors", summary.errors);
	member_set_count(object, "warnings", summary.warnings);
	member_set_count(object, "notes", summary.notes);
	member_set_count(object, "unknown", summary.unknown);
	member_set_count(object, "fixed", summary.fixed);
	member_set_count(object, "gaps", summary.gaps);
	member_set_count(object, "waived_gaps", summary.waived);
	member_set_count(object, "waived", summary.waived_findings);
	member_set_count(object, "known", summary.known);
	member_set_count(object, "ignored_waivers", report->ignored_waiver_count);
	member_set_count(object, "images", report->declared_count);
	member_set_count(object, "pinned", summary.pinned);
	member_set_count(object, "files", report->file_count);
	member_set_count(object, "ignored_files", report->ignored_count);
	member_set_count(object, "pods", report->pod_count);
	member_set_count(object, "ended_pods", report->ended_pod_count);
	return object;
}

static json_t *coverage_json(const struct report *report, size_t i)
{
	const struct coverage *coverage = &report->coverage[i];
	json_t *object = json_object();

	member_set_text(object, "scope", coverage->scope);
	member_set(object, "observed", json_boolean(coverage->observed));
	member_set_text(object, "note", coverage->note);
	return object;
}

static json_t *request_json(const struct report *report, size_t i)
{
	const struct request_count *count = &report->requests[i];
	json_t *object = json_object();

	member_set_text(object, "host", count->host);
	member_set_count(object, "made", count->made);
	member_set_count(object, "failed", count->failed);
	member_set_count(object, "spared", count->spared);
	member_set_count(object, "refused", count->refused);
	member_set_count(object, "bytes", count->bytes);
	return object;
}

static json_t *declared_json(const struct report *report, size_t i)
{
	const struct declared_use *use = &report->declared[i];
	const struct container_image *image = &use->image;
	json_t *object = json_object();

	member_set_text(object, "file", use->file);
	member_set_text(object, "path", use->path);
	set_position(object, "line", use->line);
	set_position(object, "column", use->column);
	member_set_text(object, "overlay", use->overlay ? use->overlay->path : "");
	member_set_text(object, "reference", image->text);
	member_set_text(object, "kind", use->object.kind);
	member_set_text(object, "namespace", use->namespace);
	member_set_text(object, "name", use->object.name);
	member_set_text(object, "container", image->container);
	member_set_text(object, "class", container_class_name(image->class));
	member_set(object, "pinned",
		   json_boolean(image->state == REFERENCE_OK &&
				digest_known(&image->ref.digest)));
	return object;
}

/* Where a container stands: the fields that uses and findings share. */
static void set_subject(json_t *object, const char *namespace, const struct object_id *id,
			const char *container, const char *class)
{
	member_set_text(object, "namespace", namespace);
	member_set_text(object, "api_group", id->api_group);
	member_set_text(object, "kind", id->kind);
	member_set_text(object, "name", id->name);
	member_set_text(object, "container", container);
	member_set_text(object, "class", class);
}

/* The digests of a proof, which are kept space-separated. */
static json_t *proof_json(const char *proof)
{
	json_t *list = json_array();

	while (*proof) {
		CLEANUP(buf_release) struct buf digest = WORDS_INIT;
		size_t length = strcspn(proof, " ");

		buf_add(&digest, proof, length);
		json_array_append_new(list, escape_json(buf_text(&digest)));
		proof += length;
		proof += strspn(proof, " ");
	}
	return list;
}

static json_t *running_json(const struct report *report, size_t i)
{
	const struct report_use *use = &report->running[i];
	json_t *object = json_object();

	if (use->tell_cluster)
		member_set_text(object, "cluster", use->cluster);
	set_subject(object, use->namespace, &use->object, use->container, use->class);
	member_set_text(object, "declared", use->declared);
	member_set_text(object, "reference", use->reference);
	member_set_text(object, "image_id", use->image_id);
	member_set_text(object, "platform", use->platform);
	member_set_count(object, "pods", use->pod_count);
	member_set_text(object, "state", use->state);
	member_set_text(object, "verdict", use->verdict);
	member_set_text(object, "how", use->how);
	member_set_text(object, "reason", use->reason);
	member_set(object, "proof", proof_json(use->proof));
	member_set_time(object, "first_seen", use->first_seen_at);
	return object;
}

static json_t *resolved_json(const struct report *report, size_t i)
{
	const struct report_tag *tag = &report->tags[i];
	json_t *object = json_object();

	member_set_text(object, "registry", tag->registry);
	member_set_text(object, "repository", tag->repository);
	member_set_text(object, "tag", tag->tag);
	member_set_text(object, "state", tag->state);
	member_set_text(object, "digest", tag->digest.text);
	member_set_time(object, "first_seen", tag->first_seen_at);
	return object;
}

/* Until when, and why; "" where no waiver covers it. */
static void set_waived(json_t *object, const struct waiver *waiver)
{
	member_set_text(object, "waived_until", waiver ? waiver->until_text : "");
	member_set_text(object, "waived_reason", waiver ? waiver->reason : "");
}

static json_t *waiver_json(const struct report *report, size_t i)
{
	const struct waiver *waiver = &report->waivers[i];
	json_t *object = json_object();

	member_set_text(object, "id", waiver->id);
	member_set(object, "gap", json_boolean(waiver->of_gap));
	member_set_text(object, "path", waiver->path);
	member_set_text(object, "cluster", waiver->cluster);
	member_set_text(object, "namespace", waiver->namespace);
	member_set_text(object, "object", waiver->object);
	member_set_text(object, "container", waiver->container);
	member_set_text(object, "image", waiver->image);
	member_set_text(object, "until", waiver->until_text);
	member_set_text(object, "reason", waiver->reason);
	member_set_text(object, "file", waiver->file);
	set_position(object, "line", waiver->line);
	set_position(object, "column", waiver->column);
	member_set(object, "inline", json_boolean(waiver->only_line != 0));
	member_set(object, "in_tree", json_boolean(waiver->in_tree));
	member_set_count(object, "used", waiver->used);
	member_set_text(object, "problem", waiver->problem ? waiver->problem : "");
	return object;
}

static json_t *finding_json(const struct report *report, size_t i)
{
	const struct finding *finding = &report->findings[i];
	json_t *object = json_object();

	member_set_text(object, "rule", finding->rule);
	member_set_text(object, "level", level_name(finding->level));
	member_set_text(object, "state", finding_state_name(finding->state));
	member_set_text(object, "subject", subject_kind_name(finding->subject));
	member_set_text(object, "fingerprint", finding->fingerprint);
	member_set_text(object, "message", finding->message);
	member_set_text(object, "cluster", finding->cluster);
	set_subject(object, finding->namespace, &finding->object, finding->container,
		    finding->class);
	member_set_text(object, "reference", finding->reference);
	member_set_text(object, "declared_digest", finding->declared);
	member_set_text(object, "running_digest", finding->running);
	member_set_text(object, "resolved_digest", finding->resolved);
	member_set_text(object, "platform", finding->platform);
	member_set_count(object, "pods", finding->pod_count);
	member_set_text(object, "file", finding->file);
	member_set_text(object, "path", finding->path);
	set_position(object, "line", finding->line);
	set_position(object, "column", finding->column);
	member_set_time(object, "first_seen", finding->first_seen_at);
	member_set_time(object, "last_seen", finding->last_seen_at);
	set_waived(object, finding->waiver);
	return object;
}

static json_t *gap_json(const struct report *report, size_t i)
{
	const struct gap *gap = &report->gaps[i];
	json_t *object = json_object();

	member_set_text(object, "id", gap_name(gap->kind));
	member_set_text(object, "subject", gap->subject);
	member_set_text(object, "reason", gap->reason);
	member_set_text(object, "scope", gap->scope);
	member_set(object, "waived", json_boolean(gap->waived));
	set_waived(object, gap->waiver);
	return object;
}

/* A list: an entry a line, made and forgotten one after another. */
static void put_list(FILE *out, const char *key, const struct report *report,
		     size_t count,
		     json_t *(*entry)(const struct report *report, size_t i))
{
	fprintf(out, ",\n  \"%s\": [", key);
	for (size_t i = 0; i < count; i++) {
		fputs(i ? ",\n    " : "\n    ", out);
		value_put(out, entry(report, i));
	}
	fputs(count ? "\n  ]" : "]", out);
}

void report_json(FILE *out, const struct report *report, const struct report_style *style)
{
	(void)style;
	fputs("{\n  \"schema\": \"pindrift/v1\"", out);
	put_member(out, "tool", tool_json(report));
	put_member(out, "scan", scan_json(&report->scan));
	put_member(out, "cluster",
		   report->cluster_count ? cluster_json(report, 0) : json_null());
	if (report->cluster_count > 1)
		put_list(out, "clusters", report, report->cluster_count, cluster_json);
	put_list(out, "coverage", report, report->coverage_count, coverage_json);
	put_member(out, "summary", summary_json(report));
	put_list(out, "requests", report, report->request_count, request_json);
	put_list(out, "declared", report, report->declared_count, declared_json);
	put_list(out, "running", report, report->running_count, running_json);
	put_list(out, "resolved", report, report->tag_count, resolved_json);
	put_list(out, "findings", report, report->finding_count, finding_json);
	put_list(out, "gaps", report, report->gap_count, gap_json);
	put_list(out, "waivers", report, report->waiver_count, waiver_json);
	fputs("\n}\n", out);
}
