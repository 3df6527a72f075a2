/*
 * snapshot.h - all that one run saw, as plain data
 *
 * Sources fill it, drift reads it, the store keeps it.  Its arena owns every
 * string and array in it.  Strings are never NULL: "" is "not there".
 */
#ifndef MODEL_SNAPSHOT_H
#define MODEL_SNAPSHOT_H

#include "model/image.h"
#include "model/image_id.h"
#include "model/image_ref.h"
#include "model/policy.h"
#include "model/waiver.h"

enum container_class {
	CLASS_CONTAINER,
	CLASS_INIT,
	CLASS_SIDECAR, /* an init container with restartPolicy Always */
	CLASS_EPHEMERAL,
	CLASS_IMAGE_VOLUME, /* spec.volumes[].image.reference; named by the volume */
};

/* "container", "init", "sidecar", "ephemeral", "image-volume". */
const char *container_class_name(enum container_class class);

/* One object: what an owner reference or a manifest's head names. */
struct object_id {
	const char *api_group; /* "" for core, "apps", "batch", "argoproj.io" */
	const char *kind;
	const char *name;
};

bool object_id_equal(const struct object_id *a, const struct object_id *b);
/* Order by kind, name, group: as a person would look for it. */
int object_id_compare(const struct object_id *a, const struct object_id *b);

/* Why a reference could not be read. */
enum reference_state {
	REFERENCE_OK,
	REFERENCE_BAD,         /* no valid reference */
	REFERENCE_PLACEHOLDER, /* to be filled in by a tool */
	REFERENCE_EMPTY,       /* the field is absent, empty or null */
};

/* A container's image as it is written somewhere. */
struct container_image {
	const char *container; /* name; "" where there is none */
	enum container_class class;
	const char *text; /* verbatim */
	enum reference_state state;
	struct image_ref ref; /* REFERENCE_OK only */
	const char *problem;  /* REFERENCE_BAD: why */
};

/* What a kustomization that was evaluated made of an image of its bases. */
struct overlay {
	const char *path; /* of its file, as in declared_use */
	const char
		*dropped_pin; /* "base/web.yaml:12": its digest was taken away; or "" */
};

/* One image that a kube manifest declares. */
struct declared_use {
	const char *file; /* as the user named it; "-" for standard input */
	const char *path; /* relative to the work tree's root, for reports and keys */
	uint32_t line, column; /* of the scalar, from 1 */
	size_t begin, end;     /* its bytes in the file, quotes included */
	const char *cluster;   /* "" while not known */
	const char *namespace; /* "" while not known */
	struct object_id object;
	const char *field; /* "spec.template.spec.containers[0].image" */
	struct container_image image;
	uint32_t duplicate_line; /* of a second `image` key in the same mapping, else 0 */
	bool composed;  /* its text is put together from several values; the place is that
			   of its digest, else tag, else repository */
	bool workload;  /* the API server makes pods of it */
	bool named;     /* of a custom resource: its pods have a container of the image's
			   name */
	bool overrides; /* an entry of a kustomization: what it makes of references in
			   other files; the place is that of its digest, or tag */
	bool local;     /* config.kubernetes.io/local-config: kustomize leaves it out */
	const struct overlay *overlay; /* that it is deployed through: namespace, name and
					  image are what that makes of them, the place
					  is that of the text that decides; NULL: none */
};

/* Path of the file that a use is deployed through: that of its overlay, or its own. */
const char *declared_home(const struct declared_use *use);

/* What is known of a pod's container when it was looked at. */
enum running_state {
	RUNNING_PENDING, /* not started yet: no question is asked */
	RUNNING_STARTED, /* has an imageID: runs, or (init, crash loop) ran */
	RUNNING_FAILING, /* waits for its image in vain: ErrImagePull, ImagePullBackOff, …
			  */
};

#define OWNER_CHAIN 6 /* most members that are followed */

/* All pods that run one image in one container of one workload, folded. */
struct running_use {
	uint32_t cluster; /* its number in the snapshot's clusters */
	const char *namespace;
	struct object_id owners[OWNER_CHAIN]; /* nearest to the pod first; a pod without
						 a controller is its own first owner */
	size_t owner_count;
	bool labelled; /* the last of them is what labels say: it counts if declared */
	struct container_image image; /* from the pod's spec */
	const char *image_id_text;    /* verbatim */
	struct image_id image_id;
	struct platform platform; /* of the node */
	enum running_state state;
	const char *reason;     /* RUNNING_FAILING: the waiting reason */
	const char *revision;   /* pod-template-hash, rollouts-pod-template-hash,
				   controller-revision-hash; "" where there is none */
	const char *generation; /* pod-template-generation (DaemonSet) */
	int64_t newest_pod_at;  /* creation of the youngest pod, Unix seconds */
	uint32_t pod_count;
	const char *pod; /* the name of one of them: the first by name */
	bool mirror;     /* a static pod */
	bool ending;     /* was deleted, and its grace period has not passed */
};

