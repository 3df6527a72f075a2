#include "source/registry_question.h"

#include "base/log.h"
#include "base/timestamp.h"
#include "source/registry_answer.h"

#define SIGN_INS_MOST 3 /* first challenge, another's renewal, our own */
#define REASON_BYTES ((size_t)2048)

static bool wants_manifest(const struct question *question)
{
	return question->want.kind != WANT_BLOB;
}

static bool begins_with_head(const struct question *question)
{
	return question->want.kind == WANT_TAG || question->want.kind == WANT_PRESENCE;
}

/* What stands behind the repository: the tag or the digest. */
static const char *name_of(const struct question *question)
{
	return question->want.kind == WANT_TAG ? question->want.tag
					       : question->want.digest.text;
}

static void begin_route(struct question *question);
static void end_fetch(struct question *question);

/* A mirror has it not: remember why, and turn to the next route. */
static bool takes_next_route(struct question *question, const char *text)
{
	struct arena *arena = &question->snapshot->arena;

	if (question->route + 1 == question->routes + question->route_count)
		return false;
	question->tried = arena_printf(arena, "%s; mirror %s: %.300s", question->tried,
				       question->contact->host, text);
	question->route++;
	begin_route(question);
	return true;
}

/* The end of the question, without content; or of this route. */
static void give_up(struct question *question, enum fact_state state, const char *text)
{
	const struct want *want = &question->want;
	CLEANUP(buf_release) struct buf reason = BUF_INIT(REASON_BYTES);

	end_fetch(question);
	if (takes_next_route(question, text))
		return;
	buf_printf(&reason, "%.255s/%.255s%s%.140s: ", want->registry, want->repository,
		   want->kind == WANT_TAG ? ":" : "@", name_of(question));
	if (question->route->mirror)
		buf_printf(&reason, "mirror %s: ", question->contact->host);
	buf_printf(&reason, "%s%s", text, question->tried);
	log_redact(reason.data);
	question->state = state;
	question->reason = arena_strdup(&question->snapshot->arena, buf_text(&reason));
}

static void settle_found(struct question *question, const struct digest *digest)
{
	question->state = FACT_FOUND;
	question->digest = *digest;
	if (question->mismatch) /* of a mirror's bytes */
		question->reason =
			arena_printf(&question->snapshot->arena, "%.255s/%.255s@%s%s",
				     question->want.registry, question->want.repository,
				     digest->text, question->tried);
	end_fetch(question);
}

/* The grammars of image_ref.h leave nothing that has a meaning in a URL; make sure. */
static bool is_path_text(const char *text)
{
	return text[0] && text[0] != '/' && !strstr(text, "..") &&
	       text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789._-/:")] == '\0';
}

/* The token server's word stands for the registry's. */
static void take_token_refusal(struct question *question,
			       const struct authorization *authorization)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(REASON_BYTES);

	buf_puts(&text, authorization->reason);
	if (authorization->state == FACT_DENIED)
		buf_printf(&text, "; %s",
			   registry_auth_note(question->contact->auth,
					      question->route->repository));
	give_up(question, authorization->state, buf_text(&text));
}

static void question_done(struct http_response *response, void *user);

/* auth_waiter.ready */
static void send_signed(const struct authorization *authorization, void *user)
{
	struct question *question = user;
	const struct registry_contact *contact = question->contact;
	CLEANUP(buf_release) struct buf url = BUF_INIT(4096);
	const char *headers[2] = { MANIFEST_ACCEPT, authorization->header };
	bool manifest = wants_manifest(question);

	if (authorization->state != FACT_FOUND) {
		take_token_refusal(question, authorization);
		return;
	}
	question->was_signed = authorization->header != NULL;
	question->generation = authorization->generation;
	buf_printf(&url, "%s%s/%s/%s/%s", contact->base, contact->api,
		   question->route->repository, manifest ? "manifests" : "blobs",
		   name_of(question));
	if (question->route->ns)
		buf_printf(&url, "?ns=%s", question->route->ns);
	if (!manifest)
		headers[0] = "Accept: */*";
	http_send(contact->settings->http,
		  &(struct http_request){
			  .method = question->get ? "GET" : "HEAD",
			  .url = buf_text(&url),
			  .headers = headers,
			  .header_count = authorization->header ? 2 : 1,
			  .body_limit = IMAGE_BODY_BYTES,
			  .trust = registry_contact_trust(contact),
			  .retry = true,
			  .done = question_done,
			  .user = question,
		  });
}

