-- 0001_initial.sql - scans, names, spans, findings
--
-- Meaning, unit and source of every column: docs/data-model.md.
--
-- Points in time are Unix seconds, UTC; order is scan.id, never the clock.  A span holds
-- from first_scan up to, and without, ended_scan: the first scan that covered it and saw
-- it no more.  NULL there: it still holds.

-- One run of `pindrift scan`.  Columns behind fail_on are filled in when it ends.
CREATE TABLE scan (
	id              INTEGER PRIMARY KEY,
	state           TEXT NOT NULL CHECK (state IN ('running', 'complete', 'aborted')),
	started_at      INTEGER NOT NULL,
	finished_at     INTEGER,
	command         TEXT NOT NULL,
	version         TEXT NOT NULL, -- of pindrift
	fail_on         TEXT NOT NULL,
	exit_status     INTEGER,
	commit_id       TEXT,          -- of the work tree; '' where there is none
	dirty           INTEGER CHECK (dirty IN (0, 1)),
	tree            TEXT,          -- identity of the work tree, as in its scopes
	cluster         INTEGER REFERENCES cluster, -- NULL: no cluster was asked
	cluster_key     TEXT,          -- the key that this scan's scopes use
	insecure        INTEGER CHECK (insecure IN (0, 1)), -- certificate not verified
	namespace       TEXT,          -- that was asked for; '' for all
	selector        TEXT,          -- label selector, or ''
	file_count      INTEGER,
	ignored_count   INTEGER,
	pod_count       INTEGER,
	ended_pod_count INTEGER,
	coverage        TEXT,          -- JSON, as are the columns below
	gaps            TEXT,
	requests        TEXT,
	unanswered_tags TEXT,          -- denied, or not answered
	partial         TEXT,          -- what it saw where it did not see everything
	CHECK (state <> 'complete' OR (finished_at IS NOT NULL AND exit_status IS NOT NULL
		AND coverage IS NOT NULL AND gaps IS NOT NULL AND requests IS NOT NULL
		AND unanswered_tags IS NOT NULL AND partial IS NOT NULL))
);

-- A new scan gets the number behind the newest one, so numbers are given out once
-- as long as the newest stays.  (AUTOINCREMENT would write to one more table each time.)
CREATE TRIGGER scan_newest_stays BEFORE DELETE ON scan
WHEN old.id = (SELECT max(id) FROM scan)
BEGIN
	SELECT raise(ABORT, 'the newest scan cannot be deleted');
END;

-- A cluster, by the key that it was first known by.
CREATE TABLE cluster (
	id     INTEGER PRIMARY KEY,
	key    TEXT NOT NULL UNIQUE, -- 'uid:…', 'name:…' or 'server:…'
	name   TEXT NOT NULL,        -- for people
	server TEXT NOT NULL         -- URL
);

-- Every key that a cluster has been known by.
CREATE TABLE cluster_alias (
	key     TEXT PRIMARY KEY,
	cluster INTEGER NOT NULL REFERENCES cluster
) WITHOUT ROWID;

CREATE TABLE repository (
	id       INTEGER PRIMARY KEY,
	registry TEXT NOT NULL, -- host[:port]; 'docker.io'
	name     TEXT NOT NULL, -- 'library/nginx'
	UNIQUE (registry, name)
);

-- An image reference as somebody wrote it, and its parts where it can be read.
CREATE TABLE reference (
	id         INTEGER PRIMARY KEY,
	text       TEXT NOT NULL UNIQUE, -- verbatim
	repository INTEGER REFERENCES repository, -- NULL: no valid reference
	tag        TEXT NOT NULL,        -- '' where there is none
	digest     TEXT NOT NULL         -- likewise
);

-- An object of a cluster that has pods: the declared owner, else the topmost one.
CREATE TABLE workload (
	id        INTEGER PRIMARY KEY,
	cluster   INTEGER NOT NULL REFERENCES cluster,
	namespace TEXT NOT NULL,
	api_group TEXT NOT NULL, -- '' for core
	kind      TEXT NOT NULL,
	name      TEXT NOT NULL,
	UNIQUE (cluster, namespace, api_group, kind, name)
);

CREATE TABLE container (
	id       INTEGER PRIMARY KEY,
	workload INTEGER NOT NULL REFERENCES workload,
	name     TEXT NOT NULL,
	class    TEXT NOT NULL CHECK (class IN
		('container', 'init', 'sidecar', 'ephemeral', 'image-volume')),
	UNIQUE (workload, name, class)
);

