#include "commands/commands.h"

#include "base/file.h"
#include "base/log.h"
#include "commands/database.h"
#include "commands/file_list.h"
#include "commands/gate.h"
#include "commands/network.h"
#include "commands/pin_edits.h"
#include "commands/pin_kubectl.h"
#include "commands/tree_policy.h"
#include "drift/environment.h"
#include "source/kube_manifest.h"
#include "source/worktree.h"

#include <errno.h>

#define FILE_BYTES ((size_t)256 * 1024 * 1024)  /* as kube_manifest_read() */
#define DIFF_BYTES ((size_t)1024 * 1024 * 1024) /* of one file, or of all commands */
#define ROUNDS 64 /* most times that registries are asked: candidates come one by one */

/* Everything that `pin` holds. */
struct pinning {
	const struct settings *settings;
	struct snapshot snapshot; /* what is declared, and what registries said */
	struct pin_plan plan;
	struct store *store; /* --from running */
	struct pin_running running;
	struct worktree tree;     /* what the names in the diff are relative to */
	struct table seen;        /* real paths of the files that were looked at */
	struct buf before, after; /* of one file */
	size_t changed_count;     /* references */
};

static void pinning_release(struct pinning *pinning)
{
	buf_release(&pinning->before);
	buf_release(&pinning->after);
	table_release(&pinning->seen);
	pin_plan_release(&pinning->plan);
	pin_running_release(&pinning->running);
	store_close(&pinning->store);
	snapshot_release(&pinning->snapshot);
}

/* Options of which only one can be given. */
static const struct {
	size_t one; /* in struct settings */
	const char *one_name;
	size_t other;
	const char *other_name;
} contradictions[] = {
	{ offsetof(struct settings, diff), "diff", offsetof(struct settings, write),
	  "write" },
	{ offsetof(struct settings, diff), "diff", offsetof(struct settings, kubectl),
	  "kubectl" },
	{ offsetof(struct settings, write), "write", offsetof(struct settings, kubectl),
	  "kubectl" },
	{ offsetof(struct settings, unpin), "unpin", offsetof(struct settings, update),
	  "update" },
	{ offsetof(struct settings, unpin), "unpin", offsetof(struct settings, drop_tag),
	  "drop-tag" },
	{ offsetof(struct settings, unpin), "unpin", offsetof(struct settings, kubectl),
	  "kubectl" },
	{ offsetof(struct settings, unpin), "unpin",
	  offsetof(struct settings, allow_platform), "allow-platform" },
};

static bool is_set(const struct settings *settings, size_t offset)
{
	return *(const bool *)((const char *)settings + offset);
}

static bool check_pairs(const struct settings *settings, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(contradictions); i++) {
		if (is_set(settings, contradictions[i].one) &&
		    is_set(settings, contradictions[i].other))
			return error_set(
				err, ERROR_USAGE, "--%s and --%s exclude each other",
				contradictions[i].one_name, contradictions[i].other_name);
	}
	return true;
}

static bool check_from(const struct settings *settings, struct error *err)
{
	if (settings->from && strcmp(settings->from, "running") != 0)
		return error_set(err, ERROR_USAGE, "--from %.40s: only 'running'",
				 settings->from);
	if (settings->from && settings->unpin)
		return error_set(err, ERROR_USAGE,
				 "--unpin and --from exclude each other");
	if (settings->allow_platform && !settings->from)
		return error_set(err, ERROR_USAGE,
				 "--allow-platform is for --from running");
	return true;
}

static bool check_usage(const struct settings *settings, const struct option_list *paths,
			struct error *err)
{
	if (!check_pairs(settings, err) || !check_from(settings, err))
		return false;
	for (size_t i = 0; i < paths->count; i++) {
		if (strcmp(paths->items[i], "-") == 0 && !settings->kubectl)
			return error_set(err, ERROR_USAGE,
					 "pin edits files, and standard input is none");
	}
	return true;
}

/* One round of questions; `*done` where none is left. */
static bool ask_once(struct pinning *pinning, struct network *network, bool *done,
		     struct error *err)
{
	struct snapshot *snapshot = &pinning->snapshot;
	CLEANUP(wants_release) struct wants wants = { .arena = &pinning->plan.arena };

	for (size_t i = 0; i < snapshot->declared_count; i++)
		pin_plan_want(&pinning->plan, &snapshot->declared[i], &wants);
	*done = wants.count == 0;
	if (*done)
		return true;
	if (!network->http && !network_open(network, err))
		return false;
	registry_answer(network->registries, snapshot, wants.items, wants.count);
	return true;
}

