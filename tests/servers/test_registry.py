"""The loopback registry, its images and its tokens, against docker-registry itself."""

import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from servers import images, processes, registry  # noqa: E402
from servers.certificates import Authority  # noqa: E402
from servers.token_server import TokenServer  # noqa: E402

SHARED_IMAGES = Path(__file__).resolve().parents[3] / "shared/images"


class Bytes(unittest.TestCase):
    """Digests that must never change, on any machine."""

    def test_an_image_has_the_same_bytes_everywhere(self):
        self.assertEqual(
            images.image("linux/amd64", "one").digest,
            "sha256:5f979c665765d2dae4182fb972b92e8919e93307632a235e0f94d16b19113298")

    def test_a_twin_has_the_same_config_only(self):
        one = images.image(salt="one")
        for other in (images.twin(one), images.twin(one, recompress=True)):
            self.assertEqual(other.config_digest, one.config_digest)
            self.assertNotEqual(other.digest, one.digest)

    def test_gzip_is_gzip(self):
        for text in (b"", b"short", b"long" * 40000):
            read = subprocess.run(("gzip", "-dc"), input=images.gzip_of(text),
                                  capture_output=True, check=True)
            self.assertEqual(read.stdout, text)


@unittest.skipUnless(registry.available(), "no docker-registry")
class OpenRegistry(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.registry = registry.Registry()
        cls.addClassCleanup(cls.registry.close)

    def digest_at(self, repository, name):
        accept = ",".join((images.OCI_INDEX, images.OCI_MANIFEST, images.DOCKER_INDEX,
                           images.DOCKER_MANIFEST))
        with self.registry.client(repository) as client:
            status, headers, _ = client.request(
                "HEAD", f"/v2/{repository}/manifests/{name}", Accept=accept)
        return headers["Docker-Content-Digest"] if status == 200 else status

    def test_every_kind_of_image_can_be_pushed(self):
        amd, arm = images.image("linux/amd64"), images.image("linux/arm/v7")
        nodes = {
            "oci": amd,
            "docker": images.image(docker=True),
            "index": images.index([amd, arm, images.attestation(amd)]),
            "list": images.index([images.twin(amd), images.twin(arm)], docker=True),
            "nested": images.index([images.index([amd]), arm]),
            "empty": images.index([]),
            "artifact": images.artifact("chart"),
            "recompressed": images.twin(amd, recompress=True),
        }
        for tag, node in nodes.items():
            with self.subTest(tag):
                self.assertEqual(self.registry.push(node, "kinds", tag), node.digest)
                self.assertEqual(self.digest_at("kinds", tag), node.digest)

    def test_a_tag_moves_and_a_digest_goes(self):
        first, second = images.image(salt="first"), images.image(salt="second")
        self.registry.push(first, "moving", "1")
        self.registry.push(second, "moving", "1")
        self.assertEqual(self.digest_at("moving", "1"), second.digest)
        self.registry.delete("moving", first.digest)
        self.assertEqual(self.digest_at("moving", first.digest), 404)
        self.assertEqual(self.digest_at("moving", "1"), second.digest)

    def test_requests_are_seen(self):
        self.registry.forget_requests()
        self.digest_at("nothing", "here")
        self.assertEqual([(one.method, one.target, one.status)
                          for one in self.registry.requests()],
                         [("HEAD", "/v2/nothing/manifests/here", 404)])

    def test_the_content_outlives_a_stop(self):
        digest = self.registry.push(images.image(salt="stays"), "stays", "1")
        address = self.registry.address
        self.registry.stop()
        with self.assertRaises(OSError):
            self.digest_at("stays", "1")
        self.registry.start()
        self.assertEqual(self.registry.address, address)
        self.assertEqual(self.digest_at("stays", "1"), digest)

    def test_a_taken_port_is_an_error(self):
        with self.assertRaises(OSError):
            registry.Registry(port=int(self.registry.address.partition(":")[2]))

    @unittest.skipUnless(SHARED_IMAGES.is_dir(), "no ../shared/images")
    def test_a_layout_keeps_its_digests(self):
        web = images.layout(SHARED_IMAGES / "web")
        self.assertTrue(web.digest.startswith("sha256:7681a2ca"))
        self.registry.push(web, "demo/web", "1.0")
        self.assertEqual(self.digest_at("demo/web", "1.0"), web.digest)
        for child in web.children:
            self.assertEqual(self.digest_at("demo/web", child.digest), child.digest)

    @unittest.skipUnless(shutil.which("skopeo"), "no skopeo")
    def test_skopeo_reads_what_was_pushed(self):
        node = images.index([images.image("linux/amd64"), images.image("linux/arm64")])
        self.registry.push(node, "read", "1")
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(("skopeo", "copy", "--all", "--src-tls-verify=false",
                            f"docker://{self.registry.address}/read:1", f"oci:{folder}/out:1"),
                           check=True, capture_output=True,
                           env=dict(os.environ, HOME=folder, XDG_RUNTIME_DIR=folder))
            self.assertEqual(images.layout(f"{folder}/out").digest, node.digest)


@unittest.skipUnless(registry.available(), "no docker-registry")
class ClosedRegistry(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.authority = Authority(folder.name)
        cls.certificate = cls.authority.issue("registry")

    def status(self, server, **headers):
        context = self.authority.client_context()
        with registry.Client(server.address, "x", context) as client:
            return client.request("GET", "/v2/", **headers)

    def test_password(self):
        with registry.Registry(certificate=self.certificate, authority=self.authority,
                               users={"jane": "secret"}) as server:
            status, headers, _ = self.status(server)
            self.assertEqual((status, headers["WWW-Authenticate"]),
                             (401, 'Basic realm="pindrift test"'))
            self.assertEqual(self.status(server, Authorization="Basic amFuZTp3cm9uZw==")[0], 401)
            self.assertEqual(self.status(server, Authorization="Basic amFuZTpzZWNyZXQ=")[0], 200)
            node = images.image()
            self.assertEqual(server.push(node, "x", "1"), node.digest)

    def test_token(self):
        with TokenServer(self.authority, {"jane": "secret"}) as tokens, \
                registry.Registry(certificate=self.certificate, authority=self.authority,
                                  token_server=tokens) as server:
            challenge = self.status(server)[1]["WWW-Authenticate"]
            self.assertIn(f'Bearer realm="{tokens.realm}"', challenge)
            node = images.image()
            self.assertEqual(server.push(node, "x", "1"), node.digest)
            self.assertEqual(self.fetch_with(tokens, server, "x", "token"), 200)
            self.assertEqual(self.fetch_with(tokens, server, "other", "token"), 401)
            tokens.field = "access_token"
            self.assertEqual(self.fetch_with(tokens, server, "x", "access_token"), 200)
            tokens.anonymous = False
            self.assertEqual(self.ask(tokens, "x")[0], 401)
            self.assertEqual(self.ask(tokens, "x", Authorization="Basic amFuZTpzZWNyZXQ=")[0],
                             200)
            self.assertEqual(tokens.requests[-1].user, "jane")

    def ask(self, tokens, repository, **headers):
        with registry.Client(tokens.address, "", self.authority.client_context()) as client:
            return client.request("GET", f"/token?scope=repository:{repository}:pull", **headers)

    def fetch_with(self, tokens, server, repository, field):
        body = images.json.loads(self.ask(tokens, repository)[2])
        with registry.Client(server.address, "x", self.authority.client_context()) as client:
            return client.request("GET", "/v2/x/manifests/1", Accept=images.OCI_MANIFEST,
                                  Authorization="Bearer " + body[field])[0]


class Certificates(unittest.TestCase):
    def test_expired_and_misnamed_ones_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority(folder)
            for name, options, reason in (
                ("good", {}, None),
                ("expired", {"expired": True}, "expired"),
                ("misnamed", {"names": ("DNS:elsewhere.example",)}, "mismatch"),
            ):
                with self.subTest(name), TokenServer(
                        authority, {}, certificate=authority.issue(name, **options)) as server:
                    with registry.Client(server.address, "", authority.client_context()) as client:
                        if reason is None:
                            self.assertEqual(client.request("GET", "/token")[0], 200)
                        else:
                            with self.assertRaisesRegex(ssl.SSLError, reason):
                                client.request("GET", "/token")


class Processes(unittest.TestCase):
    def test_a_server_dies_with_its_parent(self):
        script = ("import sys; sys.path.insert(0, sys.argv[1]);"
                  "from servers import processes;"
                  "print(processes.start(['sleep', '60']).pid, flush=True);"
                  "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
        tests = str(Path(__file__).resolve().parents[1])
        ran = subprocess.run((sys.executable, "-c", script, tests), capture_output=True)
        child = Path("/proc") / ran.stdout.decode().strip() / "comm"
        processes.wait_until(lambda: not child.exists() or child.read_text() != "sleep\n",
                             what="the end of the child")


if __name__ == "__main__":
    unittest.main()