-- Which image a container ran.
CREATE TABLE running_span (
	id         INTEGER PRIMARY KEY,
	container  INTEGER NOT NULL REFERENCES container,
	reference  INTEGER NOT NULL REFERENCES reference, -- of the pods' spec
	image_id   TEXT NOT NULL, -- status imageID, verbatim; '' while not reported
	platform   TEXT NOT NULL, -- of the nodes; '' unknown
	state      TEXT NOT NULL, -- 'pending', 'started', 'failing', 'rolling-out'
	first_scan INTEGER NOT NULL REFERENCES scan,
	ended_scan INTEGER REFERENCES scan
);
CREATE INDEX running_span_container ON running_span (container);

-- How what ran compared with its declaration.  Usually one for each running span.
CREATE TABLE verdict_span (
	id         INTEGER PRIMARY KEY,
	running    INTEGER NOT NULL REFERENCES running_span,
	declared   INTEGER REFERENCES reference, -- NULL: no manifest declares it
	verdict    TEXT NOT NULL,
	how        TEXT NOT NULL,
	reason     TEXT NOT NULL,    -- newest
	proof      TEXT NOT NULL,    -- newest; digests, space-separated
	pod_count  INTEGER NOT NULL, -- newest
	first_scan INTEGER NOT NULL REFERENCES scan,
	ended_scan INTEGER REFERENCES scan
);
CREATE INDEX verdict_span_ended ON verdict_span (ended_scan);

-- A file that declares images.
CREATE TABLE kube_manifest (
	id   INTEGER PRIMARY KEY,
	tree TEXT NOT NULL, -- identity of the work tree
	path TEXT NOT NULL, -- relative to its root
	file TEXT NOT NULL, -- as it was last named to pindrift
	UNIQUE (tree, path)
);

-- Which image a manifest declared.
CREATE TABLE declared_span (
	id         INTEGER PRIMARY KEY,
	manifest   INTEGER NOT NULL REFERENCES kube_manifest,
	cluster    TEXT NOT NULL, -- that it is meant for, as far as known
	namespace  TEXT NOT NULL, -- likewise
	api_group  TEXT NOT NULL,
	kind       TEXT NOT NULL,
	name       TEXT NOT NULL,
	field      TEXT NOT NULL, -- 'spec.template.spec.containers[0].image'
	container  TEXT NOT NULL,
	class      TEXT NOT NULL,
	reference  INTEGER NOT NULL REFERENCES reference,
	ordinal    INTEGER NOT NULL, -- from 0, of declarations that are equal in all of this
	line       INTEGER NOT NULL, -- newest
	column     INTEGER NOT NULL, -- newest
	first_scan INTEGER NOT NULL REFERENCES scan,
	ended_scan INTEGER REFERENCES scan
);
CREATE INDEX declared_span_ended ON declared_span (ended_scan);

-- What a tag resolved to: the ledger of every move that was seen.
CREATE TABLE tag_span (
	id         INTEGER PRIMARY KEY,
	repository INTEGER NOT NULL REFERENCES repository,
	tag        TEXT NOT NULL,
	digest     TEXT, -- NULL: there was no such tag
	first_scan INTEGER NOT NULL REFERENCES scan,
	ended_scan INTEGER REFERENCES scan
);
CREATE INDEX tag_span_tag ON tag_span (repository, tag);

-- Content by digest, kept for ever: what a digest names never changes.
CREATE TABLE image (
	id           INTEGER PRIMARY KEY,
	digest       TEXT NOT NULL UNIQUE,
	media_type   TEXT NOT NULL, -- '' for a config
	kind         TEXT NOT NULL CHECK (kind IN
		('index', 'manifest', 'artifact', 'config', 'other')),
	size         INTEGER NOT NULL, -- bytes
	body         BLOB NOT NULL,    -- as received
	fetched_at   INTEGER NOT NULL,
	fetched_from TEXT NOT NULL     -- registry/repository
);

