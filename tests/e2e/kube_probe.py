"""What the tests of the cluster source share: tests/tools/kube_probe.c and its JSON."""

import json
import subprocess
import unittest
from pathlib import Path

import lib
from servers.kube_objects import Cluster

HEX = "%064x"
WEB = "registry.example.com/shop/web:1.0"
WEB_ID = "registry.example.com/shop/web@sha256:" + HEX % 0xAA

PROBE = Path(lib.program()).parent / "tests/kube_probe"


def shop(pods=2, **options):
    """A cluster with one Deployment in namespace shop."""
    cluster = Cluster(**options)
    cluster.deployment("web", "shop", {"web": WEB}, [{"web": WEB_ID}] * pods)
    return cluster


@unittest.skipUnless(PROBE.exists(), f"{PROBE} is not built")
class ProbeCase(lib.TestCase):
    """Runs the probe against a stand-in."""

    def probe(self, api, namespace="shop", *options, status=0, config=None, **kubeconfig):
        config = config or lib.kubeconfig(self.folder / "config", api, **kubeconfig)
        ran = subprocess.run([PROBE, config, "", namespace, *options], capture_output=True,
                             text=True, timeout=120, check=False,
                             env=lib.environment(self.home))
        self.assertEqual(ran.returncode, status, ran.stderr)
        self.errors = ran.stderr
        return json.loads(ran.stdout)

    def assert_observed(self, seen, pods):
        self.assertEqual(seen["gaps"], [])
        self.assertEqual([one["observed"] for one in seen["coverage"]], [True])
        self.assertEqual(sum(one["pod_count"] for one in seen["running"]), pods)

    def assert_gap(self, seen, kind, *words):
        """One gap of that kind, whose reason holds the words; nothing is covered."""
        self.assertEqual([one["kind"] for one in seen["gaps"]], [kind])
        for word in words:
            self.assertIn(word, seen["gaps"][0]["reason"])
        self.assertEqual([one["observed"] for one in seen["coverage"]], [False])
        self.assertEqual(seen["gaps"][0]["scope"], seen["coverage"][0]["scope"])
