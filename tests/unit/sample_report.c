#include "tests/unit/sample_report.h"

#include "base/file.h"
#include "base/utf8.h"
#include "tests/unit/check.h"

#define NOW INT64_C(1795417920) /* 2026-11-23T07:12:00Z */
#define DAY INT64_C(86400)
#define TREE "https://git.example.com/shop.git"
#define ROOM ((size_t)256 * 1024 * 1024) /* bytes of a rendered report */

/* A digest that looks like one: of its own name. */
static struct digest digest_of(const char *name)
{
	struct digest sha256 = { "" };

	return digest_compute(name, strlen(name), &sha256);
}

static const char *digest_text(struct arena *arena, const char *name)
{
	return arena_strdup(arena, digest_of(name).text);
}

static const char *pinned(struct report *report, const char *tagged)
{
	return arena_printf(&report->arena, "%s@%s", tagged, digest_of(tagged).text);
}

static void add_finding(struct report *report, const struct finding *finding)
{
	report->findings = arena_grow(&report->arena, report->findings,
				      report->finding_count, sizeof(*finding));
	report->findings[report->finding_count++] = *finding;
}

static void add_gap(struct report *report, struct gap gap)
{
	report->gaps =
		arena_grow(&report->arena, report->gaps, report->gap_count, sizeof(gap));
	report->gaps[report->gap_count++] = gap;
}

static void add_coverage(struct report *report, struct coverage coverage)
{
	report->coverage = arena_grow(&report->arena, report->coverage,
				      report->coverage_count, sizeof(coverage));
	report->coverage[report->coverage_count++] = coverage;
}

static void add_use(struct report *report, const struct report_use *use)
{
	report->running = arena_grow(&report->arena, report->running,
				     report->running_count, sizeof(*use));
	report->running[report->running_count++] = *use;
}

static void add_tag(struct report *report, const struct report_tag *tag)
{
	report->tags =
		arena_grow(&report->arena, report->tags, report->tag_count, sizeof(*tag));
	report->tags[report->tag_count++] = *tag;
}

static void add_requests(struct report *report, struct request_count count)
{
	report->requests = arena_grow(&report->arena, report->requests,
				      report->request_count, sizeof(count));
	report->requests[report->request_count++] = count;
}

/* One image of a Deployment, declared in a file of that name. */
static void add_declared(struct report *report, const char *name, uint32_t line,
			 const char *reference)
{
	struct declared_use use = {
		.file = arena_printf(&report->arena, "deploy/%s.yaml", name),
		.path = arena_printf(&report->arena, "deploy/%s.yaml", name),
		.line = line,
		.column = 18,
		.cluster = "",
		.namespace = "shop",
		.object = { "apps", "Deployment", name },
		.field = "spec.template.spec.containers[0].image",
		.image = { name, CLASS_CONTAINER, reference, REFERENCE_OK, { 0 }, "" },
		.workload = true,
	};
	struct error err = ERROR_INIT;

	if (!image_ref_parse(&use.image.ref, &report->arena, reference, &err)) {
		use.image.state = REFERENCE_BAD;
		use.image.problem = arena_strdup(&report->arena, err.text);
	}
	report->declared = arena_grow(&report->arena, report->declared,
				      report->declared_count, sizeof(use));
	report->declared[report->declared_count++] = use;
}

static struct finding finding_of(const char *rule, enum level level,
				 enum subject_kind subject)
{
	struct finding finding = finding_blank();

	finding.rule = rule;
	finding.level = level;
	finding.subject = subject;
	finding.cluster = "prod";
	finding.namespace = "shop";
	finding.first_seen_at = finding.last_seen_at = NOW;
	return finding;
}

/* What a finding of the sample says beside the ordinary. */
struct told {
	const char *rule;
	enum level level;
	enum subject_kind subject;
	enum finding_state state;
	const char *kind, *name, *class, *container;
	const char *reference;
	bool pinned;                    /* the reference with its digest */
	const char *running, *resolved; /* names of digests */
	uint32_t pods;
	uint32_t line; /* in deploy/NAME.yaml; 0: undeclared */
	int64_t days;  /* since it was first seen */
	const char *message;
};

