#include "source/kube_list.h"

#include "source/kube_reader.h"

#define PAGES_UNDER_WAY 2
#define PATH_BYTES (8 * KUBE_CONTINUE_BYTES) /* with all of it percent-escaped */

/* One page that was asked for. */
struct page_request {
	struct kube_list *list;
	struct page_request *next; /* of the spare ones */
	unsigned generation;
	unsigned token_number; /* of the token that it carried */
	char *token;           /* of the page before it; "": it is the first one */
	bool followed;         /* its token was used */
	bool begun;            /* some of it came */
	struct error err;      /* what is wrong with its bytes */
	struct kube_reader reader;
};

static void page_request_free(struct page_request *request)
{
	kube_reader_release(&request->reader);
	free(request->token);
	free(request);
}

static void free_spare(struct kube_list *list)
{
	struct page_request *request;

	while ((request = list->spare)) {
		list->spare = request->next;
		page_request_free(request);
	}
}

/* The memory that pages take goes from one to the next: none of it is new to the system.
 */
static struct page_request *page_request_new(struct kube_list *list, const char *token)
{
	struct page_request *request = list->spare;

	if (request) {
		list->spare = request->next;
	} else {
		request = xcalloc(1, sizeof(*request));
		request->list = list;
		kube_reader_init(&request->reader, list->shape, list->worker);
	}
	request->generation = list->generation;
	request->token = xstrdup(token);
	return request;
}

static void page_request_end(struct page_request *request)
{
	struct kube_list *list = request->list;

	if (list->outcome != KUBE_UNASKED) { /* that was the last one */
		page_request_free(request);
		return;
	}
	free(request->token);
	request->token = NULL;
	request->followed = false;
	request->begun = false;
	request->err = (struct error)ERROR_INIT;
	kube_reader_clear(&request->reader);
	request->next = list->spare;
	list->spare = request;
}

static void list_end(struct kube_list *list, enum kube_outcome outcome)
{
	list->outcome = outcome;
	list->generation++; /* whatever is still under way is of no interest */
	free_spare(list);
	if (list->ended)
		list->ended(list->user);
}

static void list_fail(struct kube_list *list, const struct error *err)
{
	list->err = *err;
	list_end(list, KUBE_FAILED);
}

static bool stale(const struct page_request *request)
{
	return request->generation != request->list->generation;
}

static void add_parameter(struct buf *path, const char *name, const char *value)
{
	char *escaped = curl_easy_escape(NULL, value, 0);

	buf_printf(path, "&%s=%s", name, escaped ? escaped : "");
	curl_free(escaped);
}

static bool page_chunk(const char *data, size_t length, void *user);
static void page_done(struct http_response *response, void *user);

/* The path of a page, with the parameters of the list repeated. */
static void build_path(struct buf *path, const struct kube_list *list, const char *token)
{
	buf_printf(path, "%s?limit=%u", list->path, list->limit);
	if (list->selector[0])
		add_parameter(path, "labelSelector", list->selector);
	if (list->field_selector[0])
		add_parameter(path, "fieldSelector", list->field_selector);
	if (token[0])
		add_parameter(path, "continue", token);
}

static void send_page(struct kube_list *list, const char *token)
{
	CLEANUP(buf_release) struct buf path = BUF_INIT(PATH_BYTES);
	struct page_request *request = page_request_new(list, token);

	build_path(&path, list, token);
	list->under_way++;
	list->page_count++;
	request->token_number =
		kube_client_get(list->client, &(struct kube_get){
						      .path = buf_text(&path),
						      .accept = list->accept,
						      .body_limit = KUBE_PAGE_BYTES,
						      .chunk = page_chunk,
						      .done = page_done,
						      .user = request,
					      });
}

static bool endless(const struct kube_list *list)
{
	return list->page_count > KUBE_LIST_ITEMS / list->limit ||
	       list->empty_count > KUBE_EMPTY_PAGES;
}

static void list_begin(struct kube_list *list)
{
	list->under_way = 0;
	list->page_count = 0;
	list->empty_count = 0;
	free(list->held_token);
	list->held_token = NULL;
	send_page(list, "");
}

static void list_restart(struct kube_list *list)
{
	list->generation++;
	list->forget(list->user);
	list_begin(list);
}

