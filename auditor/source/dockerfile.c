#include "source/dockerfile.h"

#include "base/folder.h"
#include "base/table.h"
#include "source/dockerfile_lines.h"

#include <ctype.h>
#include <strings.h>

#define BLANKS " \t\r\f\v"
#define DOCKERFILE_IMAGES 1000
#define EXPANDED_BYTES 4096 /* of a reference: ARGs may use each other */

/* A file while it is read. */
struct reader {
	struct kube_file *file;
	struct dockerfile_lines lines;
	struct arena arena;  /* of the tables */
	struct table stages; /* name in small letters: its number, from 1 */
	struct table args;   /* of those before the first FROM: the default */
	size_t stage;        /* number of that which is being read */
	const char *name;    /* its name, or "" */
	size_t use_count;    /* images of that stage */
};

/* A word of the logical line. */
struct word {
	const char *text;
	size_t length;
};

static void reader_release(struct reader *reader)
{
	dockerfile_lines_release(&reader->lines);
	table_release(&reader->stages);
	table_release(&reader->args);
	arena_release(&reader->arena);
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length > end_length && strcasecmp(text + length - end_length, end) == 0;
}

bool dockerfile_is_name(const char *name)
{
	static const char *const words[] = { "Dockerfile", "Containerfile" };
	static const char separators[] = ".-_";
	const char *slash = strrchr(name, '/');
	const char *base = slash ? slash + 1 : name;
	size_t length = strlen(base);

	if (folder_has_manifest_name(base) || ends_with(base, ".dockerignore"))
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		size_t word = strlen(words[i]);

		if (strcasecmp(base, words[i]) == 0)
			return true;
		if (length <= word)
			continue;
		if (strncasecmp(base, words[i], word) == 0 &&
		    strchr(separators, base[word]))
			return true;
		if (length > word + 1 && ends_with(base, words[i]) &&
		    strchr(separators, base[length - word - 1]))
			return true;
	}
	return false;
}

/* The next word at `*at`, which moves behind it; of length 0 at the end. */
static struct word take_word(const char **at)
{
	struct word word = { *at + strspn(*at, BLANKS), 0 };

	word.length = strcspn(word.text, BLANKS);
	*at = word.text + word.length;
	return word;
}

/* The next word, if it is an option: `--from=x`. */
static bool take_flag(const char **at, struct word *flag)
{
	const char *behind = *at;

	*flag = take_word(&behind);
	if (flag->length < 2 || strncmp(flag->text, "--", 2) != 0)
		return false;
	*at = behind;
	return true;
}

static bool word_is(struct word word, const char *text)
{
	return word.length == strlen(text) &&
	       strncasecmp(word.text, text, word.length) == 0;
}

static void **stage_slot(struct reader *reader, struct word name)
{
	const char **key;
	char *small = arena_strndup(&reader->arena, name.text, name.length);
	void **slot;

	for (char *c = small; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	slot = table_slot(&reader->stages, small, strlen(small), &key);
	*key = small;
	return slot;
}

/* The number of the stage of that name, 0 where there is none. */
static size_t find_stage(struct reader *reader, const char *name)
{
	return (size_t)(uintptr_t)*stage_slot(reader,
					      (struct word){ name, strlen(name) });
}

/* `AS name` behind the image; without a name of length 0. */
static struct word stage_name(const char *rest)
{
	struct word as = take_word(&rest);

	return word_is(as, "as") ? take_word(&rest) : (struct word){ rest, 0 };
}

/* The words of FROM: its image, and in `*rest` what stands behind. */
static struct word from_image(const char **rest)
{
	struct word flag;

	while (take_flag(rest, &flag))
		;
	return take_word(rest);
}

static const char **arg_slot(struct reader *reader, struct word name)
{
	const char **key;
	const char *kept = arena_strndup(&reader->arena, name.text, name.length);
	void **slot = table_slot(&reader->args, kept, name.length, &key);

	*key = kept;
	return (const char **)slot;
}

/* `NAME}`, `NAME:-word}`, `NAME-word}` at `*at`, which moves behind it; NULL: unknown. */
static const char *take_braced(struct reader *reader, const char **at)
{
	struct word name = { *at, strspn(*at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
					      "abcdefghijklmnopqrstuvwxyz0123456789") };
	const char *rest = name.text + name.length, *end = strchr(rest, '}');
	const char *value;

	if (!end || name.length == 0)
		return NULL;
	*at = end + 1;
	value = *arg_slot(reader, name);
	if (rest == end || (value && (value[0] || rest[0] == '-') &&
			    (rest[0] == '-' || strncmp(rest, ":-", 2) == 0)))
		return value;
	rest += rest[0] == ':';
	if (rest[0] != '-' || memchr(rest, '$', (size_t)(end - rest)))
		return NULL;
	return arena_strndup(&reader->arena, rest + 1, (size_t)(end - rest - 1));
}

static const char *take_variable(struct reader *reader, const char **at)
{
	struct word name = { *at, strspn(*at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
					      "abcdefghijklmnopqrstuvwxyz0123456789") };

	*at += name.length;
	return name.length ? *arg_slot(reader, name) : NULL;
}

/* The text with its ARGs put in; NULL where a default is missing. */
static const char *expand(struct reader *reader, const char *text)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(EXPANDED_BYTES);

	while (*text) {
		size_t plain = strcspn(text, "$");
		const char *value;

		buf_add(&out, text, plain);
		text += plain;
		if (!*text)
			break;
		text++;
		if (*text == '{') {
			text++;
			value = take_braced(reader, &text);
		} else {
			value = take_variable(reader, &text);
		}
		if (!value || out.overflowed)
			return NULL;
		buf_puts(&out, value);
	}
	return out.overflowed ? NULL : arena_strdup(&reader->arena, buf_text(&out));
}

