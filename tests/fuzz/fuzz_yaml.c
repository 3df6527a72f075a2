/*
 * Any bytes, as YAML: documents come to an end, every place lies within the text, and
 * what Kubernetes objects declare stands where it is said to stand.
 */
#include "base/yaml.h"
#include "source/helm_template.h"
#include "source/kube_document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
	if (!condition)
		abort();
}

static void check_place(const struct node_place *place, size_t size)
{
	check(place->begin <= place->end && place->end <= size);
	check(place->line >= 1 && place->column >= 1);
}

static void check_node(const struct node *node, size_t size)
{
	check_place(&node->place, size);
	if (node->kind == NODE_MAPPING) {
		for (size_t i = 0; i < node->length; i++) {
			check_place(&node->members[i].key_place, size);
			check_node(node->members[i].value, size);
		}
	} else if (node->kind == NODE_SEQUENCE) {
		for (size_t i = 0; i < node->length; i++)
			check_node(node->items[i], size);
	} else {
		check(strlen(node->text) == node->length);
	}
}

/* A plain scalar on one line is its own source text. */
static void check_uses(const struct snapshot *snapshot, const char *text, size_t size)
{
	for (size_t i = 0; i < snapshot->declared_count; i++) {
		const struct declared_use *use = &snapshot->declared[i];
		size_t length = strlen(use->image.text);

		check(use->begin <= use->end && use->end <= size);
		if (use->overrides || use->composed)
			continue; /* its text is put together */
		if (use->image.state == REFERENCE_OK && text[use->begin] != '\'' &&
		    text[use->begin] != '"' && use->end - use->begin == length)
			check(memcmp(text + use->begin, use->image.text, length) == 0);
	}
}

static void read_as(const char *name, const uint8_t *data, size_t size)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	CLEANUP(snapshot_release) struct snapshot snapshot;
	const char *text = arena_strndup(&arena, (const char *)data, size);
	struct error err = ERROR_INIT;
	CLEANUP(yaml_stream_free)
	struct yaml_stream *stream = yaml_stream_new(text, size, &err);
	struct kube_file file = {
		.snapshot = &snapshot,
		.name = name,
		.path = name,
		.text = text,
	};
	struct node *document = NULL;

	snapshot_init(&snapshot, 0);
	while (stream && yaml_stream_next(stream, &arena, &document, &err) && document) {
		check_node(document, size);
		kube_document_read(&file, document);
	}
	check_uses(&snapshot, text, size);
	check(err.code == ERROR_NONE || err.text[0] != '\0');
}

/* By its lines, as a template that is no YAML. */
static void read_template(const uint8_t *data, size_t size)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(buf_release) struct buf text = BUF_INIT(size + 1);
	struct kube_file file = { .snapshot = &snapshot, .name = "t", .path = "t" };

	snapshot_init(&snapshot, 0);
	buf_add(&text, data, size);
	helm_template_read(&file, &text, 0);
	check_uses(&snapshot, buf_text(&text), size);
}

/* The name says what a document is that is no Kubernetes object. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_as("fuzz.yaml", data, size);
	read_as("values.yaml", data, size);
	read_as("compose.yaml", data, size);
	read_template(data, size);
	return 0;
}