-- A finding, from the scan that found it to the one that found it mended.
CREATE TABLE finding_span (
	id          INTEGER PRIMARY KEY,
	fingerprint TEXT NOT NULL, -- of rule and subject
	rule        TEXT NOT NULL,
	subject     TEXT NOT NULL CHECK (subject IN ('use', 'declaration', 'tag', 'pin')),
	cluster     INTEGER REFERENCES cluster, -- NULL: of no cluster
	level       TEXT NOT NULL CHECK (level IN ('none', 'note', 'warning', 'error')),
	message     TEXT NOT NULL, -- newest, as is all that follows
	namespace   TEXT NOT NULL,
	api_group   TEXT NOT NULL,
	kind        TEXT NOT NULL,
	name        TEXT NOT NULL,
	container   TEXT NOT NULL,
	class       TEXT NOT NULL,
	reference   TEXT NOT NULL, -- as declared, else as running
	declared    TEXT NOT NULL, -- digest, or ''
	running     TEXT NOT NULL, -- likewise
	resolved    TEXT NOT NULL, -- likewise
	platform    TEXT NOT NULL,
	pod_count   INTEGER NOT NULL,
	file        TEXT NOT NULL, -- as the user named it
	path        TEXT NOT NULL, -- relative to the work tree's root
	line        INTEGER NOT NULL,
	column      INTEGER NOT NULL,
	first_scan  INTEGER NOT NULL REFERENCES scan,
	ended_scan  INTEGER REFERENCES scan
);
CREATE INDEX finding_span_ended ON finding_span (ended_scan);

-- Where a finding rests: what a scan has to cover to find it mended.
CREATE TABLE finding_scope (
	finding INTEGER NOT NULL REFERENCES finding_span,
	scope   TEXT NOT NULL, -- 'cluster/KEY/namespace/NAME', 'tree/TREE/path/FILE'
	PRIMARY KEY (finding, scope)
) WITHOUT ROWID;

-- While a gap hid a finding, nobody knew whether it still held.
CREATE TABLE hidden_span (
	id         INTEGER PRIMARY KEY,
	finding    INTEGER NOT NULL REFERENCES finding_span,
	first_scan INTEGER NOT NULL REFERENCES scan,
	ended_scan INTEGER REFERENCES scan
);
CREATE INDEX hidden_span_finding ON hidden_span (finding);

-- What runs, as of the last scan that covered it.
CREATE VIEW running_now AS
SELECT c.name AS cluster, w.namespace, w.kind, w.name AS workload, t.name AS container,
	t.class, f.text AS reference, r.image_id, r.platform, r.state, v.pod_count AS pods,
	v.verdict, v.how, v.reason, coalesce(d.text, '') AS declared,
	strftime('%Y-%m-%dT%H:%M:%SZ', s.started_at, 'unixepoch') AS since
FROM verdict_span v
	JOIN running_span r ON r.id = v.running
	JOIN container t ON t.id = r.container
	JOIN workload w ON w.id = t.workload
	JOIN cluster c ON c.id = w.cluster
	JOIN reference f ON f.id = r.reference
	LEFT JOIN reference d ON d.id = v.declared
	JOIN scan s ON s.id = r.first_scan
WHERE v.ended_scan IS NULL;

-- What the manifests declare, as of the last scan that covered them.
CREATE VIEW declared_now AS
SELECT m.tree, m.path, d.line, d.column, d.namespace, d.kind, d.name AS workload,
	d.container, d.class, f.text AS reference, f.digest,
	strftime('%Y-%m-%dT%H:%M:%SZ', s.started_at, 'unixepoch') AS since
FROM declared_span d
	JOIN kube_manifest m ON m.id = d.manifest
	JOIN reference f ON f.id = d.reference
	JOIN scan s ON s.id = d.first_scan
WHERE d.ended_scan IS NULL;

-- The findings that stand, and those that a gap hides.
CREATE VIEW finding_now AS
SELECT f.rule, f.level, CASE WHEN h.id IS NULL THEN 'open' ELSE 'unknown' END AS state,
	coalesce(c.name, '') AS cluster, f.namespace, f.kind, f.name AS workload,
	f.container, f.reference, f.path, f.line, f.message, f.fingerprint,
	strftime('%Y-%m-%dT%H:%M:%SZ', s.started_at, 'unixepoch') AS since
FROM finding_span f
	JOIN scan s ON s.id = f.first_scan
	LEFT JOIN cluster c ON c.id = f.cluster
	LEFT JOIN hidden_span h ON h.finding = f.id AND h.ended_scan IS NULL
WHERE f.ended_scan IS NULL;

-- Every move of a tag from one image to another, or to none.
CREATE VIEW tag_move AS
SELECT r.registry, r.name AS repository, a.tag, a.digest AS from_digest,
	b.digest AS to_digest, b.first_scan AS scan,
	strftime('%Y-%m-%dT%H:%M:%SZ', s.started_at, 'unixepoch') AS seen_at
FROM tag_span a
	JOIN tag_span b ON b.repository = a.repository AND b.tag = a.tag
		AND b.first_scan = a.ended_scan
	JOIN repository r ON r.id = a.repository
	JOIN scan s ON s.id = b.first_scan;
