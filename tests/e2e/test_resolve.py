"""`pindrift resolve`: the same as skopeo says, for everything that a registry may hold."""

import json
import shutil
import socket
import subprocess
import unittest

import scans

from servers import images


def skopeo_raw(reference):
    """The manifest's bytes, as skopeo has them."""
    done = subprocess.run(["skopeo", "inspect", "--raw", "--tls-verify=false",
                           f"docker://{reference}"], check=True, capture_output=True)
    return done.stdout


class Resolve(scans.ScanTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        amd64, arm64 = (images.image(f"linux/{one}", "one") for one in ("amd64", "arm64"))
        index = images.index([amd64, arm64])
        cls.nodes = {
            "oci-image": amd64,
            "docker-image": images.image("linux/amd64", "two", docker=True),
            "oci-index": index,
            "docker-index": images.index([images.image(f"linux/{one}", "three", docker=True)
                                          for one in ("amd64", "arm64")], docker=True),
            "nested-index": images.index([index]),
            "empty-index": images.index([]),
            "attested": images.index([amd64, images.attestation(amd64, "built")]),
            "artifact": images.artifact("a chart"),
        }
        for name, node in cls.nodes.items():
            cls.registry.push(node, "demo/all", name)

    def resolve(self, *arguments, status=0):
        return json.loads(self.pindrift("resolve", "-f", "json", *arguments,
                                        status=status).stdout)

    @unittest.skipUnless(shutil.which("skopeo"), "skopeo is not here")
    def test_it_agrees_with_skopeo(self):
        references = {name: self.reference("demo/all", name) for name in self.nodes}
        found = dict(zip(references, self.resolve(*references.values())))
        for name, reference in references.items():
            raw = skopeo_raw(reference)
            body = json.loads(raw)
            with self.subTest(name):
                one = found[name]
                self.assertEqual(one["digest"], images.digest_of(raw))
                self.assertEqual(one["size"], len(raw))
                self.assertEqual(one["media_type"], body["mediaType"])
                self.assertEqual([child["digest"] for child in one["platforms"]],
                                 [child["digest"] for child in body.get("manifests", [])])
                self.assertEqual(
                    [child["platform"] for child in one["platforms"]],
                    ["{os}/{architecture}".format(**child["platform"])
                     if "platform" in child else "" for child in body.get("manifests", [])])

    def test_a_digest_is_resolved_as_well(self):
        node = self.nodes["oci-index"]
        (one,) = self.resolve(self.reference("demo/all", "", node.digest))
        self.assertEqual((one["digest"], one["kind"]), (node.digest, "index"))

    def test_a_platform_selects_the_child(self):
        for name in ("oci-index", "nested-index"):
            (one,) = self.resolve("--platform", "linux/arm64", self.reference("demo/all", name))
            self.assertEqual(one["digest"], self.nodes["oci-index"].children[1].digest)
        self.resolve("--platform", "linux/s390x", self.reference("demo/all", "oci-index"),
                     status=1)
        self.pindrift("resolve", "--platform", "vax", self.reference("demo/all", "x"), status=2)

    def test_what_is_not_there_and_what_cannot_be_asked(self):
        (one,) = self.resolve(self.reference("demo/all", "no-such-tag"), status=1)
        self.assertEqual(one["state"], "absent")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        (one,) = self.resolve(f"127.0.0.1:{port}/demo/all:1", status=3)
        self.assertEqual(one["state"], "unknown")
        self.assertIn(str(port), one["reason"])
        self.pindrift("resolve", "app@sha256:abc", status=2)
        self.pindrift("resolve", status=2)

    def test_text_is_for_people(self):
        ran = self.pindrift("resolve", self.reference("demo/all", "oci-index"), status=0)
        node = self.nodes["oci-index"]
        for text in (node.digest, node.media_type, "linux/arm64", node.children[1].digest):
            self.assertIn(text, ran.stdout)


if __name__ == "__main__":
    unittest.main()