/* Take the quotes around a word off. */
static struct word unquote(struct word word)
{
	if (word.length >= 2 && strchr("\"'", word.text[0]) &&
	    word.text[word.length - 1] == word.text[0]) {
		word.text++;
		word.length -= 2;
	}
	return word;
}

static void add(struct reader *reader, struct declared_use *use, struct node_place place)
{
	struct node scalar = { .kind = NODE_STRING, .place = place };

	if (reader->file->image_count >= DOCKERFILE_IMAGES)
		return;
	kube_file_add(reader->file, use, &scalar);
	if (reader->file->image_count == DOCKERFILE_IMAGES)
		kube_file_gap(reader->file, GAP_TOO_LARGE, 0, "1,000 images or more");
}

/*
 * Declare the image that a word of the logical line is, unless it names a stage whose
 * number is lower than `below`.  `text` is what it means, or NULL where that is unknown.
 */
static void declare(struct reader *reader, struct word word, const char *text,
		    size_t below)
{
	struct arena *arena = &reader->file->snapshot->arena;
	struct word bare = unquote(word);
	const char *written = arena_strndup(arena, bare.text, bare.length);
	const char *line = buf_text(&reader->lines.joined);
	size_t begin = (size_t)(word.text - line);
	struct declared_use use = kube_file_use(reader->file, NULL, "", DOCKERFILE_KIND);
	size_t stage = text ? find_stage(reader, text) : 0;

	if (text && (strcmp(text, "scratch") == 0 || (stage > 0 && stage < below)))
		return;
	use.image.container = reader->name;
	use.field =
		arena_printf(arena, "stages[%zu].images[%zu]",
			     reader->stage ? reader->stage - 1 : 0, reader->use_count++);
	use.composed = text && strcmp(text, written) != 0;
	container_image_read(&use.image, arena, text ? text : written);
	if (!text)
		use.image.state = REFERENCE_PLACEHOLDER;
	add(reader, &use,
	    dockerfile_lines_place(&reader->lines, begin, begin + word.length));
}

static void read_from(struct reader *reader, const char *rest)
{
	struct word image = from_image(&rest), name = stage_name(rest), bare;

	if (image.length == 0)
		return;
	if (strncmp(image.text, "{{", 2) ==
	    0) /* to be filled in, to the end of the line */
		image.length = strlen(image.text);
	bare = unquote(image);
	reader->file->object_count += reader->stage == 0;
	reader->stage++;
	reader->use_count = 0;
	reader->name =
		arena_strndup(&reader->file->snapshot->arena, name.text, name.length);
	declare(reader, image,
		expand(reader, arena_strndup(&reader->arena, bare.text, bare.length)),
		reader->stage);
}

/* `ARG NAME=default NAME`: those before the first FROM are for it. */
static void read_arg(struct reader *reader, const char *rest)
{
	struct word word;

	while (reader->stage == 0 && (word = take_word(&rest)).length > 0) {
		const char *equals = memchr(word.text, '=', word.length);
		struct word name = word, value;

		if (!equals)
			continue;
		name.length = (size_t)(equals - word.text);
		value.text = equals + 1;
		value.length = word.length - name.length - 1;
		value = unquote(value);
		*arg_slot(reader, name) =
			memchr(value.text, '"', value.length) ||
					memchr(value.text, '\'', value.length)
				? NULL
				: expand(reader, arena_strndup(&reader->arena, value.text,
							       value.length));
	}
}

