"""The same scan against registries that want a password or a token."""

import base64
import json
import unittest

import scans

from servers import images, registry
from servers.certificates import Authority
from servers.token_server import TokenServer

USERS = {"jane": "a-canary-password"}


class Guarded(scans.ScanTest):
    """One image behind credentials."""

    __test__ = False

    def setUp(self):
        super().setUp()
        self.node = images.index([images.image()])
        self.push(self.node, "shop/app", "1")
        pinned = self.reference("shop/app", "1", self.node.digest)
        child = self.node.children[0].digest
        self.cluster.deployment(
            "app", "shop", {"app": pinned},
            [{"app": f"{self.registry.address}/shop/app@{child}"}])
        self.declare("app", "shop", {"app": pinned})

    def sign_in(self, password="a-canary-password"):
        pair = base64.b64encode(f"jane:{password}".encode()).decode()
        return self.write("docker/config.json",
                          json.dumps({"auths": {self.registry.address: {"auth": pair}}}))

    def scan_it(self, *arguments, status):
        return self.scan("-A", "--registry-ca", self.authority.path, *arguments, status=status)

    def check_all(self):
        report = self.scan_it("--docker-config", self.sign_in(), status=0)
        self.assertEqual(scans.verdicts(report), {"app/app": {("match", "platform")}})

    def check_wrong_password(self):
        config = self.sign_in("a-wrong-password")
        report = self.scan_it("--docker-config", config, status=3)
        self.assertEqual({gap for gap, _ in scans.gaps(report)}, {"unauthorized"})
        self.assertEqual(scans.rules(report), {})
        self.assertNotIn("a-wrong-password", json.dumps(report))

    def check_no_credentials(self):
        report = self.scan_it(status=3)
        self.assertEqual({gap for gap, _ in scans.gaps(report)}, {"unauthorized"})

    def check_no_secret_is_kept(self):
        config = self.sign_in()
        ran = self.scan_raw("-A", "--registry-ca", self.authority.path,
                            "--docker-config", config)
        secrets = [b"a-canary-password",
                   base64.b64encode(b"jane:a-canary-password")]
        kept = [path.read_bytes() for path in self.folder.glob("observations.db*")]
        for text in [ran.stdout.encode(), ran.stderr.encode(), *kept]:
            for secret in secrets:
                self.assertNotIn(secret, text)


class Password(Guarded):
    __test__ = True

    @classmethod
    def setUpClass(cls):
        cls.authority = Authority(cls.class_folder())
        cls.registry = registry.Registry(certificate=cls.authority.issue("registry"),
                                         authority=cls.authority, users=USERS)
        cls.addClassCleanup(cls.registry.close)

    def test_credentials_let_it_in(self):
        self.check_all()

    def test_a_wrong_password_is_a_gap(self):
        self.check_wrong_password()

    def test_no_credentials_are_a_gap(self):
        self.check_no_credentials()

    def test_no_secret_is_kept_or_shown(self):
        self.check_no_secret_is_kept()

    def test_an_unknown_authority_is_a_gap_that_says_so(self):
        report = self.scan("-A", "--docker-config", self.sign_in(), status=3)
        self.assertEqual({gap for gap, _ in scans.gaps(report)}, {"unreachable"})
        self.assertIn("CA", report["gaps"][0]["reason"])


class Token(Guarded):
    __test__ = True

    @classmethod
    def setUpClass(cls):
        cls.authority = Authority(cls.class_folder())
        cls.tokens = TokenServer(cls.authority, USERS)
        cls.addClassCleanup(cls.tokens.close)
        cls.registry = registry.Registry(certificate=cls.authority.issue("registry"),
                                         authority=cls.authority, token_server=cls.tokens)
        cls.addClassCleanup(cls.registry.close)

    def scan_it(self, *arguments, status):
        return super().scan_it("--token-host", self.tokens.address, *arguments, status=status)

    def test_credentials_become_a_token(self):
        self.check_all()

    def test_a_wrong_password_is_a_gap(self):
        self.check_wrong_password()

    def test_no_credentials_are_a_gap(self):
        self.tokens.anonymous = False
        self.addCleanup(setattr, self.tokens, "anonymous", True)
        self.check_no_credentials()

    def test_a_public_image_needs_no_credentials(self):
        self.scan_it(status=0)

    def test_no_secret_is_kept_or_shown(self):
        self.check_no_secret_is_kept()


if __name__ == "__main__":
    unittest.main()
