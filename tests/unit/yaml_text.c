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

static void declare_document(void *user, const struct node *document)
{
	kube_document_read(user, document);
}

void yaml_text_declare(struct kube_file *file)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(1024 * 1024);
	struct error err = ERROR_INIT;

	buf_puts(&text, file->text);
	if (!yaml_each_document(&text, declare_document, file, &err))
		fail_msg("%s", err.text);
}

void yaml_text_list_gaps(struct buf *out, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->gap_count; i++)
		buf_printf(out, "%s %s\n", gap_name(snapshot->gaps[i].kind),
			   snapshot->gaps[i].subject);
}