/* What `--from=` or `from=` names: an image, or a stage by its name or number. */
static void read_source(struct reader *reader, struct word source)
{
	const char *text = arena_strndup(&reader->arena, source.text, source.length);

	if (text[strspn(text, "0123456789")] == '\0')
		return;
	declare(reader, source, strchr(text, '$') ? NULL : text, SIZE_MAX);
}

static void read_copy(struct reader *reader, const char *rest)
{
	static const char option[] = "--from=";
	struct word flag;

	while (take_flag(&rest, &flag)) {
		size_t length = strlen(option);

		if (flag.length > length && strncmp(flag.text, option, length) == 0)
			read_source(reader, (struct word){ flag.text + length,
							   flag.length - length });
	}
}

/* `type=bind,from=image,target=/x` */
static void read_mount(struct reader *reader, struct word fields)
{
	static const char key[] = "from=";

	while (fields.length > 0) {
		const char *comma = memchr(fields.text, ',', fields.length);
		size_t length = comma ? (size_t)(comma - fields.text) : fields.length;

		if (length > strlen(key) &&
		    strncasecmp(fields.text, key, strlen(key)) == 0)
			read_source(reader, (struct word){ fields.text + strlen(key),
							   length - strlen(key) });
		fields.text += length + (comma != NULL);
		fields.length -= length + (comma != NULL);
	}
}

static void read_run(struct reader *reader, const char *rest)
{
	static const char option[] = "--mount=";
	struct word flag;

	while (take_flag(&rest, &flag)) {
		size_t length = strlen(option);

		if (flag.length > length && strncmp(flag.text, option, length) == 0)
			read_mount(reader, (struct word){ flag.text + length,
							  flag.length - length });
	}
}

static void read_instruction(struct reader *reader)
{
	static const struct {
		const char *name;
		void (*read)(struct reader *reader, const char *rest);
	} instructions[] = {
		{ "FROM", read_from },
		{ "ARG", read_arg },
		{ "COPY", read_copy },
		{ "RUN", read_run },
	};
	const char *rest = buf_text(&reader->lines.joined);
	struct word name = take_word(&rest);

	if (word_is(name, "ONBUILD"))
		name = take_word(&rest);
	for (size_t i = 0; i < ARRAY_LENGTH(instructions); i++) {
		if (word_is(name, instructions[i].name))
			instructions[i].read(reader, rest);
	}
}

/* Number the stages that have a name: COPY may name one that is further below. */
static bool read_stages(struct reader *reader, const struct buf *text, struct error *err)
{
	size_t number = 0;
	bool more = true, ok;

	ok = dockerfile_lines_init(&reader->lines, text, err);
	while (ok && more) {
		const char *rest;
		struct word name;

		ok = dockerfile_lines_next(&reader->lines, &more, err);
		rest = buf_text(&reader->lines.joined);
		if (!word_is(take_word(&rest), "FROM") || from_image(&rest).length == 0)
			continue;
		number++;
		name = stage_name(rest);
		if (name.length > 0 && !*stage_slot(reader, name))
			*stage_slot(reader, name) = (void *)(uintptr_t)number;
	}
	dockerfile_lines_release(&reader->lines);
	return ok;
}

/* `# syntax=`: BuildKit pulls that image, and it reads the rest. */
static void read_frontend(struct reader *reader)
{
	const struct dockerfile_lines *lines = &reader->lines;
	struct arena *arena = &reader->file->snapshot->arena;
	struct declared_use use = kube_file_use(reader->file, NULL, "", DOCKERFILE_KIND);

	if (!lines->frontend)
		return;
	reader->file->object_count++;
	use.image.container = "";
	use.field = "syntax";
	container_image_read(
		&use.image, arena,
		arena_strndup(arena, lines->frontend, lines->frontend_length));
	add(reader, &use, dockerfile_lines_frontend(lines));
}

bool dockerfile_read(struct kube_file *file, const struct buf *text, struct error *err)
{
	CLEANUP(reader_release)
	struct reader reader = {
		.file = file,
		.arena = ARENA_INIT,
		.stages = TABLE_INIT,
		.args = TABLE_INIT,
		.name = "",
	};
	struct error again = ERROR_INIT;
	bool more = true, ok = read_stages(&reader, text, err);

	if (!dockerfile_lines_init(&reader.lines, text, &again))
		return false;
	read_frontend(&reader);
	while (more && dockerfile_lines_next(&reader.lines, &more, &again) && more)
		read_instruction(&reader);
	return ok;
}
