"""The steps of docs/verdicts.md, each with real images in a real registry.

One Deployment a case: the digest that its manifest declares, the imageID that its
pod reports, and the verdict.  All are scanned at once.
"""

import unittest
from collections import namedtuple

import scans

from servers import images

# declared: a Node; image_id: what the pod says; live: the template's reference, by default
# the tag alone; node: where the pod runs.
Case = namedtuple("Case", "declared image_id verdict rules live node")

ABSENT = "sha256:" + "ab" * 32
UNKNOWN = ("unknown", "")


def match(how):
    return ("match", how)


def drift(how):
    return ("drift", how)


def both(salt, arm_salt=None):
    """An image index of two platforms."""
    return images.index([images.image("linux/amd64", salt),
                         images.image("linux/arm64", arm_salt or salt)])


class Verdicts(scans.ScanTest):
    def setUp(self):
        super().setUp()
        self.cases = {}

    def case(self, name, declared, image_id, verdict, rules=(), live=None, node="node-a",
             others=()):
        """Add a case; `others` are images that are in the same repository."""
        repository = f"case/{name}"
        for node_ in (declared, *others):
            self.push(node_, repository)
        self.push(declared, repository, "1")
        if "{" in image_id:
            image_id = image_id.format(here=self.reference(repository))
        self.cases[name] = Case(declared, image_id, verdict, set(rules), live, node)

    def run_cases(self):
        """Scan them all; returns {name: (verdict, how)} and {name: {rules of uses}}."""
        for name, case in self.cases.items():
            pinned = self.reference(f"case/{name}", "1", case.declared.digest)
            live = pinned if case.live == "pinned" else self.reference(f"case/{name}", "1")
            self.declare(name, "shop", {"app": pinned})
            self.cluster.deployment(name, "shop", {"app": live},
                                    [({"app": case.image_id}, {"node": case.node})])
        report = self.scan("-A")
        found = {about.split("/")[0]: next(iter(verdict))
                 for about, verdict in scans.verdicts(report).items()}
        raised = {}
        for one in report["findings"]:
            raised.setdefault(one["name"], set()).add(one["rule"])
        return report, found, raised

    def assert_verdicts(self):
        report, found, raised = self.run_cases()
        usual = {"running-unpinned", "pin-not-applied", "tag-moved"}  # they pull by tag
        self.assertEqual(found, {name: case.verdict for name, case in self.cases.items()})
        for name, case in self.cases.items():
            with self.subTest(name):
                self.assertEqual(raised.get(name, set()) - usual, case.rules)
        return report

    def test_the_same_image_is_never_drift(self):
        index, other = both("one"), both("another")
        amd64, arm64 = index.children
        nested = images.index([index])
        attested = images.index([amd64, images.attestation(amd64, "first")])
        again = images.index([amd64, images.attestation(amd64, "second")])
        docker = images.twin(amd64)
        packed = images.twin(amd64, docker=False, recompress=True)
        packed_index = images.index([packed, arm64])
        self.case("exact", index, "{here}@" + index.digest, match("exact"))
        self.case("exact-elsewhere", index, f"mirror.example/x@{index.digest}", match("exact"))
        self.case("pullable", index, "docker-pullable://{here}@" + index.digest, match("exact"))
        self.case("child", index, "{here}@" + amd64.digest, match("platform"))
        self.case("child-on-arm", index, "{here}@" + arm64.digest, match("platform"),
                  node="node-b")
        self.case("child-of-another-node", index, "{here}@" + arm64.digest, match("platform"),
                  ["platform-mismatch"])
        self.case("nested", nested, "{here}@" + amd64.digest, match("platform"))
        self.case("nested-index", nested, "{here}@" + index.digest, match("platform"))
        self.case("attestation-rebuilt", attested, "{here}@" + again.digest, match("platform"),
                  others=[again])
        self.case("parent", amd64, "{here}@" + index.digest, match("platform"),
                  ["pin-platform"], others=[index])
        self.case("config", index, amd64.config_digest, match("config"))
        self.case("config-of-docker", index, f"docker://{amd64.config_digest}", match("config"))
        self.case("config-without-prefix", index, amd64.config_digest[7:], match("config"))
        self.case("bare-manifest", index, f"docker://{amd64.digest}", match("platform"))
        self.case("bare-index", amd64, index.digest, match("platform"), ["pin-platform"],
                  others=[index])
        self.case("converted", amd64, "{here}@" + docker.digest, match("config"), others=[docker])
        self.case("recompressed", amd64, "{here}@" + packed.digest, match("config"),
                  others=[packed])
        self.case("twin-in-index", index, "{here}@" + packed_index.digest, match("config"),
                  others=[packed_index])
        self.case("shown-elsewhere", amd64,
                  f"{self.registry.address}/case/nothing-here@{docker.digest}", match("config"),
                  others=[docker])
        report = self.assert_verdicts()
        self.assertEqual(scans.gaps(report), [])
        self.assertNotIn(other.digest, str(report))

    def test_another_image_always_is(self):
        index, other = both("one"), both("another")
        amd64 = index.children[0]
        same_layers = images.image("linux/amd64", "other salt", text="linux/amd64 one")
        elsewhere = both("one", arm_salt="rebuilt")
        differs = ["running-differs"]
        self.case("layers", index, "{here}@" + other.digest, drift("layers"), differs,
                  others=[other])
        self.case("layers-of-child", index, "{here}@" + other.children[0].digest,
                  drift("layers"), differs, others=[other])
        self.case("layers-of-manifests", amd64, "{here}@" + other.children[0].digest,
                  drift("layers"), differs, others=[other])
        self.case("config-only", amd64, "{here}@" + same_layers.digest, drift("config-only"),
                  differs, others=[same_layers])
        self.case("bare-config", index, other.children[0].config_digest, drift("layers"),
                  differs, others=[other])
        self.case("other-platform", index, "{here}@" + elsewhere.digest, drift("other-platform"),
                  differs, others=[elsewhere])
        self.case("patched-in-place", index, "{here}@" + other.digest, drift("layers"), differs,
                  others=[other], live="pinned")
        report = self.assert_verdicts()
        levels = {one["name"]: one["level"] for one in report["findings"]
                  if one["rule"] == "running-differs"}
        self.assertEqual({name for name, level in levels.items() if level != "error"},
                         {"other-platform"})
        self.assertEqual(levels["other-platform"], "note")

    def test_a_bare_digest_that_one_question_answers_leaves_no_gap(self):
        """docker-registry answers 500 where a config is asked for as a manifest."""
        index, other = both("one"), both("another")
        deep = images.index([images.index([index])])
        config = other.children[0].config_digest
        for name, declared in (("manifest", index.children[0]), ("index", index), ("deep", deep)):
            self.case(f"other-config-of-{name}", declared, config, drift("layers"),
                      ["running-differs"], others=[other])
        layer = images.digest_of(other.children[0].blobs[-1])
        self.case("layer", index, layer, UNKNOWN, others=[other])
        report = self.assert_verdicts()
        self.assertEqual(scans.gaps(report), [("unresolved", f"shop/layer/app {layer}")])

    def test_a_bare_digest_that_is_nowhere_is_one_gap(self):
        self.case("nowhere", both("one"), ABSENT, UNKNOWN)
        self.case("nowhere-in-depth", images.index([images.index([both("one")])]), ABSENT, UNKNOWN)
        report = self.assert_verdicts()
        self.assertEqual(scans.gaps(report),
                         sorted(("unresolved", f"shop/{name}/app {ABSENT}")
                                for name in self.cases))

    def test_artifacts_are_compared_by_their_layers(self):
        chart, other = images.artifact("one"), images.artifact("two")
        self.case("artifact", chart, "{here}@" + chart.digest, match("exact"))
        self.case("artifact-differs", chart, "{here}@" + other.digest, drift("layers"),
                  ["running-differs"], others=[other])
        self.assert_verdicts()

    def test_what_cannot_be_resolved_is_bound_or_unknown(self):
        index = both("one")
        self.case("unknown", index, "{here}@" + ABSENT, UNKNOWN)
        self.case("unknown-bare", index, ABSENT, UNKNOWN)
        self.case("imported", index, "docker.io/library/import-2026-01-01@" + ABSENT,
                  match("bound"), live="pinned")
        self.case("bound", index, "{here}@" + ABSENT, match("bound"), live="pinned")
        self.case("bound-bare", index, ABSENT, match("bound"), live="pinned")
        report, found, _ = self.run_cases()
        self.assertEqual(found, {name: case.verdict for name, case in self.cases.items()})
        hidden = [about for gap, about in scans.gaps(report) if gap == "unresolved"]
        self.assertEqual(len(hidden), 2, hidden)
        self.assertNotIn("running-differs", scans.rules(report))

    def test_a_proof_names_the_bytes_that_it_rests_on(self):
        index, other = both("one"), both("another")
        self.case("layers", index, "{here}@" + other.digest, drift("layers"), [], others=[other])
        report, _, _ = self.run_cases()
        proof = report["running"][0]["proof"]
        self.assertIn(index.digest, proof)
        self.assertIn(other.digest, proof)


if __name__ == "__main__":
    unittest.main()