/* Ask for the page behind this one as soon as its token is known. */
static void follow(struct page_request *request)
{
	struct kube_list *list = request->list;
	const char *token;

	if (request->followed || !request->reader.page.next)
		return;
	token = request->reader.page.next;
	request->followed = true;
	if (!token[0])
		return;
	if (list->under_way < PAGES_UNDER_WAY)
		send_page(list, token);
	else
		list->held_token = xstrdup(token);
}

static bool page_chunk(const char *data, size_t length, void *user)
{
	struct page_request *request = user;

	request->begun = true;
	if (stale(request) ||
	    !kube_reader_feed(&request->reader, data, length, &request->err))
		return false;
	follow(request);
	return true;
}

static bool fold_items(struct page_request *request, struct error *err)
{
	struct kube_list *list = request->list;
	const struct kube_page *page = &request->reader.page;

	for (size_t i = 0; i < page->item_count; i++) {
		if (!list->fold(page->items[i], list->user, err))
			return false;
	}
	list->empty_count = page->item_count ? 0 : list->empty_count + 1;
	return true;
}

/* A page without items may come again, since the server looked at some; others not. */
static bool check_progress(const struct page_request *request, struct error *err)
{
	const struct kube_list *list = request->list;
	const struct kube_page *page = &request->reader.page;

	if (page->item_count && page->next[0] && strcmp(page->next, request->token) == 0)
		return error_set(err, ERROR_LIMIT,
				 "a continue token leads to the same page again");
	if (endless(list))
		return error_set(err, ERROR_LIMIT, "the list does not end after %u pages",
				 list->page_count);
	return true;
}

/* A page has come.  False where the list has ended by it. */
static bool page_take(struct page_request *request)
{
	struct kube_list *list = request->list;
	struct error err = ERROR_INIT;

	if (!kube_reader_finish(&request->reader, &err) || !fold_items(request, &err)) {
		list_fail(list, &err);
		return false;
	}
	follow(request);
	if (!check_progress(request, &err)) {
		list_fail(list, &err);
		return false;
	}
	return true;
}

/* A page has been seen to: there is room for the next one. */
static void list_go_on(struct kube_list *list)
{
	if (list->held_token) {
		CLEANUP(free_pointer) char *token = list->held_token;

		list->held_token = NULL;
		send_page(list, token);
	}
	if (list->under_way == 0)
		list_end(list, KUBE_LISTED);
}

/* No complete answer came. */
static void page_broke(struct page_request *request, const struct error *why)
{
	struct kube_list *list = request->list;
	bool too_large = why->code == ERROR_LIMIT && request->begun;

	if (request->err.code != ERROR_NONE) {
		list_fail(list, &request->err);
	} else if (too_large && list->limit > 1) {
		list->limit /= 2;
		list_restart(list);
	} else if (!too_large && request->begun && !list->restarted) {
		list->restarted = true;
		list_restart(list);
	} else {
		list_fail(list, why);
	}
}

/* The server answered something else than a page. */
static void page_refused(struct page_request *request, struct http_response *response)
{
	struct kube_list *list = request->list;

	if (response->status == 410 && request->token[0] && !list->restarted) {
		list->restarted = true;
		list_restart(list);
		return;
	}
	if (response->status == 401 &&
	    kube_client_renew(list->client, request->token_number)) {
		list_restart(list);
		return;
	}
	kube_status_explain(response, &list->err);
	list_end(list, response->status == 403   ? KUBE_FORBIDDEN
		       : response->status == 404 ? KUBE_NOT_SERVED
						 : KUBE_FAILED);
}

static void page_done(struct http_response *response, void *user)
{
	struct page_request *request = user;
	struct kube_list *list = request->list;
	bool taken = false;

	if (!stale(request)) {
		list->under_way--;
		if (response->err.code != ERROR_NONE)
			page_broke(request, &response->err);
		else if (response->status != 200)
			page_refused(request, response);
		else
			taken = page_take(request);
	}
	page_request_end(request);
	if (taken)
		list_go_on(list);
}

void kube_list_start(struct kube_list *list)
{
	list->limit = KUBE_PAGE_ITEMS;
	list_begin(list);
}

void kube_list_release(struct kube_list *list)
{
	free(list->held_token);
	list->held_token = NULL;
	free_spare(list);
}