/* A live workload's own template: what its next pods will run. */
struct live_workload {
	uint32_t cluster; /* its number in the snapshot's clusters */
	const char *namespace;
	struct object_id object;
	struct container_image *images; /* of its template */
	size_t image_count;
	bool has_template;    /* false for owners known by metadata alone */
	const char *revision; /* of the template's pods, as in running_use; "" unknown */
	const char *generation; /* DaemonSet: its template generation; "" unknown */
	bool idle; /* wants no pods now: 0 replicas, a CronJob, a finished Job */
	int64_t progress_at;      /* the rollout's last sign of progress; 0 unknown */
	int64_t deadline_seconds; /* progress deadline; 0: the default of an hour */
	bool deadline_exceeded;   /* the controller says so itself */
	bool progressing;         /* or that it goes on, however long it takes */
};

enum fact_state {
	FACT_FOUND,
	FACT_ABSENT,  /* 404, and only 404 */
	FACT_DENIED,  /* 401 or 403 after the whole sign-in: denied or absent */
	FACT_UNKNOWN, /* no usable answer */
};

/* What a mirror of a tag's registry says of the tag. */
struct mirror_fact {
	const char *host;
	enum fact_state state;
	struct digest digest; /* FACT_FOUND */
	const char *reason;   /* otherwise */
};

/* What a tag resolves to now. */
struct tag_fact {
	const char *registry, *repository, *tag;
	enum fact_state state;
	struct digest digest; /* FACT_FOUND: hashed by us, or unmoved (known content) */
	const char *reason;   /* otherwise: one line for people */
	uint32_t moves; /* seen in the last days, drift.h says how many, up to now */
	const struct mirror_fact *mirrors; /* where they are to be compared */
	size_t mirror_count;
};

/* Whether a repository holds a digest. */
struct digest_fact {
	const char *registry, *repository;
	struct digest digest;
	enum fact_state state;
	bool blob;          /* asked for under /blobs/, not /manifests/ */
	bool mismatch;      /* the registry served other bytes than the digest says */
	const char *reason; /* where not FACT_FOUND */
};

/* Something that drift needs to know about an image. */
enum want_kind {
	WANT_TAG,      /* what a tag resolves to, and the content of that */
	WANT_PRESENCE, /* whether a repository holds a manifest whose content is known */
	WANT_MANIFEST, /* the content of a manifest or index */
	WANT_BLOB,     /* the content of a config */
};

struct want {
	enum want_kind kind;
	const char *registry, *repository;
	const char *tag;      /* WANT_TAG */
	struct digest digest; /* the others */
};

/* The gaps that there are; their ids, as gap_name() gives them, never change. */
enum gap_kind {
	GAP_FORBIDDEN,
	GAP_UNREACHABLE,
	GAP_NOT_YAML,
	GAP_TOO_LARGE,
	GAP_UNREADABLE, /* a file that could not be opened, or is no regular file */
	GAP_HELM_TEMPLATE,
	GAP_KUSTOMIZE,
	GAP_UNKNOWN_KIND,
	GAP_PARAMETER,
	GAP_NAMESPACE_UNKNOWN,
	GAP_AMBIGUOUS_DECLARATION,
	GAP_UNRESOLVED,
	GAP_UNAUTHORIZED,
	GAP_NOT_IN_DUMP, /* a cluster dump lacks what a verdict needs */
	GAP_KIND_COUNT,
};

/* "forbidden", "kustomize-not-evaluated", … */
const char *gap_name(enum gap_kind kind);

/* What was asked for and could not be observed. */
struct gap {
	enum gap_kind kind;
	const char *subject; /* what: "namespace shop", "deploy/web.yaml", an image */
	const char *reason;  /* why, and what to do; one line */
	const char
		*scope; /* what it hides: an area of model/scope.h; "" hides no finding */
	bool waived;
	const struct waiver *waiver; /* that covers it; NULL: --allow-incomplete, or none
				      */
};

/* What was looked at: an area or scope of model/scope.h. */
struct coverage {
	const char *scope;
	bool observed;    /* false where a gap hides it */
	const char *note; /* for people: "namespace shop: 15 pods" */
};

/*
 * A kind whose objects could not be listed where the pods could.  What its pods belong
 * to, and whether they are about to be replaced, is not known; of other pods it is.
 */
struct unseen_kind {
	uint32_t cluster;      /* its number in the snapshot's clusters */
	const char *namespace; /* "" for all of the cluster */
	const char *api_group, *kind;
};

struct cluster_identity {
	const char *key;     /* "uid:…", "name:…" or "server:<hash>" */
	const char *name;    /* for people: --cluster-name, else the kubeconfig's name */
	const char *context; /* of the kubeconfig, or ""; not kept */
	const char *server;  /* URL */
	const char *alias;   /* another key of the same cluster, or "" */
	bool insecure;       /* its certificate was not verified, as configured */
};

/* Whether somebody who says `name` means it: its name, its context, or a key of it. */
bool cluster_is_called(const struct cluster_identity *cluster, const char *name);

