#include "source/kube_page.h"

/* Items are read when this much has come: then few of them are cut at the end. */
#define BATCH_BYTES ((size_t)256 * 1024)

/* What became of an attempt to go on. */
enum step {
	STEP_ON,   /* something was read: go on behind it */
	STEP_WAIT, /* more bytes are needed */
	STEP_FAIL, /* `err` is set */
};

void kube_page_init(struct kube_page *page, const struct json_shape *shape)
{
	*page = (struct kube_page){
		.shape = shape,
		.arena = ARENA_INIT,
		.place = KUBE_AT_START,
		.skip = JSON_SKIP_INIT,
		.rest = BUF_INIT(KUBE_ITEM_BYTES),
	};
}

void kube_page_release(struct kube_page *page)
{
	buf_release(&page->rest);
	arena_release(&page->arena);
}

void kube_page_clear(struct kube_page *page)
{
	struct arena arena = page->arena;
	struct buf rest = page->rest;

	kube_page_init(page, page->shape);
	arena_empty(&arena);
	buf_clear(&rest);
	page->arena = arena;
	page->rest = rest;
}

static enum step fail(struct error *err, const char *why)
{
	error_set(err, ERROR_SYNTAX, "this is no list: %s", why);
	return STEP_FAIL;
}

/* Find the end of the value at rest[at]; its length is skip.at then. */
static enum step find_end(struct kube_page *page, struct error *err)
{
	switch (json_skip(&page->skip, page->rest.data + page->at,
			  page->rest.length - page->at)) {
	case JSON_SKIP_DONE:
		return STEP_ON;
	case JSON_SKIP_MORE:
		return STEP_WAIT;
	case JSON_SKIP_TOO_DEEP:
		error_set(err, ERROR_LIMIT, "an object is nested too deep");
		return STEP_FAIL;
	case JSON_SKIP_INVALID:
		break;
	}
	return fail(err, "its brackets do not match");
}

static void go_behind_value(struct kube_page *page, enum kube_place place)
{
	page->at += page->skip.at;
	page->skip = (struct json_skip)JSON_SKIP_INIT;
	page->place = place;
}

static enum step read_key(struct kube_page *page, struct error *err)
{
	const char *text = page->rest.data + page->at;
	enum step step;

	if (*text == '}') {
		page->at++;
		page->place = KUBE_AT_END;
		return STEP_ON;
	}
	if (*text != '"')
		return fail(err, "a key is missing");
	step = find_end(page, err);
	if (step != STEP_ON)
		return step;
	snprintf(page->key, sizeof(page->key), "%.*s", (int)page->skip.at - 2, text + 1);
	go_behind_value(page, KUBE_AT_COLON);
	return STEP_ON;
}

/* The value at rest[at], whose end is known. */
static bool read_value(struct kube_page *page, struct arena *arena, struct node **node,
		       const struct json_shape *shape, struct error *err)
{
	struct json_source source = {
		.text = page->rest.data + page->at,
		.length = page->skip.at,
		.members = shape,
	};

	return json_read(node, arena, &source, err);
}

/* Of the metadata the token counts, which will be part of a URL. */
static bool take_token(struct kube_page *page, const struct node *metadata,
		       struct error *err)
{
	const char *token = node_text(metadata, "continue");

	if (strlen(token) > KUBE_CONTINUE_BYTES)
		return error_set(err, ERROR_LIMIT,
				 "a continue token of more than %zu bytes",
				 KUBE_CONTINUE_BYTES);
	if (!page->next || strcmp(page->next, token) != 0)
		page->next = arena_strdup(&page->arena, token);
	return true;
}

/*
 * A value at the top: of `metadata` the token counts, of others that they are JSON.
 * Nothing else is kept: there may be any number of them.
 */
static enum step read_member(struct kube_page *page, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	static const struct json_shape token[] = { { "continue", NULL }, { NULL, NULL } };
	bool is_items = strcmp(page->key, "items") == 0;
	struct node *node;
	enum step step;

	if (is_items && page->rest.data[page->at] == '[') {
		page->has_items = true;
		page->at++;
		page->place = KUBE_AT_ITEM;
		return STEP_ON;
	}
	step = find_end(page, err);
	if (step != STEP_ON)
		return step;
	if (!read_value(page, &arena, &node, token, err))
		return STEP_FAIL;
	if (is_items && node->kind != NODE_NULL)
		return fail(err, "its items are no sequence");
	page->has_items |= is_items; /* Go's nil slice is a null */
	if (strcmp(page->key, "metadata") == 0 && !take_token(page, node, err))
		return STEP_FAIL;
	go_behind_value(page, KUBE_AT_COMMA);
	return STEP_ON;
}

/*
 * Read the item at rest[at].  It is tried as it stands first: in a batch, nearly all
 * are whole, and so they are run over only once.
 */
static enum step parse_item(struct kube_page *page, struct node **item, struct error *err)
{
	struct json_source rest = {
		.text = page->rest.data + page->at,
		.length = page->rest.length - page->at,
		.members = page->shape,
	};
	struct error broken = ERROR_INIT;
	bool tried = page->skip.at > 0;
	enum step step;

