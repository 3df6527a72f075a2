/*
 * custom.h - which declared image of a custom resource does a container of its pods run?
 *
 * A controller makes pods of a custom resource as it likes.  A field in a PodSpec names
 * its container (declared_use.named).  Any other is looked for by its repository among
 * the containers of the resource's pods: one of the field's own name is meant; else what
 * runs as it is declared, and the same container of other pods.  Of the others, one is
 * held to a field only if no other field and no other container can be meant; else it is
 * unclear, which is neither drift nor clean.  What no field names the controller adds by
 * itself.
 */
#ifndef DRIFT_CUSTOM_H
#define DRIFT_CUSTOM_H

#include "base/table.h"
#include "model/snapshot.h"

enum custom_state {
	CUSTOM_MISSED,  /* no container runs it */
	CUSTOM_MET,     /* some container is held to it */
	CUSTOM_UNCLEAR, /* some container may be meant by it */
};

/* One image field of a custom resource. */
struct custom_field {
	struct custom_field *next;
	const struct declared_use *declared;
	struct image_ref rewritten; /* what the policy makes of its reference */
	enum custom_state state;
	bool own;   /* some container is of its name */
	bool spare; /* more fields declare its image than containers are known to run it
		     */
	const char *unclear; /* another manifest declares the same field with another
				reference; else NULL */
};

/* A custom resource that manifests declare. */
struct custom_object {
	const char *namespace;
	struct object_id object;
	unsigned traits; /* what is known of its kind */
	bool has_pods;
	struct custom_field *fields; /* in the order of their declarations */
	struct custom_field **end;
	size_t field_count;
	struct custom_slot *slots; /* containers of its pods */
};

/* All of one cluster. */
struct customs {
	struct arena *arena;             /* of all texts and lists */
	const struct snapshot *snapshot; /* for its policy and selector */
	int64_t now;
	struct table objects; /* object_key() to struct custom_object */
	struct table fields;  /* the same and a field, to it */
	struct table slots;   /* the same and a container, to struct custom_slot */
	struct custom_object *
		*items; /* count items, in the order of their declarations */
	size_t count;
};

/* What a container of a custom resource's pod is held to. */
struct custom_choice {
	const struct custom_object *object;  /* NULL: no manifest declares it */
	const struct declared_use *declared; /* NULL: the controller's own container */
	const char *unclear; /* why nobody can tell whether it is; NULL: it is */
	bool replaced;       /* younger pods run what is declared, since not long ago */
};

/* Whether a declared image is that of a custom resource. */
bool custom_is_declared(const struct declared_use *declared);

/* `arena` and `snapshot` are borrowed until customs_release(). */
void customs_init(struct customs *customs, struct arena *arena,
		  const struct snapshot *snapshot, int64_t now);
void customs_release(struct customs *customs);

/*
 * The calls come in this order: what is declared, in its namespace ("": in none); then
 * every row that runs, with its member of the owner chain that is declared; then
 * customs_settle(), and the choice for each row.
 */
void customs_declare(struct customs *customs, const char *namespace,
		     const struct declared_use *declared);
void customs_look(struct customs *customs, const struct object_id *owner,
		  const struct running_use *running);
void customs_settle(struct customs *customs);
struct custom_choice customs_choose(const struct customs *customs,
				    const struct object_id *owner,
				    const struct running_use *running);

/* Whether there is something to be said of a field that no container is held to. */
bool custom_is_missed(const struct custom_object *object,
		      const struct custom_field *field);

/* How many images are declared of which nothing can be said: their objects have no pods.
 */
size_t customs_count_silent(const struct customs *customs);
void custom_tell_silent(struct snapshot *snapshot, size_t count);

/* Why nobody can tell which of two manifests counts. */
const char *custom_rivals(struct arena *arena, const struct declared_use *one,
			  const struct declared_use *other);

/* Whether controllers of the kind have pods as long as the object is there. */
bool custom_lasts(const struct object_id *object);

#endif