static void ask(struct question *question)
{
	question->auth_waiter = (struct auth_waiter){
		.ready = send_signed,
		.user = question,
	};
	registry_auth_ask(question->contact->auth, question->route->repository,
			  &question->auth_waiter);
}

/* contact_waiter.ready */
static void contact_made(void *user)
{
	struct question *question = user;

	if (question->contact->state != CONTACT_FAILED) {
		ask(question);
		return;
	}
	question->contact->refused++;
	give_up(question, FACT_UNKNOWN, question->contact->reason);
}

static void begin_route(struct question *question)
{
	question->contact = question->route->contact;
	question->get = !begins_with_head(question);
	question->sign_ins = 0;
	question->was_signed = false;
	if (!is_path_text(question->route->repository) ||
	    !is_path_text(name_of(question))) {
		give_up(question, FACT_UNKNOWN, "not a name that a registry could have");
		return;
	}
	question->contact_waiter = (struct contact_waiter){
		.ready = contact_made,
		.user = question,
	};
	registry_contact_ask(question->contact, &question->contact_waiter);
}

void question_begin(struct question *question)
{
	question->state = FACT_UNKNOWN;
	question->reason = question->tried = "";
	question->route = question->routes;
	begin_route(question);
}

/* Keep content that we hashed, with its bytes for the store. */
static void keep_image(struct question *question, const struct image *parsed,
		       const struct buf *body)
{
	struct snapshot *snapshot = question->snapshot;
	struct arena *arena = &snapshot->arena;
	struct image *image;

	if (image_set_find(&snapshot->images, &parsed->digest))
		return;
	image = arena_alloc(arena, sizeof(*image));
	*image = *parsed;
	image->fetched_at = timestamp_now();
	image->fetched_from = arena_printf(arena, "%s/%s", question->contact->name,
					   question->route->repository);
	image->body = arena_strndup(arena, buf_text(body), body->length);
	image_set_add(&snapshot->images, image);
}

static void take_content(struct question *question, const struct http_response *response)
{
	const struct content_wanted wanted = {
		.digest = question->want.digest,
		.blob = !wants_manifest(question),
	};
	struct error err = ERROR_INIT;
	struct image image;

	if (!answer_content(&image, &question->snapshot->arena, response, &wanted,
			    &err)) {
		question->mismatch = err.code == ERROR_MISMATCH;
		give_up(question, FACT_UNKNOWN, err.text);
		return;
	}
	keep_image(question, &image, &response->body);
	settle_found(question, &image.digest);
}

/* Does a HEAD say all there is to know?  It may also be a login page's. */
static bool head_suffices(const struct question *question,
			  const struct http_response *response,
			  const struct digest *named)
{
	if (!answer_has_registry_type(response))
		return false;
	if (question->want.kind == WANT_PRESENCE)
		return !digest_known(named) ||
		       digest_equal(named, &question->want.digest);
	return digest_known(named) &&
	       image_set_find(&question->snapshot->images, named) != NULL;
}

static void fetch(struct question *question)
{
	question->get = true;
	ask(question);
}

/*
 * True where another question fetches what this one's HEAD names, and will tell it; else
 * this one is to fetch it.  Of one host alone: none waits for another.
 */
static bool joins_a_fetch(struct question *question)
{
	struct arena *arena = &question->snapshot->arena;
	const char *name = arena_printf(arena, "%s %s", question->contact->host,
					question->named.text);
	const char **key;
	struct question **slot = (struct question **)table_slot(question->fetches, name,
								strlen(name), &key);
	struct question *other = *slot;

	if (other && other->fetches_for_all) {
		question->next_waiting = other->first_waiting;
		other->first_waiting = question;
		return true;
	}
	if (!other)
		*key = name;
	*slot = question;
	question->fetches_for_all = true;
	return false;
}

/* Tell those that wait; where nothing came of it, each asks for itself. */
static void end_fetch(struct question *question)
{
	struct question *waiting = question->first_waiting, *next;

	question->fetches_for_all = false;
	question->first_waiting = NULL;
	for (; waiting; waiting = next) {
		next = waiting->next_waiting;
		if (image_set_find(&waiting->snapshot->images, &waiting->named))
			settle_found(waiting, &waiting->named);
		else
			fetch(waiting);
	}
}

