-- 0002_waivers.sql - findings that somebody accepted, and findings about waivers
--
-- A CHECK cannot be changed in place: finding_span, with the tables that refer to it, is
-- made anew, row for row, so that its subjects may be waivers.

DROP VIEW finding_now;

CREATE TABLE finding_span_new (
	id          INTEGER PRIMARY KEY,
	fingerprint TEXT NOT NULL, -- of rule and subject
	rule        TEXT NOT NULL,
	subject     TEXT NOT NULL CHECK (subject IN
		('use', 'declaration', 'tag', 'pin', 'waiver')),
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
INSERT INTO finding_span_new (id, fingerprint, rule, subject, cluster, level, message, namespace, api_group, kind, name, container, class, reference, declared, running, resolved, platform, pod_count, file, path, line, column, first_scan, ended_scan)
SELECT id, fingerprint, rule, subject, cluster, level, message, namespace, api_group, kind, name, container, class, reference, declared, running, resolved, platform, pod_count, file, path, line, column, first_scan, ended_scan
FROM finding_span;

CREATE TABLE finding_scope_new (
	finding INTEGER NOT NULL REFERENCES finding_span_new,
	scope   TEXT NOT NULL, -- 'cluster/KEY/namespace/NAME', 'tree/TREE/path/FILE'
	PRIMARY KEY (finding, scope)
) WITHOUT ROWID;
INSERT INTO finding_scope_new (finding, scope) SELECT finding, scope FROM finding_scope;

CREATE TABLE hidden_span_new (
	id         INTEGER PRIMARY KEY,
	finding    INTEGER NOT NULL REFERENCES finding_span_new,
	first_scan INTEGER NOT NULL REFERENCES scan,
	ended_scan INTEGER REFERENCES scan
);
INSERT INTO hidden_span_new (id, finding, first_scan, ended_scan)
SELECT id, finding, first_scan, ended_scan FROM hidden_span;

DROP TABLE hidden_span;
DROP TABLE finding_scope;
DROP TABLE finding_span;
ALTER TABLE finding_span_new RENAME TO finding_span;
ALTER TABLE finding_scope_new RENAME TO finding_scope;
ALTER TABLE hidden_span_new RENAME TO hidden_span;
CREATE INDEX finding_span_ended ON finding_span (ended_scan);
CREATE INDEX hidden_span_finding ON hidden_span (finding);

-- While a finding stood and failed no run: a waiver covered it, or a baseline knew it.
CREATE TABLE waived_span (
	id         INTEGER PRIMARY KEY,
	finding    INTEGER NOT NULL REFERENCES finding_span,
	state      TEXT NOT NULL CHECK (state IN ('waived', 'known')),
	until      TEXT NOT NULL,    -- last day of the waiver; '' of a baseline
	reason     TEXT NOT NULL,
	file       TEXT NOT NULL,    -- where the waiver stands, as the user named it
	line       INTEGER NOT NULL, -- newest
	in_tree    INTEGER NOT NULL CHECK (in_tree IN (0, 1)),
	first_scan INTEGER NOT NULL REFERENCES scan,
	ended_scan INTEGER REFERENCES scan
);
CREATE INDEX waived_span_finding ON waived_span (finding);

-- The waivers of a run, as JSON; NULL in scans of older versions.
ALTER TABLE scan ADD COLUMN waivers TEXT;

-- The findings that stand, those that are waived, and those that a gap hides.
CREATE VIEW finding_now AS
SELECT f.rule, f.level, CASE WHEN h.id IS NOT NULL THEN 'unknown'
		ELSE coalesce(w.state, 'open') END AS state,
	coalesce(c.name, '') AS cluster, f.namespace, f.kind, f.name AS workload,
	f.container, f.reference, f.path, f.line, f.message, f.fingerprint,
	strftime('%Y-%m-%dT%H:%M:%SZ', s.started_at, 'unixepoch') AS since
FROM finding_span f
	JOIN scan s ON s.id = f.first_scan
	LEFT JOIN cluster c ON c.id = f.cluster
	LEFT JOIN hidden_span h ON h.finding = f.id AND h.ended_scan IS NULL
	LEFT JOIN waived_span w ON w.finding = f.id AND w.ended_scan IS NULL
WHERE f.ended_scan IS NULL;
