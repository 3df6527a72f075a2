/*
 * words.h - phrases that several formats share
 *
 * Each appends to a buffer that is born with WORDS_INIT.  What is appended may hold
 * foreign text and is still to be escaped.
 */
#ifndef REPORTS_WORDS_H
#define REPORTS_WORDS_H

#include "base/buf.h"
#include "model/report.h"
#include "model/scope.h"

/* No limit of its own: the texts are in memory already, and nothing is cut. */
#define WORDS_INIT BUF_INIT(SIZE_MAX / 8)

/* "1 error", "12 errors". */
void words_count(struct buf *buf, size_t count, const char *noun);

/* ", " between the parts of a list: nothing while `buf` is as long as `start`. */
void words_comma(struct buf *buf, size_t start);

/* "2026-11-23 07:12 UTC"; nothing for 0. */
void words_time(struct buf *buf, int64_t seconds);

/* "4 seconds", "3 hours", "12 days": the largest unit of which there are at least two. */
void words_duration(struct buf *buf, int64_t seconds);

/* "1.2 MB", by powers of 1000. */
void words_bytes(struct buf *buf, uint64_t bytes);

/* "container app", "init container migrate", "image volume data"; nothing without one. */
void words_container(struct buf *buf, const char *class, const char *container);

/* "shop Deployment/web", "Deployment/web"; nothing without a name. */
void words_object(struct buf *buf, const char *namespace, const struct object_id *object);

/* The same after "prod: ", where the report is of several clusters. */
void words_finding_object(struct buf *buf, const struct finding *finding);
void words_use_object(struct buf *buf, const struct report_use *use);

/* A reference, or imageID, with its digest cut to the first digits, for people. */
void words_reference(struct buf *buf, const char *reference);

/* "shop Deployment/web, container app"; what a finding is about. */
void words_subject(struct buf *buf, const struct finding *finding);

/* What it says, after "not known whether still so: " where that is so. */
void words_message(struct buf *buf, const struct finding *finding);

/* "shop Deployment/web, container app: no digest: only the tag 1.36". */
void words_finding(struct buf *buf, const struct finding *finding);

/* Why, and who waived it: "HTTP 403; waived until 2027-01-31 by policy.yaml:3: …". */
void words_gap_reason(struct buf *buf, const struct gap *gap);

/* "not checked (waived): namespace payments: HTTP 403". */
void words_gap(struct buf *buf, const struct gap *gap);

/* "deploy/web.yaml:21:18"; nothing where the finding has no file. */
void words_place(struct buf *buf, const struct finding *finding);

/* "namespace shop: 15 pods", "namespace payments: forbidden (not seen)". */
void words_coverage(struct buf *buf, const struct coverage *coverage);

/*
 * How many containers have which verdict: "15 containers: 12 match, 1 drift, 2 pending";
 * nothing where none runs.
 */
void words_running(struct buf *buf, const struct report *report);

/* "registry.example.com: 31 requests, 2 failed, 12 answered by the database, 1.2 MB". */
void words_requests(struct buf *buf, const struct request_count *count);

/* "waived until 2027-01-31 by deploy/web.yaml:12 (in the tree): a test image"; NULL:
 * "known from the baseline". */
void words_waiver(struct buf *buf, const struct waiver *waiver);

#endif