	if (!tried && json_read_front(item, &page->arena, &rest, &page->skip.at, &broken))
		return STEP_ON;
	if (!tried)
		page->skip = (struct json_skip)JSON_SKIP_INIT;
	step = find_end(page, err);
	if (step != STEP_ON)
		return step;
	return read_value(page, &page->arena, item, page->shape, err) ? STEP_ON
								      : STEP_FAIL;
}

static enum step read_item(struct kube_page *page, struct error *err)
{
	struct node *item;
	enum step step;

	if (page->rest.data[page->at] == ']') {
		page->at++;
		page->place = KUBE_AT_COMMA;
		return STEP_ON;
	}
	step = parse_item(page, &item, err);
	if (step != STEP_ON)
		return step;
	if (item->kind != NODE_MAPPING)
		return fail(err, "an item is no object");
	page->items = arena_grow(&page->arena, page->items, page->item_count,
				 sizeof(struct node *));
	page->items[page->item_count++] = item;
	go_behind_value(page, KUBE_AT_ITEM_COMMA);
	return STEP_ON;
}

/* One of two punctuation marks (0: there is none); each leads to its own place. */
static enum step read_mark(struct kube_page *page, const char marks[2],
			   const enum kube_place places[2], struct error *err)
{
	char c = page->rest.data[page->at];

	for (size_t i = 0; i < 2; i++) {
		if (marks[i] && c == marks[i]) {
			page->at++;
			page->place = places[i];
			return STEP_ON;
		}
	}
	switch (page->place) {
	case KUBE_AT_START:
		return fail(err, "it is no JSON object; does a login page or a proxy "
				 "answer?");
	case KUBE_AT_END:
		return fail(err, "something stands behind its end");
	default:
		return fail(err, "a comma, colon or bracket is missing");
	}
}

static enum step read_on(struct kube_page *page, struct error *err)
{
	static const struct {
		char marks[2];
		enum kube_place places[2];
	} punctuation[] = {
		[KUBE_AT_START] = { { '{', 0 }, { KUBE_AT_KEY, 0 } },
		[KUBE_AT_COLON] = { { ':', 0 }, { KUBE_AT_VALUE, 0 } },
		[KUBE_AT_COMMA] = { { ',', '}' }, { KUBE_AT_KEY, KUBE_AT_END } },
		[KUBE_AT_ITEM_COMMA] = { { ',', ']' }, { KUBE_AT_ITEM, KUBE_AT_COMMA } },
		[KUBE_AT_END] = { { 0, 0 }, { 0, 0 } },
	};

	switch (page->place) {
	case KUBE_AT_KEY:
		return read_key(page, err);
	case KUBE_AT_VALUE:
		return read_member(page, err);
	case KUBE_AT_ITEM:
		return read_item(page, err);
	default:
		return read_mark(page, punctuation[page->place].marks,
				 punctuation[page->place].places, err);
	}
}

/* False where the bytes end with it. */
static bool pass_white_space(struct kube_page *page)
{
	/* Inside a value, white space is the scanner's. */
	while (page->skip.at == 0 && page->at < page->rest.length &&
	       memchr(" \t\r\n", page->rest.data[page->at], 4))
		page->at++;
	return page->at < page->rest.length;
}

/* Only the value that has begun is kept. */
static void drop_what_was_read(struct kube_page *page)
{
	struct buf *rest = &page->rest;

	memmove(rest->data, rest->data + page->at, rest->length - page->at);
	rest->length -= page->at;
	rest->data[rest->length] = '\0';
	page->at = 0;
}

/* Read all that can be read of what has come. */
static bool read_rest(struct kube_page *page, struct error *err)
{
	enum step step = STEP_ON;

	while (step == STEP_ON && pass_white_space(page))
		step = read_on(page, err);
	drop_what_was_read(page);
	return step != STEP_FAIL;
}

bool kube_page_feed(struct kube_page *page, const char *data, size_t length,
		    struct error *err)
{
	bool among_items =
		page->place == KUBE_AT_ITEM || page->place == KUBE_AT_ITEM_COMMA;

	if (length == 0)
		return true;
	if (!buf_add(&page->rest, data, length))
		return error_set(err, ERROR_LIMIT, "an object of more than %zu bytes",
				 KUBE_ITEM_BYTES);
	if (among_items && page->rest.length < BATCH_BYTES)
		return true;
	return read_rest(page, err);
}

void kube_page_drop_items(struct kube_page *page)
{
	if (page->item_count == 0)
		return;
	if (page->next)
		page->next = "";
	arena_clear(&page->arena);
	page->items = NULL;
	page->item_count = 0;
}

bool kube_page_finish(struct kube_page *page, struct error *err)
{
	if (page->rest.length > 0 && !read_rest(page, err))
		return false;
	if (page->place != KUBE_AT_END || page->rest.length > 0)
		return error_set(err, ERROR_SYNTAX, "the list breaks off");
	if (!page->has_items)
		return error_set(err, ERROR_SYNTAX, "this is no list: it has no items");
	if (!page->next)
		page->next = "";
	return true;
}
