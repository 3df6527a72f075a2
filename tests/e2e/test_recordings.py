"""The recordings of a real API server, scanned: nothing false, nothing missing.

Their images are at 127.0.0.1:15000, which a registry here must have for itself.
Skipped where the recordings are not beside the repository, or the port is taken.
"""

import socket
import unittest

import scans

import lib
from servers import images, registry
from servers.kube_replay import Replay

RECORDINGS = lib.SHARED / "kube-recordings"
IMAGES = lib.SHARED / "images"
PORT = 15000

WEB = "127.0.0.1:15000/demo/web"
OLD_PIN = f"{WEB}:0.9@sha256:5d0b3f1c2a4e6879a1b2c3d4e5f60718293a4b5c6d7e8f90123456789abcdef0"
CHILD_PIN = f"{WEB}:1.0@sha256:0f45d97374cd498736e3e5db2409e8237c961863b026e0247244910b98533704"
API_PIN = ("127.0.0.1:15000/demo/api@sha256:"
           "6422bbd36e91e9d7ae51b37c3fddae29641134168a593b92bab5819d76706121")

EXPECTED = {
    ("unpinned", "error"): ["web/migrate"],
    ("pin-gone", "error"): [OLD_PIN],
    ("running-unpinned", "warning"): ["web/web", "web/migrate", "nightly/report", "mixed/app",
                                      "debug/tool", "debug/quiet"],
    ("pin-not-applied", "warning"): ["web/web", "nightly/report", "mixed/app"],
    ("pin-platform", "warning"): [CHILD_PIN],
    ("tag-gone", "warning"): [f"{WEB}:0.9", "127.0.0.1:15000/demo/absent:9"],
    ("undeclared", "warning"): ["debug/tool", "debug/quiet", "stuck/app"],
    ("not-running", "note"): ["canary/app", "old/app"],
    ("pin-without-tag", "none"): [API_PIN],
}

VERDICTS = {
    "web/web": {("match", "exact")},
    "web/migrate": {("unpinned", "")},
    "db/db": {("match", "exact")},
    "agent/agent": {("match", "exact")},
    "nightly/report": {("match", "exact")},
    "mixed/app": {("match", "platform"), ("unknown", "")},
    "debug/tool": {("undeclared", "")},
    "debug/quiet": {("undeclared", "")},
    "stuck/app": {("pending", "")},
}


def port_is_free():
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            return False
    return True


@unittest.skipUnless(RECORDINGS.is_dir() and IMAGES.is_dir(), "the recordings are not here")
class Recordings(scans.ScanTest):
    @classmethod
    def setUpClass(cls):
        if not port_is_free():
            raise unittest.SkipTest(f"port {PORT} is taken")
        cls.registry = registry.Registry(port=PORT)
        cls.addClassCleanup(cls.registry.close)
        cls.registry.push(images.layout(IMAGES / "web"), "demo/web", "1.0")
        cls.registry.push(images.layout(IMAGES / "api"), "demo/api", "2.0")

    def scan_shop(self, status):
        return self.scan("-n", "shop", status=status, paths=[RECORDINGS / "manifests"])

    def assert_expected(self, report):
        wanted = {(rule, level, about): 1
                  for (rule, level), subjects in EXPECTED.items() for about in subjects}
        self.assertEqual(dict(scans.findings(report)), wanted)
        self.assertEqual([gap for gap, _ in scans.gaps(report)], ["unresolved"] * 2)
        hidden = " ".join(subject for _, subject in scans.gaps(report))
        self.assertIn("debug/tool", hidden)
        self.assertIn("mixed/app", hidden)
        self.assertEqual(scans.verdicts(report), VERDICTS)
        self.assertEqual(report["summary"]["ended_pods"], 1)
        self.assertIn("15 pods, 1 ended one left out", report["coverage"][0]["note"])

    def test_the_scan_finds_what_is_there_and_nothing_else(self):
        self.serve(Replay(RECORDINGS))
        self.assert_expected(self.scan_shop(status=1))
        asked = [one for one in self.api.requests if "/pods" in one.target]
        self.assertEqual(len(asked), 4, "pages of four, to a client that asks for 500")
        self.assertTrue(all("limit=500" in one.target for one in asked))

    def test_a_second_scan_finds_nothing_new_and_adds_no_span(self):
        self.serve(Replay(RECORDINGS))
        first = self.scan_shop(status=1)
        before = scans.dump(self.database)
        second = self.scan_shop(status=1)
        self.assert_expected(second)
        self.assertTrue(all(one["state"] == "new" for one in first["findings"]))
        self.assertTrue(all(one["state"] == "open" for one in second["findings"]))
        changed = set(scans.dump(self.database)) ^ set(before)
        self.assertTrue(all('INTO "scan' in one or "sqlite_sequence" in one for one in changed),
                        changed)

    def test_what_a_forbidden_namespace_hides_is_unknown_and_not_fixed(self):
        self.serve(Replay(RECORDINGS))
        self.scan_shop(status=1)
        world = Replay(RECORDINGS)
        world.forbid("shop")
        self.serve(world)
        report = self.scan_shop(status=1)
        self.assertEqual([gap for gap, _ in scans.gaps(report)], ["forbidden"])
        self.assertEqual(scans.rules(report), {
            "unpinned": ["web/migrate"],
            "pin-gone": [OLD_PIN],
            "pin-platform": [CHILD_PIN],
            "pin-without-tag": [API_PIN],
            "tag-gone": [f"{WEB}:0.9"],
        })
        unknown = scans.rules(report, states=("unknown",))
        self.assertEqual(sorted(unknown), ["not-running", "pin-not-applied", "running-unpinned",
                                           "tag-gone", "undeclared"])
        self.assertEqual(unknown["tag-gone"], ["127.0.0.1:15000/demo/absent:9"])
        self.assertEqual(scans.rules(report, states=("fixed",)), {})


if __name__ == "__main__":
    unittest.main()