#define WEB "registry.example.com/shop/web:2.3.0"
#define CART "registry.example.com/shop/cart:1.9.4"
#define SEARCH "registry.example.com/shop/search:5.0"
#define MAILER "registry.example.com/shop/mailer:latest"
#define CACHE "docker.io/library/redis:7.2"

/* Of the waived finding, which stands in its manifest, and of the waived gap. */
static struct waiver waivers[] = {
	{
		.id = "unpinned",
		.path = "deploy/batch.yaml",
		.cluster = "",
		.namespace = "",
		.object = "",
		.container = "",
		.image = "",
		.only_line = 9,
		.until_text = "2026-12-31",
		.reason = "a test image, <replaced> with the next release",
		.file = "deploy/batch.yaml",
		.line = 9,
		.column = 44,
		.in_tree = true,
		.used = 1,
	},
	{
		.id = "helm-template",
		.of_gap = true,
		.path = "deploy/chart/",
		.cluster = "",
		.namespace = "",
		.object = "",
		.container = "",
		.image = "",
		.until_text = "2027-01-31",
		.reason = "rendered by another job",
		.file = "policy.yaml",
		.line = 3,
		.column = 3,
		.used = 1,
	},
};

static const struct told scan_findings[] = {
	{ "mixed-digests", LEVEL_ERROR, SUBJECT_USE, FINDING_NEW, "Deployment", "cart",
	  "container", "cart", CART, true, "cart b", "", 4, 23, 0,
	  "sha256:e2dff3912335 (such as cart-5d9c7b-2xkqp) and sha256:4ebe63ce4925 (such "
	  "as "
	  "cart-5d9c7b-8jw4m) are different images" },
	{ "pin-gone", LEVEL_ERROR, SUBJECT_PIN, FINDING_OPEN, "Deployment", "search",
	  "container", "search", SEARCH, true, "", "", 0, 19, 12,
	  "registry.example.com/shop/search no longer holds sha256:876dfb3b7f59" },
	{ "running-differs", LEVEL_ERROR, SUBJECT_USE, FINDING_OPEN, "Deployment", "cart",
	  "container", "cart", CART, true, "cart b", "", 2, 23, 3,
	  "2 pods run sha256:e2dff3912335, another image than the declared "
	  "sha256:4ebe63ce4925 (differs in its layers)" },
	{ "unpinned", LEVEL_ERROR, SUBJECT_DECLARATION, FINDING_FIXED, "CronJob",
	  "nightly", "container", "report", "busybox:1.36", false, "", "", 0, 31, 40,
	  "busybox:1.36 has no digest: only the tag 1.36" },
	{ "unpinned", LEVEL_ERROR, SUBJECT_DECLARATION, FINDING_OPEN, "Deployment",
	  "mailer", "container", "mailer", MAILER, false, "", "", 0, 17, 87,
	  "registry.example.com/shop/mailer:latest has no digest: its tag is latest" },
	{ "unpinned", LEVEL_ERROR, SUBJECT_DECLARATION, FINDING_WAIVED, "Job", "batch",
	  "container", "batch", "busybox:1.35", false, "", "", 0, 9, 30,
	  "busybox:1.35 has no digest: only the tag 1.35" },
	{ "unpinned", LEVEL_ERROR, SUBJECT_DECLARATION, FINDING_KNOWN, "Deployment",
	  "legacy", "container", "legacy", "busybox:1.30", false, "", "", 0, 12, 300,
	  "busybox:1.30 has no digest: only the tag 1.30" },
	{ "running-unpinned", LEVEL_WARNING, SUBJECT_USE, FINDING_UNKNOWN, "StatefulSet",
	  "ledger", "sidecar", "backup", "registry.example.com/payments/backup:4", false,
	  "ledger", "", 1, 0, 21,
	  "1 pod runs as registry.example.com/payments/backup:4, without a digest" },
	{ "running-unpinned", LEVEL_WARNING, SUBJECT_USE, FINDING_OPEN, "Deployment",
	  "mailer", "container", "mailer", MAILER, false, "mailer", "", 1, 17, 87,
	  "1 pod runs as registry.example.com/shop/mailer:latest, without a digest" },
	{ "tag-moved", LEVEL_WARNING, SUBJECT_TAG, FINDING_NEW, "Deployment", "web",
	  "container", "web", WEB, false, "", "web new", 0, 21, 0,
	  "2.3.0 now resolves to sha256:73c609b839fb, another image than the pinned "
	  "sha256:707dbf0f97c2" },
	{ "undeclared", LEVEL_WARNING, SUBJECT_USE, FINDING_NEW, "Pod", "debug",
	  "ephemeral", "shell", "nicolaka/netshoot", false, "netshoot", "", 1, 0, 0,
	  "1 pod runs nicolaka/netshoot: no manifest declares it" },
	{ "not-running", LEVEL_NOTE, SUBJECT_USE, FINDING_OPEN, "Deployment", "canary",
	  "init", "migrate", WEB, true, "", "", 0, 44, 3,
	  "the workload is in the cluster, and has no pods; last seen running "
	  "2026-11-20T06:00:00Z" },
	{ "pin-without-tag", LEVEL_NONE, SUBJECT_PIN, FINDING_OPEN, "Deployment", "cache",
	  "container", "redis", CACHE, true, "", "", 0, 12, 200,
	  "the reference has a digest and no tag" },
};