/* Ask for all tags at once, so that two references to one tag get one digest. */
static bool ask_registries(struct pinning *pinning, struct network *network,
			   struct error *err)
{
	bool done = false;

	for (int round = 0; round < ROUNDS && !done; round++) {
		if (!ask_once(pinning, network, &done, err))
			return false;
	}
	return true;
}

/* Names are relative to the work tree, or to where the user stands; never absolute. */
static const char *diff_name(struct pinning *pinning, const char *path)
{
	const char *name = worktree_relative(&pinning->tree, path, &pinning->plan.arena);

	return name + strspn(name, "/");
}

static bool print_diff(struct pinning *pinning, const char *path, struct error *err)
{
	CLEANUP(buf_release) struct buf diff = BUF_INIT(DIFF_BYTES);
	struct edit_list list = { buf_text(&pinning->before), pinning->before.length,
				  pinning->plan.edits, pinning->plan.edit_count };

	if (!edit_diff(&diff, diff_name(pinning, path), &list, err))
		return false;
	fwrite(buf_text(&diff), 1, diff.length, stdout);
	return true;
}

/* Plan the edits of the file of a use by its content now, and show or make them. */
static bool pin_file(struct pinning *pinning, const struct declared_use *first,
		     const char *path, struct error *err)
{
	const struct pin_file file = { first->file, first->path };

	buf_clear(&pinning->before);
	if (!file_read(&pinning->before, path, err) ||
	    !pin_edits_make(&pinning->plan, &file, &pinning->before, &pinning->after,
			    err))
		return false;
	if (pinning->plan.edit_count == 0)
		return true;
	if (!(pinning->settings->write
		      ? file_replace(path, &pinning->before, &pinning->after, err)
		      : print_diff(pinning, path, err)))
		return false;
	pinning->changed_count += pinning->plan.edit_count;
	return true;
}

/* True the first time only: links lead several names to one file. */
static bool is_new(struct pinning *pinning, const char *path)
{
	const char **key_kept;
	void **slot = table_slot(&pinning->seen, path, strlen(path), &key_kept);

	if (*slot)
		return false;
	*key_kept = arena_strdup(&pinning->plan.arena, path);
	*slot = pinning;
	return true;
}

static void visit_file(struct pinning *pinning, const struct declared_use *first)
{
	char *path CLEANUP(free_pointer) = realpath(first->file, NULL);
	struct error err = ERROR_INIT;
	bool ok;

	if (path && !is_new(pinning, path))
		return;
	ok = path ? pin_file(pinning, first, path, &err) : file_fail(&err, errno);
	if (!ok)
		pin_plan_refuse(&pinning->plan, PIN_UNANSWERED,
				arena_printf(&pinning->plan.arena,
					     "%s: stays as it is: %s", first->file,
					     err.text));
}

/* The uses of a file follow one another. */
static void visit_files(struct pinning *pinning)
{
	const struct snapshot *snapshot = &pinning->snapshot;
	const char *name = NULL;

	for (size_t i = 0; i < snapshot->declared_count; i++) {
		if (name && strcmp(name, snapshot->declared[i].file) == 0)
			continue;
		name = snapshot->declared[i].file;
		visit_file(pinning, &snapshot->declared[i]);
	}
}

static bool print_commands(struct pinning *pinning, struct error *err)
{
	CLEANUP(buf_release) struct buf lines = BUF_INIT(DIFF_BYTES);

	pinning->changed_count =
		pin_kubectl_print(&pinning->plan, pinning->running.namespace, &lines);
	if (lines.overflowed)
		return error_set(err, ERROR_LIMIT, "more commands than 1 GiB");
	fwrite(buf_text(&lines), 1, lines.length, stdout);
	return true;
}

/* What was left as it is, and why. */
static void tell(const struct pinning *pinning)
{
	const struct snapshot *snapshot = &pinning->snapshot;

	for (size_t i = 0; i < pinning->plan.refusal_count; i++) {
		const struct pin_refusal *refusal = &pinning->plan.refusals[i];

		log_message(refusal->obstacle == PIN_NOTE ? LOG_WARNING : LOG_ERROR, "%s",
			    refusal->text);
	}
	for (size_t i = 0; i < snapshot->gap_count; i++) {
		const struct gap *gap = &snapshot->gaps[i];

		log_message(gap->waived ? LOG_WARNING : LOG_ERROR,
			    "%s: could not %s: %s [%s]", gap->subject,
			    pinning->settings->unpin ? "unpin" : "pin", gap->reason,
			    gap_name(gap->kind));
	}
	if (snapshot->ignored_count > 0)
		log_message(LOG_WARNING,
			    "files without anything that is known to hold images, which "
			    "are not edited: %u",
			    snapshot->ignored_count);
}

