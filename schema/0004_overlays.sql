-- 0004_overlays.sql - through which kustomization a declared image is deployed

-- The path of its file, as kube_manifest.path; '' where none was evaluated, and of what
-- older versions saw.
ALTER TABLE declared_span ADD COLUMN overlay TEXT NOT NULL DEFAULT '';

DROP VIEW declared_now;
CREATE VIEW declared_now AS
SELECT m.tree, m.path, d.line, d.column, d.namespace, d.kind, d.name AS workload,
	d.container, d.class, f.text AS reference, f.digest,
	strftime('%Y-%m-%dT%H:%M:%SZ', s.started_at, 'unixepoch') AS since, d.overlay
FROM declared_span d
	JOIN kube_manifest m ON m.id = d.manifest
	JOIN reference f ON f.id = d.reference
	JOIN scan s ON s.id = d.first_scan
WHERE d.ended_scan IS NULL;
