-- 0003_scan_clusters.sql - scans of several clusters side by side

-- Which clusters a scan asked, and how.  What scan.cluster, cluster_key, insecure and
-- namespace say is said here of each; there they go on to say it of the first one.
CREATE TABLE scan_cluster (
	scan        INTEGER NOT NULL REFERENCES scan ON DELETE CASCADE,
	cluster     INTEGER NOT NULL REFERENCES cluster,
	cluster_key TEXT NOT NULL, -- the key that this scan's scopes use
	insecure    INTEGER NOT NULL CHECK (insecure IN (0, 1)), -- certificate not verified
	namespace   TEXT NOT NULL, -- that was asked for; '' for all
	PRIMARY KEY (scan, cluster)
) WITHOUT ROWID;

INSERT INTO scan_cluster (scan, cluster, cluster_key, insecure, namespace)
SELECT id, cluster, coalesce(cluster_key, ''), coalesce(insecure, 0), coalesce(namespace, '')
FROM scan WHERE cluster IS NOT NULL;
