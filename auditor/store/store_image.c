#include "store/store_private.h"

#include "base/log.h"

enum statement {
	SAVE_IMAGE,
	SELECT_IMAGE,
	SELECT_TAG_IMAGE,
	SELECT_INDEXES,
	STATEMENT_COUNT,
};

#define IMAGE_COLUMNS "i.media_type, i.fetched_at, i.fetched_from, i.body, i.digest"

static const char *const statement_text[STATEMENT_COUNT] = {
	[SAVE_IMAGE] = "INSERT INTO image (digest, media_type, kind, size, body, "
		       "fetched_at, fetched_from) VALUES (?, ?, ?, ?, ?, ?, ?) "
		       /* Bytes that went bad on the disk are fetched, and replaced. */
		       "ON CONFLICT (digest) DO UPDATE SET "
		       "media_type = excluded.media_type, kind = excluded.kind, "
		       "size = excluded.size, body = excluded.body, "
		       "fetched_at = excluded.fetched_at, "
		       "fetched_from = excluded.fetched_from "
		       "WHERE body <> excluded.body",
	[SELECT_IMAGE] = "SELECT " IMAGE_COLUMNS " FROM image i WHERE i.digest = ?",
	[SELECT_TAG_IMAGE] = "SELECT " IMAGE_COLUMNS " FROM tag_span t "
			     "JOIN repository r ON r.id = t.repository "
			     "JOIN image i ON i.digest = t.digest "
			     "WHERE r.registry = ? AND r.name = ? AND t.tag = ? "
			     "AND t.ended_scan IS NULL",
	[SELECT_INDEXES] =
		("SELECT digest FROM image WHERE kind = 'index' AND fetched_from = ? "
		 "ORDER BY fetched_at DESC, id DESC LIMIT ?"),
};

static const char *const kind_names[] = {
	[IMAGE_OTHER] = "other",       [IMAGE_INDEX] = "index",
	[IMAGE_MANIFEST] = "manifest", [IMAGE_ARTIFACT] = "artifact",
	[IMAGE_CONFIG] = "config",
};

static bool image_insert(struct store *store, const struct image *image,
			 struct error *err)
{
	struct query query = query_start(store, statement_text[SAVE_IMAGE]);

	query_add_text(&query, image->digest.text);
	query_add_text(&query, image->media_type);
	query_add_text(&query, kind_names[image->kind]);
	query_add_number(&query, image->size);
	query_add_bytes(&query, image->body, image->size);
	query_add_number(&query, image->fetched_at);
	query_add_text(&query, image->fetched_from);
	return query_run(&query, err);
}

bool image_save(struct scan_writer *writer, struct error *err)
{
	const struct table *images = &writer->snapshot->images.by_digest;

	for (size_t i = 0; i < images->count; i++) {
		const struct image *image = images->entries[i].value;

		/* Without a body it came from here. */
		if (image->body && !image_insert(writer->store, image, err))
			return false;
	}
	return true;
}

/* Read a row's bytes again: what they mean is said in one place, image_parse(). */
static bool image_read(struct query *query, struct arena *arena, struct image *image,
		       struct error *err)
{
	CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
	const char *media_type = query_text(query, arena);
	int64_t fetched_at = query_number(query);
	const char *fetched_from = query_text(query, arena);
	size_t length;
	const char *body = query_bytes(query, &scratch, &length);
	struct digest digest = query_digest(query);
	struct digest actual = digest_compute(body, length, &digest);

	if (!digest_equal(&digest, &actual))
		return error_set(err, ERROR_STORE,
				 "the kept bytes are not what the digest says");
	if (!image_parse(image, arena, &(struct image_source){ body, length, media_type },
			 err))
		return false;
	image->digest = digest;
	image->fetched_at = fetched_at;
	image->fetched_from = fetched_from;
	image->body = NULL;
	return true;
}

/* Add the row that the query has, if it has one. */
static bool image_load(struct query *query, struct snapshot *snapshot, struct error *err)
{
	struct image *image;

	if (query_row(query)) {
		struct error unreadable = ERROR_INIT;

		image = arena_alloc(&snapshot->arena, sizeof(*image));
		if (image_read(query, &snapshot->arena, image, &unreadable))
			image_set_add(&snapshot->images, image);
		else
			log_message(LOG_WARNING,
				    "%s: an image in the database is not used: %s",
				    query->store->path, unreadable.text);
	}
	return query_finish(query, err);
}

bool store_load_images(struct store *store, struct snapshot *snapshot,
		       const struct want *wants, size_t want_count, struct error *err)
{
	for (size_t i = 0; i < want_count; i++) {
		struct query query;

		if (wants[i].kind == WANT_TAG ||
		    image_set_find(&snapshot->images, &wants[i].digest))
			continue;
		query = query_start(store, statement_text[SELECT_IMAGE]);
		query_add_text(&query, wants[i].digest.text);
		if (!image_load(&query, snapshot, err))
			return false;
	}
	return true;
}

bool store_load_tag_images(struct store *store, struct snapshot *snapshot,
			   const struct want *wants, size_t want_count, struct error *err)
{
	for (size_t i = 0; i < want_count; i++) {
		struct query query;

		if (wants[i].kind != WANT_TAG)
			continue;
		query = query_start(store, statement_text[SELECT_TAG_IMAGE]);
		query_add_text(&query, wants[i].registry);
		query_add_text(&query, wants[i].repository);
		query_add_text(&query, wants[i].tag);
		if (!image_load(&query, snapshot, err))
			return false;
	}
	return true;
}

bool store_repository_indexes(struct store *store, const char *repository, size_t most,
			      struct arena *arena, struct digest_list *digests,
			      struct error *err)
{
	struct query query = query_start(store, statement_text[SELECT_INDEXES]);

	*digests = (struct digest_list){ NULL, 0 };
	query_add_text(&query, repository);
	query_add_number(&query, (int64_t)most);
	while (query_row(&query)) {
		digests->items = arena_grow(arena, digests->items, digests->count,
					    sizeof(*digests->items));
		digests->items[digests->count++] = query_digest(&query);
	}
	return query_finish(&query, err);
}
