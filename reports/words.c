#include "reports/words.h"

#include "base/timestamp.h"

void words_count(struct buf *buf, size_t count, const char *noun)
{
	buf_printf(buf, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

void words_comma(struct buf *buf, size_t start)
{
	if (buf->length > start)
		buf_puts(buf, ", ");
}

void words_time(struct buf *buf, int64_t seconds)
{
	char text[TIMESTAMP_SIZE];

	if (timestamp_format(text, seconds)[0] != '\0')
		buf_printf(buf, "%.10s %.5s UTC", text, text + strlen("2026-11-23T"));
}

void words_duration(struct buf *buf, int64_t seconds)
{
	static const struct {
		const char *noun;
		int64_t seconds;
	} units[] = { { "day", 86400 }, { "hour", 3600 }, { "minute", 60 } };

	for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
		int64_t count = seconds / units[i].seconds;

		if (count >= 2) {
			words_count(buf, (size_t)count, units[i].noun);
			return;
		}
	}
	words_count(buf, seconds > 0 ? (size_t)seconds : 0, "second");
}

void words_bytes(struct buf *buf, uint64_t bytes)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB" };
	double scaled = (double)bytes / 1000;
	size_t unit = 0;

	if (bytes < 1000) {
		words_count(buf, (size_t)bytes, "byte");
		return;
	}
	while (scaled >= 1000 && unit + 1 < ARRAY_LENGTH(units)) {
		scaled /= 1000;
		unit++;
	}
	buf_printf(buf, "%.*f %s", scaled < 10 ? 1 : 0, scaled, units[unit]);
}

