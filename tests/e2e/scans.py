"""What the tests of `pindrift scan` share: a cluster, a registry, and words for results.

    class Verdicts(scans.ScanTest):
        def test_it(self):
            self.cluster.deployment("web", "shop", …)
            self.declare("web", "shop", {"web": reference})
            report = self.scan(status=0)
            self.assertEqual(scans.verdicts(report), {"web/web": {("match", "exact")}})
"""

import json
import sqlite3
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import lib  # noqa: E402
from servers import registry as registries  # noqa: E402
from servers.kube_api import KubeApi  # noqa: E402
from servers.kube_objects import Cluster  # noqa: E402


def subject(entry):
    """"workload/container" of a finding or a running use."""
    return f"{entry['name']}/{entry['container']}"


def findings(report, states=("new", "open")):
    """Counter of (rule, level, subject): tags and pins by their reference."""
    found = Counter()
    for one in report["findings"]:
        if one["state"] in states:
            about = one["reference"] if one["subject"] in ("tag", "pin") else subject(one)
            found[one["rule"], one["level"], about] += 1
    return found


def rules(report, states=("new", "open")):
    """{rule: sorted subjects}, in short."""
    found = {}
    for rule, _, about in sorted(findings(report, states)):
        found.setdefault(rule, []).append(about)
    return found


def verdicts(report):
    """{workload/container: {(verdict, how)}} of what runs."""
    found = {}
    for one in report["running"]:
        found.setdefault(subject(one), set()).add((one["verdict"], one["how"]))
    return found


def gaps(report):
    """Sorted (gap, subject)."""
    return sorted((one["id"], one["subject"]) for one in report["gaps"])


def dump(database):
    """The whole database as lines, in a stable order."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return sorted(connection.iterdump())


class ScanTest(lib.TestCase):
    """A test with a registry (one for the class), an empty cluster, and a database."""

    registry_options = {}

    @classmethod
    def setUpClass(cls):
        cls.registry = registries.Registry(**cls.registry_options)
        cls.addClassCleanup(cls.registry.close)

    def setUp(self):
        super().setUp()
        self.cluster = Cluster(nodes={"node-a": "amd64", "node-b": "arm64"})
        self.api = None
        self.database = self.folder / "observations.db"
        self.manifests = self.folder / "manifests"
        self.manifests.mkdir()

    def push(self, node, repository, *tags):
        return self.registry.push(node, repository, *tags)

    def reference(self, repository, tag="", digest=""):
        """A reference into the test's registry."""
        text = f"{self.registry.address}/{repository}"
        return text + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")

    def declare(self, name, namespace, containers, kind="Deployment", api_version="apps/v1",
                init=None):
        """Write a kube manifest of one workload."""
        spec = {"containers": [{"name": one, "image": image} for one, image in containers.items()]}
        if init:
            spec["initContainers"] = [{"name": one, "image": image} for one, image in init.items()]
        metadata = {"name": name}
        if namespace:
            metadata["namespace"] = namespace
        value = {"apiVersion": api_version, "kind": kind, "metadata": metadata,
                 "spec": {"template": {"spec": spec}}}
        path = self.manifests / f"{name}.yaml"
        path.write_text(lib.yaml_of(value))
        return path

    def serve(self, world=None, **options):
        """Start the API server over the cluster, or give it another world."""
        world = world or self.cluster.world()
        if self.api is None:
            self.api = KubeApi(world, **options)
            self.addCleanup(self.api.close)
            lib.kubeconfig(self.folder / "config", self.api)
        self.api.world = world
        return self.api

    def scan(self, *arguments, status=None, paths=None, **options):
        """Run `pindrift scan` and return its JSON report."""
        self.serve(self.api.world if self.api else None)
        ran = self.scan_raw(*arguments, status=status, paths=paths, **options)
        return json.loads(ran.stdout)

    def scan_raw(self, *arguments, status=None, paths=None, **options):
        chosen = [self.manifests] if paths is None else paths
        return self.pindrift("scan", *chosen, "--kubeconfig", self.folder / "config",
                             "--db", self.database, "-f", "json", *arguments,
                             status=status, **options)