static void tell(struct report *report, const struct told *told)
{
	struct arena *arena = &report->arena;
	struct finding finding = finding_of(told->rule, told->level, told->subject);

	finding.state = told->state;
	finding.waiver = told->state == FINDING_WAIVED ? &waivers[0] : NULL;
	finding.object = (struct object_id){ "apps", told->kind, told->name };
	finding.class = told->class;
	finding.container = told->container;
	finding.reference =
		told->pinned ? pinned(report, told->reference) : told->reference;
	finding.message = told->message;
	if (told->pinned)
		finding.declared = digest_text(arena, told->reference);
	if (told->running[0] != '\0') {
		finding.running = digest_text(arena, told->running);
		finding.platform = "linux/amd64";
	}
	if (told->resolved[0] != '\0')
		finding.resolved = digest_text(arena, told->resolved);
	finding.pod_count = told->pods;
	if (told->line) {
		finding.file = arena_printf(arena, "deploy/%s.yaml", told->name);
		finding.path = finding.file;
		finding.line = told->line;
		finding.column = 18;
	}
	finding.first_seen_at = NOW - told->days * DAY;
	if (told->state == FINDING_FIXED || told->state == FINDING_UNKNOWN)
		finding.last_seen_at = NOW - DAY;
	finding.fingerprint = arena_printf(
		arena, "%.32s", digest_of(told->message).text + strlen("sha256:"));
	add_finding(report, &finding);
}

static void begin_scan(struct report *report)
{
	report_init(report);
	report->scan = (struct report_scan){
		.id = 42,
		.started_at = NOW,
		.finished_at = NOW + 4,
		.command = "scan",
		.version = "0.1.0",
		.commit = "9f2c1ab4d07e5c33a1b2c3d4e5f60718293a4b5c",
		.fail_on = "error",
	};
	report->cluster_count = 1;
	report->clusters = arena_alloc(&report->arena, sizeof(*report->clusters));
	report->clusters[0] = (struct cluster_identity){
		.key = "uid:6f1b0c0e-52c1-4a0c-9f0e-1d2c3b4a5968",
		.name = "prod",
		.server = "https://10.0.0.1:6443",
		.alias = "",
	};
	add_coverage(report, (struct coverage){
				     "cluster/uid:6f1b0c0e/namespace/shop", true,
				     "namespace shop: 15 pods, 2 ended ones left out" });
	add_coverage(report,
		     (struct coverage){ "tree/https:%2F%2Fgit.example.com%2Fshop.git"
					"/path/deploy/",
					true, "deploy/: 8 images in 7 files" });
	report->file_count = 7;
	report->ignored_count = 2;
	report->pod_count = 15;
	report->ended_pod_count = 2;
	add_requests(report,
		     (struct request_count){ "10.0.0.1:6443", 9, 0, 0, 0, 184320 });
	add_requests(report, (struct request_count){ "registry.example.com", 31, 2, 12, 5,
						     1204033 });
}