static bool has_refusal(const struct pin_plan *plan, enum pin_obstacle obstacle)
{
	for (size_t i = 0; i < plan->refusal_count; i++) {
		if (plan->refusals[i].obstacle == obstacle)
			return true;
	}
	return false;
}

static enum exit_status status_of(const struct pinning *pinning, const struct gate *gate,
				  const struct option_list *paths)
{
	const struct snapshot *snapshot = &pinning->snapshot;
	const struct outcome no_findings = { .finding_count = 0 };
	bool nothing = snapshot->declared_count == 0 && gate_expects_images(paths);
	bool to_change = !pinning->settings->write && pinning->changed_count > 0;

	if (to_change || has_refusal(&pinning->plan, PIN_OWN_SAKE))
		return EXIT_VIOLATED;
	if (has_refusal(&pinning->plan, PIN_UNANSWERED))
		return EXIT_INCOMPLETE;
	return gate_status(gate, &no_findings, snapshot->gaps, snapshot->gap_count,
			   nothing);
}

/* The work tree of the first path; without one, the current folder. */
static struct worktree find_tree(const struct option_list *paths, struct arena *arena)
{
	struct worktree tree = worktree_find(paths->count ? paths->items[0] : ".", arena);
	char *here CLEANUP(free_pointer) = tree.root[0] ? NULL : realpath(".", NULL);

	if (here && strcmp(here, "/") != 0)
		tree.root = arena_strdup(arena, here);
	return tree;
}

/* What runs, as the newest scan saw it. */
static bool load_running(struct pinning *pinning, struct error *err)
{
	pinning->store = database_open(pinning->settings, STORE_READ, err);
	if (!pinning->store || !pin_running_load(&pinning->running, pinning->store, err))
		return false;
	pinning->plan.running = &pinning->running;
	return true;
}

static bool pin(struct pinning *pinning, const struct option_list *paths,
		enum exit_status *status, struct error *err)
{
	const struct settings *settings = pinning->settings;
	CLEANUP(network_release) struct network network = { .http = NULL };
	struct gate gate;

	*status = EXIT_USAGE;
	if (!check_usage(settings, paths, err) || !gate_init(&gate, settings, err) ||
	    !network_configure(&network, settings, err) ||
	    !tree_policy_read(&pinning->snapshot, settings, paths, err) ||
	    !file_list_manifests(&pinning->snapshot, settings, paths, true, err))
		return false;
	gate_waive(&gate, pinning->snapshot.gaps, pinning->snapshot.gap_count);
	environment_place(&pinning->snapshot);
	pinning->tree = find_tree(paths, &pinning->plan.arena);
	if ((settings->from && !load_running(pinning, err)) ||
	    !ask_registries(pinning, &network, err)) {
		*status = err->code == ERROR_USAGE ? EXIT_USAGE : EXIT_FATAL;
		return false;
	}
	*status = EXIT_FATAL;
	if (!settings->kubectl)
		visit_files(pinning);
	else if (!print_commands(pinning, err))
		return false;
	if (fflush(stdout) != 0 || ferror(stdout))
		return error_set(err, ERROR_SYSTEM, "standard output cannot be written");
	tell(pinning);
	*status = status_of(pinning, &gate, paths);
	return true;
}

enum exit_status command_pin(const struct settings *settings,
			     const struct option_list *operands)
{
	const char *here = ".";
	struct option_list current = { &here, 1, NULL };
	CLEANUP(pinning_release)
	struct pinning pinning = {
		.settings = settings,
		.plan = { .wish = { settings->update, settings->unpin,
				    settings->drop_tag },
			  .facts = &pinning.snapshot,
			  .arena = ARENA_INIT },
		.running = { .namespace = settings->namespace ? settings->namespace : "",
			     .update = settings->update,
			     .allow_platform = settings->allow_platform,
			     .arena = ARENA_INIT,
			     .known = TABLE_INIT },
		.seen = TABLE_INIT,
		.before = BUF_INIT(FILE_BYTES),
		.after = BUF_INIT(FILE_BYTES),
	};
	enum exit_status status;
	struct error err = ERROR_INIT;

	snapshot_init(&pinning.snapshot, 0);
	report_init(&pinning.running.scan);
	if (!pin(&pinning, operands->count || settings->files_from0 ? operands : &current,
		 &status, &err))
		log_message(LOG_ERROR, "%s", err.text);
	return status;
}