static void take_head(struct question *question, const struct http_response *response)
{
	struct digest named = answer_digest(response);

	question->named = named;
	if (!head_suffices(question, response, &named)) {
		if (question->want.kind != WANT_TAG || !digest_known(&named) ||
		    !answer_has_registry_type(response) || !joins_a_fetch(question))
			fetch(question);
		return;
	}
	snapshot_requests(question->snapshot, question->contact->host)->spared++;
	settle_found(question, &named);
}

static void take_refusal(struct question *question, const struct http_response *response)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;

	give_up(question, FACT_DENIED,
		arena_printf(&arena, "denied, or not there: %s answers %ld%s; %s",
			     question->contact->host, response->status,
			     answer_complaint(response, &arena),
			     registry_auth_note(question->contact->auth,
						question->route->repository)));
}

static void take_other_status(struct question *question,
			      const struct http_response *response)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	const char *after = http_header(response, "Retry-After");

	give_up(question, FACT_UNKNOWN,
		arena_printf(&arena, "%s answers %ld%s%s%.40s%s", question->contact->host,
			     response->status, answer_complaint(response, &arena),
			     after ? ", try again after " : "", after ? after : "",
			     response->status == 429 ? " (too many requests)" : ""));
}

static void take_status(struct question *question, const struct http_response *response)
{
	switch (response->status) {
	case 200:
		if (question->get)
			take_content(question, response);
		else
			take_head(question, response);
		break;
	case 404:
		give_up(question, FACT_ABSENT, "not there (404)");
		break;
	case 401:
	case 403:
		take_refusal(question, response);
		break;
	default:
		take_other_status(question, response);
	}
}

/* 400 is what ECR Public says of a token that has expired. */
static bool signs_in_again(struct question *question,
			   const struct http_response *response)
{
	if (response->status != 401 && (response->status != 400 || !question->was_signed))
		return false;
	if (question->sign_ins >= SIGN_INS_MOST + registry_auth_secrets_tried(
							  question->contact->auth,
							  question->route->repository) ||
	    !registry_auth_refused(question->contact->auth, question->route->repository,
				   response, question->was_signed, question->generation))
		return false;
	question->sign_ins++;
	ask(question);
	return true;
}

/* Where HEAD is not served, and where only a GET's body says why it is refused. */
static bool falls_back_to_get(struct question *question,
			      const struct http_response *response)
{
	if (question->get || (response->status != 405 && response->status != 403))
		return false;
	question->get = true;
	ask(question);
	return true;
}

static void question_done(struct http_response *response, void *user)
{
	struct question *question = user;
	long status = response->status;

	if (response->err.code != ERROR_NONE) {
		give_up(question, FACT_UNKNOWN, response->err.text);
		return;
	}
	if (signs_in_again(question, response))
		return;
	if (question->was_signed && status != 400 && status != 401 && status != 403)
		registry_auth_accepted(question->contact->auth,
				       question->route->repository);
	if (!falls_back_to_get(question, response))
		take_status(question, response);
}

static void conclude_tag(const struct question *question, const struct question *mirrors,
			 size_t mirror_count)
{
	const struct want *want = &question->want;
	struct arena *arena = &question->snapshot->arena;
	struct mirror_fact *facts = arena_alloc(arena, mirror_count * sizeof(*facts));

	for (size_t i = 0; i < mirror_count; i++)
		facts[i] = (struct mirror_fact){
			.host = arena_strdup(arena, mirrors[i].contact->host),
			.state = mirrors[i].state,
			.digest = mirrors[i].digest,
			.reason = mirrors[i].reason,
		};
	snapshot_add_tag(question->snapshot, &(struct tag_fact){
						     .registry = want->registry,
						     .repository = want->repository,
						     .tag = want->tag,
						     .state = question->state,
						     .digest = question->digest,
						     .reason = question->reason,
						     .mirrors = facts,
						     .mirror_count = mirror_count,
					     });
}

void question_conclude(const struct question *question, const struct question *mirrors,
		       size_t mirror_count)
{
	const struct want *want = &question->want;
	bool tag = want->kind == WANT_TAG;

	if (tag)
		conclude_tag(question, mirrors, mirror_count);
	if (tag && question->state != FACT_FOUND)
		return; /* it says nothing about a digest */
	snapshot_add_digest(question->snapshot,
			    &(struct digest_fact){
				    .registry = want->registry,
				    .repository = want->repository,
				    .digest = tag ? question->digest : want->digest,
				    .state = question->state,
				    .blob = want->kind == WANT_BLOB,
				    .mismatch = question->mismatch,
				    .reason = question->reason,
			    });
}