static void add_uses(struct report *report)
{
	struct report_use use = {
		.cluster = "prod",
		.cluster_key = report->clusters[0].key,
		.namespace = "shop",
		.object = { "apps", "Deployment", "cart" },
		.container = "cart",
		.class = "container",
		.declared = pinned(report, CART),
		.reference = CART,
		.image_id =
			arena_printf(&report->arena, "registry.example.com/shop/cart@%s",
				     digest_of("cart b").text),
		.platform = "linux/amd64",
		.state = "started",
		.verdict = "drift",
		.how = "layers",
		.reason = "",
		.proof = arena_printf(&report->arena, "%s %s", digest_of(CART).text,
				      digest_of("cart b").text),
		.pod_count = 2,
		.first_seen_at = NOW - 3 * DAY,
	};

	add_use(report, &use);
	use.image_id = pinned(report, CART);
	use.verdict = "match";
	use.how = "platform";
	add_use(report, &use);
	use.object.name = use.container = "search";
	use.declared = use.reference = pinned(report, SEARCH);
	use.image_id = arena_strdup(&report->arena, digest_of("search config").text);
	use.verdict = "unknown";
	use.how = "";
	use.reason = "registry.example.com answered 503 to every try";
	use.proof = "";
	use.pod_count = 1;
	add_use(report, &use);
	use.object.name = use.container = "mailer";
	use.declared = use.reference = MAILER;
	use.image_id = pinned(report, MAILER);
	use.verdict = "unpinned";
	use.reason = "";
	add_use(report, &use);
}

void sample_scan(struct report *report)
{
	begin_scan(report);
	report->scan.dirty = true;
	report->scan.exit_status = 1;
	report->clusters[0].insecure = true;
	add_coverage(report, (struct coverage){ "cluster/uid:6f1b0c0e/namespace/payments",
						false, "namespace payments: forbidden" });
	add_gap(report,
		(struct gap){ GAP_FORBIDDEN, "namespace payments",
			      "HTTP 403: the account shop:pindrift may not list pods "
			      "there; grant it the verb list, or leave it out with -n",
			      "cluster/uid:6f1b0c0e/namespace/payments", false, NULL });
	add_gap(report,
		(struct gap){ GAP_HELM_TEMPLATE, "deploy/chart/templates/api.yaml",
			      "a Helm template: render it first, helm template … | "
			      "pindrift check -",
			      "tree/https:%2F%2Fgit.example.com%2Fshop.git/path/"
			      "deploy/chart/templates/api.yaml",
			      true, &waivers[1] });
	add_gap(report, (struct gap){ GAP_UNRESOLVED, SEARCH,
				      "registry.example.com answered 503 to every try",
				      "", false, NULL });
	report->waivers = waivers;
	report->waiver_count = ARRAY_LENGTH(waivers);
	for (size_t i = 0; i < ARRAY_LENGTH(scan_findings); i++)
		tell(report, &scan_findings[i]);
	add_declared(report, "cache", 12, pinned(report, CACHE));
	add_declared(report, "cart", 23, pinned(report, CART));
	add_declared(report, "mailer", 17, MAILER);
	add_declared(report, "web", 21, pinned(report, WEB));
	add_uses(report);
	add_tag(report,
		&(struct report_tag){ "registry.example.com", "shop/cart", "1.9.4",
				      "found", digest_of(CART), NOW - 90 * DAY });
	add_tag(report, &(struct report_tag){ "registry.example.com",
					      "shop/search",
					      "5.0",
					      "unknown",
					      { "" },
					      0 });
	add_tag(report, &(struct report_tag){ "registry.example.com", "shop/web", "2.3.0",
					      "found", digest_of("web new"), NOW });
}

