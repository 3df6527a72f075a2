#include "source/kube_text.h"

#include "base/json.h"
#include "base/utf8.h"
#include "base/yaml.h"
#include "source/dockerfile.h"
#include "source/inline_waiver.h"
#include "source/kube_document.h"

#define KEPT_BYTES ((size_t)1024 * 1024) /* from one file to the next */

/* Errors: as json_read(). */
static bool read_json(struct kube_text *from, struct kube_file *file, struct error *err)
{
	const struct buf *text = &from->text;
	struct json_source source = { .with_places = true };
	struct node *document;

	file->offset = utf8_mark(text->data, text->length);
	file->text = text->data + file->offset;
	if (text->length > YAML_DOCUMENT_BYTES)
		return error_set(err, ERROR_LIMIT, "document is larger than 8 MiB");
	arena_clear(&from->nodes);
	source.text = file->text;
	source.length = text->length - file->offset;
	if (!json_read(&document, &from->nodes, &source, err))
		return false;
	kube_document_read(file, document);
	return true;
}

/* Errors: as yaml_stream_next(); the documents before the error have been read. */
static bool read_yaml(struct kube_text *from, struct kube_file *file, struct error *err)
{
	CLEANUP(yaml_stream_free)
	struct yaml_stream *stream =
		yaml_stream_new(from->text.data, from->text.length, err);
	CLEANUP(scalar_spans_release)
	struct scalar_spans spans =
		scalar_spans_begin(from->text.data, from->text.length);
	struct node *document = NULL;
	bool ok;

	if (!stream)
		return false;
	file->text = from->text.data;
	file->offset = 0;
	do {
		arena_clear(&from->nodes);
		ok = yaml_stream_next(stream, &from->nodes, &document, err);
		if (!ok || !document)
			break;
		kube_document_read(file, document);
		scalar_spans_add(&spans, file->text, document);
		file->read = document->place.end;
	} while (document);
	inline_waivers_read(file, &spans, ok ? from->text.length : file->read);
	return ok;
}

static bool is_blank(const struct buf *text)
{
	return strspn(buf_text(text), " \t\r\n") == text->length;
}

static bool is_json_name(const char *name)
{
	size_t length = strlen(name);

	return length >= 5 && strcmp(name + length - 5, ".json") == 0;
}

static bool holds(const struct buf *text, const char *part)
{
	return memmem(text->data, text->length, part, strlen(part)) != NULL;
}

/*
 * Whether a JSON file that is not read may be one of ours all the same.  Editors'
 * settings have comments, lock files of packages are huge: without this key, which may be
 * written with escapes or in UTF-16, no reader finds an object of Kubernetes in them.
 */
static bool may_be_ours(const struct kube_file *file, const struct buf *text)
{
	const char *slash = strrchr(file->name, '/');
	const char *name = slash ? slash + 1 : file->name;

	return holds(text, "apiVersion") || holds(text, "\\u") ||
	       memchr(text->data, '\0', text->length) || strstr(name, "values") ||
	       strstr(name, "compose");
}

/* Errors: as json_read(). */
static bool read_json_file(struct kube_text *from, struct kube_file *file,
			   struct error *err)
{
	struct error why = ERROR_INIT;

	if (read_json(from, file, &why) || !may_be_ours(file, &from->text))
		return true;
	*err = why;
	return false;
}

bool kube_text_read(struct kube_text *from, struct kube_file *file, struct error *err)
{
	const struct buf *text = &from->text;
	struct error ignored = ERROR_INIT;

	if (is_blank(text))
		return true;
	if (dockerfile_is_name(file->name))
		return dockerfile_read(file, text, err);
	if (is_json_name(file->name))
		return read_json_file(from, file, err);
	if (text->data[strspn(text->data, " \t\r\n")] == '{' &&
	    read_json(from, file, &ignored))
		return true;
	return read_yaml(from, file, err);
}

void kube_text_reuse(struct kube_text *from)
{
	buf_clear(&from->text);
	if (from->text.capacity > KEPT_BYTES)
		buf_release(&from->text);
	if (from->nodes.total > KEPT_BYTES)
		arena_release(&from->nodes);
}

void kube_text_release(struct kube_text *from)
{
	buf_release(&from->text);
	arena_release(&from->nodes);
}
