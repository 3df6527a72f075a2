#include "tests/unit/yaml_text.h"

#include "base/yaml.h"

#include "tests/unit/check.h"

struct node *yaml_text_read(struct arena *arena, const char *text)
{
	struct error err = ERROR_INIT;
	CLEANUP(yaml_stream_free)
	struct yaml_stream *stream = yaml_stream_new(text, strlen(text), &err);
	struct node *document = NULL;

	if (!stream || !yaml_stream_next(stream, arena, &document, &err))
		fail_msg("%s", err.text);
	return document;
}

void yaml_text_declare(struct kube_file *file)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	CLEANUP(yaml_stream_free)
	struct yaml_stream *stream =
		yaml_stream_new(file->text, strlen(file->text), &err);
	struct node *document;

	if (!stream)
		fail_msg("%s", err.text);
	do {
		if (!yaml_stream_next(stream, &arena, &document, &err))
			fail_msg("%s", err.text);
		if (document)
			kube_document_read(file, document);
	} while (document);
}

void yaml_text_list_gaps(struct buf *out, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->gap_count; i++)
		buf_printf(out, "%s %s\n", gap_name(snapshot->gaps[i].kind),
			   snapshot->gaps[i].subject);
}