void sample_clean(struct report *report)
{
	begin_scan(report);
	add_declared(report, "cart", 23, pinned(report, CART));
	add_declared(report, "web", 21, pinned(report, WEB));
}

void sample_check(struct report *report)
{
	static const struct told findings[] = {
		{ "bad-reference", LEVEL_ERROR, SUBJECT_DECLARATION, FINDING_NEW,
		  "Deployment", "api", "container", "api", "registry.example.com/API:1",
		  false, "", "", 0, 26, 0,
		  "'registry.example.com/API:1' is not an image reference: upper-case "
		  "letters in the repository" },
		{ "unpinned", LEVEL_ERROR, SUBJECT_DECLARATION, FINDING_NEW, "CronJob",
		  "nightly", "container", "report", "busybox", false, "", "", 0, 31, 0,
		  "busybox has no digest: no tag either, so latest is implied" },
		{ "unpinned", LEVEL_ERROR, SUBJECT_DECLARATION, FINDING_NEW, "Deployment",
		  "mailer", "container", "mailer", MAILER, false, "", "", 0, 17, 0,
		  "registry.example.com/shop/mailer:latest has no digest: its tag is "
		  "latest" },
	};

	report_init(report);
	report->scan = (struct report_scan){
		.started_at = NOW,
		.finished_at = NOW,
		.command = "check",
		.version = "0.1.0",
		.commit = "",
		.fail_on = "error",
		.exit_status = 1,
	};
	report->file_count = 5;
	report->ignored_count = 2;
	add_coverage(report, (struct coverage){ "tree//path/deploy/", true,
						"deploy/: 5 images in 5 files" });
	for (size_t i = 0; i < ARRAY_LENGTH(findings); i++)
		tell(report, &findings[i]);
	add_gap(report, (struct gap){ GAP_NOT_YAML, "deploy/broken.yaml",
				      "line 7, column 3: did not find expected key",
				      "tree//path/deploy/broken.yaml", false, NULL });
	add_declared(report, "api", 26, "registry.example.com/API:1");
	add_declared(report, "cart", 23, pinned(report, CART));
	add_declared(report, "mailer", 17, MAILER);
	add_declared(report, "nightly", 31, "busybox");
	add_declared(report, "web", 21, pinned(report, WEB));
}

const char *const sample_hostile_texts[] = {
	"\x1b[2J\x1b[31mred\x1b]0;title\x07",
	"</script><script>alert(1)</script>",
	"\"><img src=x onerror=alert(1)>",
	"' onmouseover='alert(1)",
	"=cmd|' /C calc'!A0",
	"\t=1+1",
	"+1;@SUM(A1);-2",
	"::error file=x::owned",
	"a\n::set-output name=x::y\r\n##vso[task.setvariable]",
	"##teamcity[buildStatus]",
	"\xff\xfe broken \xe2\x82 utf-8 \xc0\xaf",
	"abc\xe2\x80\xaegnp.exe \xe2\x81\xa6hidden\xe2\x81\xa9 \xe2\x80\x8b",
	"C1 \xc2\x9b"
	"31m and DEL \x7f",
	"--> <!-- ]]> \\ %s %n ${IMAGE} `id`",
	NULL,
};

/* 32 hex digits, as drift makes them of a rule and a subject. */
static const char *fingerprint_of(struct report *report, const char *rule,
				  const char *subject)
{
	const char *name = arena_printf(&report->arena, "%s %s", rule, subject);

	return arena_printf(&report->arena, "%.32s",
			    digest_of(name).text + strlen("sha256:"));
}