/* Whether two identities are of one cluster: by uid, else by any key that they share. */
bool cluster_is_same(const struct cluster_identity *a, const struct cluster_identity *b);

/* A cluster that was asked, and what it was asked about. */
struct scanned_cluster {
	struct cluster_identity identity;
	const char *namespace; /* scanned namespace; "" for all */
};

/* What one host was asked. */
struct request_count {
	const char *host;
	uint32_t made;    /* requests sent */
	uint32_t failed;  /* without a usable answer */
	uint32_t spared;  /* answered by the store */
	uint32_t refused; /* not sent: the host was given up, or time was up */
	uint64_t bytes;   /* of bodies received */
};

struct snapshot {
	struct arena arena;
	int64_t observed_at;              /* Unix seconds, UTC */
	struct scanned_cluster *clusters; /* none where manifests alone are looked at */
	size_t cluster_count;
	const char *selector; /* that chose the pods, for people; "": all of them */
	const char *tree;     /* identity of the work tree: its remote URL, or "" */
	struct policy policy;
	struct waiver *waivers;
	size_t waiver_count;
	bool no_inline_waivers;        /* those of manifests are only counted */
	uint32_t ignored_waiver_count; /* inline ones that were not heeded */
	struct declared_use *declared;
	size_t declared_count;
	uint32_t file_count;    /* files that held Kubernetes objects */
	uint32_t ignored_count; /* files that held none */
	struct running_use *running;
	size_t running_count;
	uint32_t pod_count;       /* pods that were looked at */
	uint32_t ended_pod_count; /* left out: Succeeded, Failed */
	struct live_workload *live;
	size_t live_count;
	struct unseen_kind *unseen;
	size_t unseen_count;
	struct tag_fact *tags;
	size_t tag_count;
	struct digest_fact *digests;
	size_t digest_count;
	struct table tag_table, digest_table; /* key to number + 1 in tags, digests */
	struct image_set images;
	struct gap *gaps;
	size_t gap_count;
	struct table gap_table; /* key to number + 1 in gaps */
	struct coverage *coverage;
	size_t coverage_count;
	struct request_count *requests;
	size_t request_count;
};

void snapshot_init(struct snapshot *snapshot, int64_t observed_at);
void snapshot_release(struct snapshot *snapshot);

/*
 * A part for a reader of its own, which may be a thread: empty, with the clock, tree and
 * policy of `whole`, lent and not to be written to.
 */
void snapshot_part(struct snapshot *part, const struct snapshot *whole);
/*
 * Append what the parts declare, their gaps, waivers and counts of files, and own their
 * arenas.  Parts in the order of their files give what one reader would have.
 */
void snapshot_merge(struct snapshot *whole, struct snapshot *parts, size_t count);

/*
 * Append the one cluster that a part observed, with all that runs there, its gaps,
 * coverage and requests, and own its arena.
 */
void snapshot_merge_cluster(struct snapshot *whole, struct snapshot *part);

/* Append; the strings must live in the snapshot's arena (or be literals). */
void snapshot_add_cluster(struct snapshot *snapshot,
			  const struct scanned_cluster *cluster);
void snapshot_add_declared(struct snapshot *snapshot, const struct declared_use *use);
/* Append `count` zeroed uses at once, for the caller to fill in; returns the first, or
 * NULL for none. */
struct running_use *snapshot_extend_running(struct snapshot *snapshot, size_t count);
void snapshot_add_live(struct snapshot *snapshot, const struct live_workload *live);
void snapshot_add_unseen(struct snapshot *snapshot, const struct unseen_kind *unseen);
void snapshot_add_coverage(struct snapshot *snapshot, const char *scope, bool observed,
			   const char *note);
/* `subject`, `reason` and `scope` are copied; a gap equal in kind and subject is kept
 * once. */
void snapshot_add_gap(struct snapshot *snapshot, enum gap_kind kind, const char *subject,
		      const char *reason, const char *scope);

void snapshot_add_waiver(struct snapshot *snapshot, const struct waiver *waiver);

/* Facts replace an earlier one about the same thing. */
void snapshot_add_tag(struct snapshot *snapshot, const struct tag_fact *fact);
void snapshot_add_digest(struct snapshot *snapshot, const struct digest_fact *fact);
/* Borrowed, or NULL. */
const struct tag_fact *snapshot_find_tag(const struct snapshot *snapshot,
					 const char *registry, const char *repository,
					 const char *tag);
const struct digest_fact *snapshot_find_digest(const struct snapshot *snapshot,
					       const char *registry,
					       const char *repository,
					       const struct digest *digest, bool blob);
/*
 * Know a cluster by another of its keys from now on: coverage and gaps that name the
 * old one are rewritten.  `key` must live in the snapshot's arena.
 */
void snapshot_set_cluster_key(struct snapshot *snapshot, struct scanned_cluster *cluster,
			      const char *key);

/* The counts of one host, made at the first call. */
struct request_count *snapshot_requests(struct snapshot *snapshot, const char *host);

#endif