/* The words for container_class_name(). */
static const char *class_words(const char *class)
{
	static const struct {
		enum container_class class;
		const char *words;
	} classes[] = {
		{ CLASS_INIT, "init container" },
		{ CLASS_SIDECAR, "sidecar" },
		{ CLASS_EPHEMERAL, "ephemeral container" },
		{ CLASS_IMAGE_VOLUME, "image volume" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(classes); i++) {
		if (strcmp(class, container_class_name(classes[i].class)) == 0)
			return classes[i].words;
	}
	return "container";
}

void words_container(struct buf *buf, const char *class, const char *container)
{
	if (container[0] != '\0')
		buf_printf(buf, "%s %s", class_words(class), container);
}

void words_object(struct buf *buf, const char *namespace, const struct object_id *object)
{
	if (object->name[0] == '\0')
		return;
	buf_printf(buf, "%s%s%s/%s", namespace, namespace[0] ? " " : "", object->kind,
		   object->name);
}

static void add_cluster(struct buf *buf, bool tell, const char *name)
{
	if (tell && name[0] != '\0')
		buf_printf(buf, "%s: ", name);
}

void words_finding_object(struct buf *buf, const struct finding *finding)
{
	add_cluster(buf, finding->tell_cluster, finding->cluster);
	words_object(buf, finding->namespace, &finding->object);
}

void words_use_object(struct buf *buf, const struct report_use *use)
{
	add_cluster(buf, use->tell_cluster, use->cluster);
	words_object(buf, use->namespace, &use->object);
}

void words_reference(struct buf *buf, const char *reference)
{
	const char *at = strchr(reference, '@');
	const char *digest = at ? at + 1 : reference;
	struct error ignored = ERROR_INIT;
	char text[DIGEST_SHORT_SIZE];
	struct digest known;

	if (!digest_parse(&known, digest, &ignored)) {
		buf_puts(buf, reference);
		return;
	}
	buf_add(buf, reference, (size_t)(digest - reference));
	buf_puts(buf, digest_short(text, &known));
}

/* Tags and pins are named by their reference; the object then is the first that has it.
 */
static void add_reference_subject(struct buf *buf, const struct finding *finding)
{
	words_reference(buf, finding->reference);
	if (finding->object.name[0] != '\0')
		buf_puts(buf, ", in ");
}

void words_subject(struct buf *buf, const struct finding *finding)
{
	size_t start = buf->length;

	if (finding->subject == SUBJECT_TAG || finding->subject == SUBJECT_PIN)
		add_reference_subject(buf, finding);
	words_finding_object(buf, finding);
	if (finding->container[0] != '\0') {
		words_comma(buf, start);
		words_container(buf, finding->class, finding->container);
	}
	if (buf->length == start)
		buf_puts(buf, finding->reference[0] ? finding->reference : finding->file);
}

void words_message(struct buf *buf, const struct finding *finding)
{
	if (finding->state == FINDING_UNKNOWN)
		buf_puts(buf, "not known whether still so: ");
	buf_puts(buf, finding->message);
	if (finding->state == FINDING_WAIVED || finding->state == FINDING_KNOWN) {
		buf_puts(buf, "; ");
		words_waiver(buf, finding->waiver);
	}
}

void words_finding(struct buf *buf, const struct finding *finding)
{
	words_subject(buf, finding);
	buf_puts(buf, ": ");
	words_message(buf, finding);
}

void words_gap_reason(struct buf *buf, const struct gap *gap)
{
	buf_puts(buf, gap->reason);
	if (gap->waiver) {
		buf_puts(buf, "; ");
		words_waiver(buf, gap->waiver);
	}
}

void words_gap(struct buf *buf, const struct gap *gap)
{
	buf_printf(buf, "not checked%s: %s: ", gap->waived ? " (waived)" : "",
		   gap->subject);
	words_gap_reason(buf, gap);
}

void words_place(struct buf *buf, const struct finding *finding)
{
	const char *file = finding->file[0] ? finding->file : finding->path;

	if (file[0] == '\0')
		return;
	buf_puts(buf, file);
	if (finding->line && finding->column)
		buf_printf(buf, ":%u:%u", (unsigned)finding->line,
			   (unsigned)finding->column);
	else if (finding->line)
		buf_printf(buf, ":%u", (unsigned)finding->line);
}

void words_coverage(struct buf *buf, const struct coverage *coverage)
{
	buf_puts(buf, coverage->note[0] ? coverage->note : coverage->scope);
	buf_puts(buf, coverage->observed ? "" : " (not seen)");
}

static size_t count_verdict(const struct report *report, const char *word)
{
	size_t count = 0;

	for (size_t i = 0; i < report->running_count; i++) {
		const struct report_use *use = &report->running[i];
		bool failing = strcmp(use->state, "failing") == 0;

		if (strcmp(failing ? use->state : use->verdict, word) == 0)
			count += use->pod_count;
	}
	return count;
}

void words_running(struct buf *buf, const struct report *report)
{
	static const char *const verdicts[] = {
		"match",   "drift",   "unknown",     "unpinned", "undeclared",
		"pending", "failing", "rolling-out", "none",
	};
	size_t total = 0, start;

	for (size_t i = 0; i < report->running_count; i++)
		total += report->running[i].pod_count;
	if (total == 0)
		return;
	words_count(buf, total, "container");
	buf_puts(buf, ": ");
	start = buf->length;
	for (size_t i = 0; i < ARRAY_LENGTH(verdicts); i++) {
		size_t count = count_verdict(report, verdicts[i]);

		if (count == 0)
			continue;
		words_comma(buf, start);
		buf_printf(buf, "%zu %s", count, verdicts[i]);
	}
}

void words_requests(struct buf *buf, const struct request_count *count)
{
	buf_printf(buf, "%s: ", count->host);
	words_count(buf, count->made, "request");
	if (count->failed)
		buf_printf(buf, ", %u failed", (unsigned)count->failed);
	if (count->spared)
		buf_printf(buf, ", %u answered by the database", (unsigned)count->spared);
	if (count->refused)
		buf_printf(buf, ", %u not sent", (unsigned)count->refused);
	buf_puts(buf, ", ");
	words_bytes(buf, count->bytes);
}

void words_waiver(struct buf *buf, const struct waiver *waiver)
{
	if (!waiver) {
		buf_puts(buf, "known from the baseline");
		return;
	}
	buf_printf(buf, "waived until %s by %s", waiver->until_text, waiver->file);
	if (waiver->line)
		buf_printf(buf, ":%u", (unsigned)waiver->line);
	buf_printf(buf, "%s: %s", waiver->in_tree ? " (in the tree)" : "",
		   waiver->reason);
}