/* All fields that somebody else fills in, from one text. */
static void add_hostile(struct report *report, const char *text)
{
	struct finding finding = finding_of("unpinned", LEVEL_ERROR, SUBJECT_DECLARATION);
	struct report_use use = {
		.class = "container",
		.state = "started",
		.verdict = "unknown",
		.how = "",
		.proof = "",
		.pod_count = 1,
		.first_seen_at = NOW,
	};

	finding.class = "container";
	finding.message = finding.namespace = finding.object.kind = finding.object.name =
		finding.container = finding.reference = finding.platform = finding.file =
			finding.path = finding.cluster = text;
	finding.line = finding.column = 1;
	finding.fingerprint = fingerprint_of(report, finding.rule, text);
	add_finding(report, &finding);
	finding.rule = "tag-moved";
	finding.fingerprint = fingerprint_of(report, finding.rule, text);
	finding.subject = SUBJECT_TAG;
	add_finding(report, &finding);
	add_gap(report, (struct gap){ GAP_FORBIDDEN, text, text, text, false, NULL });
	add_coverage(report, (struct coverage){ text, true, text });
	add_requests(report, (struct request_count){ text, 1, 1, 1, 1, 1 });
	add_declared(report, text, 1, text);
	use.namespace = use.object.api_group = use.object.kind = use.object.name =
		use.container = use.declared = use.reference = use.image_id =
			use.platform = use.reason = text;
	add_use(report, &use);
	add_tag(report, &(struct report_tag){ text, text, text, "absent", { "" }, NOW });
}

void sample_hostile(struct report *report)
{
	begin_scan(report);
	report->clusters[0].name = report->clusters[0].server = report->clusters[0].key =
		report->scan.commit = sample_hostile_texts[1];
	for (size_t i = 0; sample_hostile_texts[i]; i++)
		add_hostile(report, sample_hostile_texts[i]);
}

const char *sample_add_long(struct report *report)
{
	const char *name = arena_printf(&report->arena, "%0*d", 10000, 0);

	add_hostile(report, name);
	return name;
}

bool sample_is_visible(const char *text, const char *allowed)
{
	while (*text) {
		uint32_t point;
		size_t length = utf8_take(text, &point);

		if (length == 0)
			return false;
		if (utf8_is_unsafe(point) &&
		    !(point < 0x80 && strchr(allowed, (int)point)))
			return false;
		text += length;
	}
	return true;
}

void sample_many(struct report *report, size_t count)
{
	static const struct told *const kinds[] = { &scan_findings[2], &scan_findings[4],
						    &scan_findings[9] };

	begin_scan(report);
	for (size_t i = 0; i < count; i++)
		tell(report, kinds[i * ARRAY_LENGTH(kinds) / count]);
}

char *sample_render(const char *format, const struct report *report,
		    const struct report_style *style, size_t *length)
{
	struct error err = ERROR_INIT;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_true(report_write(out, report_format_find(format), report, style, &err));
	fclose(out);
	if (length)
		*length = size;
	return text;
}

static void write_golden(const char *path, const char *text, size_t length)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

/* Fail with the first line in which `text` is not `expected`. */
static void fail_at_difference(const char *path, const char *text, const char *expected)
{
	size_t same = 0, line = 1, begin = 0;

	for (; text[same] && text[same] == expected[same]; same++) {
		if (text[same] == '\n') {
			line++;
			begin = same + 1;
		}
	}
	fail_msg("%s:%zu:\n is        %.*s\n should be %.*s", path, line,
		 (int)strcspn(text + begin, "\n"), text + begin,
		 (int)strcspn(expected + begin, "\n"), expected + begin);
}

void sample_golden(const char *name, void (*sample)(struct report *report),
		   const struct report_style *style)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL, *path = NULL;
	CLEANUP(buf_release) struct buf expected = BUF_INIT(ROOM);
	struct error err = ERROR_INIT;
	size_t length;

	sample(&report);
	text = sample_render(strrchr(name, '.') + 1, &report, style, &length);
	assert_true(asprintf(&path, "tests/golden/%s", name) > 0);
	if (getenv("UPDATE_GOLDEN")) {
		write_golden(path, text, length);
		return;
	}
	if (!file_read(&expected, path, &err))
		fail_msg("%s: %s", path, err.text);
	if (expected.length != length || memcmp(expected.data, text, length) != 0)
		fail_at_difference(path, text, buf_text(&expected));
}
