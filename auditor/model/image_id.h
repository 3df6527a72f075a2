/*
 * image_id.h - what a container runtime reports as `imageID`
 *
 * Weak evidence: see design.md, 6, and the Kubernetes API, core/v1
 * ContainerStatus.  The forms: empty; "docker-pullable://ref@digest";
 * "docker://sha256:…"; "ref@digest"; "sha256:…"; 64 hex digits (CRI-O).
 */
#ifndef MODEL_IMAGE_ID_H
#define MODEL_IMAGE_ID_H

#include "base/memory.h"
#include "model/digest.h"

enum image_id_form {
	IMAGE_ID_EMPTY,      /* not reported (yet) */
	IMAGE_ID_REFERENCE,  /* repository and digest: of an index or an image manifest */
	IMAGE_ID_BARE,       /* a digest alone: of a config, a manifest or an index */
	IMAGE_ID_UNREADABLE, /* names nothing that we know */
};

struct image_id {
	enum image_id_form form;
	const char *registry;   /* a hint only; "" for the other forms */
	const char *repository; /* likewise */
	struct digest digest;
};

/* Never fails: what cannot be read is IMAGE_ID_UNREADABLE. */
struct image_id image_id_parse(const char *text, struct arena *arena);

#endif
