"""Registry credentials from docker-credential-… programs, and which of several count."""

import base64
import json
import shlex
import unittest

import scans

import lib
from servers import images, registry
from servers.certificates import Authority

PASSWORD = "a-canary-password"
NONE = "echo credentials not found in native keychain; exit 1"


def basic(password=PASSWORD):
    return base64.b64encode(f"jane:{password}".encode()).decode()


class Helpers(scans.ScanTest):
    """A registry that wants jane's password."""

    @classmethod
    def setUpClass(cls):
        cls.authority = Authority(cls.class_folder())
        cls.registry = registry.Registry(certificate=cls.authority.issue("registry"),
                                         authority=cls.authority, users={"jane": PASSWORD})
        cls.addClassCleanup(cls.registry.close)

    def setUp(self):
        super().setUp()
        for repository in ("shop/app", "shop/web"):
            node = images.image()
            self.push(node, repository, "1")
            name = repository.partition("/")[2]
            pinned = self.reference(repository, "1", node.digest)
            running = f"{self.registry.address}/{repository}@{node.digest}"
            self.cluster.deployment(name, "shop", {name: pinned}, [{name: running}])
            self.declare(name, "shop", {name: pinned})

    def helper(self, name, body=None, secret=PASSWORD):
        """A docker-credential-NAME that notes what it is asked; by default it knows jane."""
        answer = {"ServerURL": "", "Username": "jane", "Secret": secret}
        asked = shlex.quote(str(self.folder / f"asked-{name}"))
        path = self.write(f"tools/docker-credential-{name}",
                          f"#!/bin/sh\nprintf '%s %s\\n' \"$*\" \"$(cat)\" >> {asked}\n"
                          + (body or f"echo {shlex.quote(json.dumps(answer))}") + "\n")
        path.chmod(0o700)

    def asked(self, name):
        path = self.folder / f"asked-{name}"
        return path.read_text().splitlines() if path.exists() else []

    def scan_with(self, config, *options, status, **variables):
        file = self.write("docker/config.json", json.dumps(config))
        path = f"{self.folder}/tools:{lib.environment(self.home)['PATH']}"
        self.serve()
        return self.scan_raw("-A", "--registry-ca", self.authority.path, "--docker-config", file,
                             *options, status=status, PATH=path, **variables)

    def assert_refused(self, config, *words, **variables):
        report = json.loads(self.scan_with(config, status=3, **variables).stdout)
        self.assertEqual({gap for gap, _ in scans.gaps(report)}, {"unauthorized"})
        for word in words:
            self.assertIn(word, report["gaps"][0]["reason"])

    @property
    def host(self):
        return self.registry.address

    def test_a_helper_for_the_registry_is_asked_once(self):
        self.helper("keychain")
        self.scan_with({"credHelpers": {self.host: "keychain"}}, status=0)
        self.assertEqual(self.asked("keychain"), [f"get {self.host}"])

    def test_a_store_for_all_registries(self):
        self.helper("vault")
        self.scan_with({"credsStore": "vault"}, status=0)
        self.assertEqual(self.asked("vault"), [f"get {self.host}"])

    def test_the_registrys_own_helper_goes_before_the_store(self):
        self.helper("keychain")
        self.helper("vault", secret="wrong")
        self.scan_with({"credHelpers": {self.host: "keychain"}, "credsStore": "vault"}, status=0)
        self.assertEqual(self.asked("vault"), [])

    def test_another_registrys_helper_is_not_asked(self):
        self.helper("keychain", secret="wrong")
        self.scan_with({"credHelpers": {"quay.io": "keychain"},
                        "auths": {self.host: {"auth": basic()}}}, status=0)
        self.assertEqual(self.asked("keychain"), [])

    def test_a_helper_goes_before_what_stands_in_the_file(self):
        self.helper("keychain")
        self.scan_with({"credHelpers": {self.host: "keychain"},
                        "auths": {self.host: {"auth": basic("wrong")}}}, status=0)

    def test_a_helper_that_knows_nothing_still_goes_before_the_file(self):
        self.helper("vault", NONE)
        self.assert_refused({"credsStore": "vault", "auths": {self.host: {"auth": basic()}}},
                            "none are configured")
        self.assertEqual(self.asked("vault"), [f"get {self.host}"])

    def test_the_variable_goes_before_a_helper(self):
        self.helper("vault", secret="wrong")
        variable = json.dumps({"auths": {self.host: {"auth": basic()}}})
        self.scan_with({"credsStore": "vault"}, status=0, DOCKER_AUTH_CONFIG=variable)
        self.assertEqual(self.asked("vault"), [])

    def test_a_helper_that_fails_is_the_reason(self):
        self.helper("vault", "echo the keychain is locked; exit 1")
        self.assert_refused({"credsStore": "vault"},
                            "docker-credential-vault: exit status 1: the keychain is locked")

    def test_a_helper_that_is_not_installed_is_the_reason(self):
        self.assert_refused({"credsStore": "desktop"},
                            "docker-credential-desktop: not found in PATH")

    def test_a_helper_that_is_a_path_is_not_started(self):
        self.helper("keychain")
        self.assert_refused({"credsStore": "../tools/docker-credential-keychain"},
                            "no name of a credential helper")
        self.assertEqual(self.asked("keychain"), [])

    def test_a_helper_that_prints_too_much_is_the_reason(self):
        self.helper("vault", "exec head -c 1000000000 /dev/zero")
        self.assert_refused({"credsStore": "vault"}, "wrote more than 65536 bytes")

    def resolve(self, *arguments, status=0, config=None, **variables):
        """The words about credentials of `resolve -v`; the canary is never among them."""
        path = f"{self.folder}/tools:{lib.environment(self.home)['PATH']}"
        chosen = [] if config is None else [
            "--docker-config", self.write("docker/config.json", json.dumps(config))]
        ran = self.pindrift("resolve", "-v", "-f", "json", "--registry-ca", self.authority.path,
                            *chosen, *arguments, self.reference("shop/app", "1"), status=status,
                            PATH=path, **variables)
        text = self.pindrift("resolve", "-v", "--registry-ca", self.authority.path, *chosen,
                             *arguments, self.reference("shop/app", "1"), status=status,
                             PATH=path, **variables)
        self.assertNotIn(PASSWORD, ran.stdout + ran.stderr + text.stdout + text.stderr)
        self.assertNotIn(basic(), ran.stdout + ran.stderr + text.stdout + text.stderr)
        (one,) = json.loads(ran.stdout)
        self.assertIn(one["credential"], text.stdout)
        return one["credential"], one["reason"]

    def test_resolve_says_as_whom_it_asked_and_never_more(self):
        auths = {"auths": {self.host: {"auth": basic()}}}
        file = self.folder / "docker/config.json"
        self.helper("vault")
        self.assertEqual(self.resolve(config=auths)[0], f"asked as jane (credentials of {file})")
        self.assertEqual(self.resolve(config={"credsStore": "vault"})[0],
                         "asked as jane (credentials of docker-credential-vault)")
        self.assertEqual(self.resolve(config={}, DOCKER_AUTH_CONFIG=json.dumps(auths))[0],
                         "asked as jane (credentials of DOCKER_AUTH_CONFIG)")

    def test_no_way_in_leaves_a_secret_behind(self):
        auths = {"auths": {self.host: {"auth": basic()}}}
        tokens = {"auths": {self.host: {"identitytoken": PASSWORD}}}
        self.helper("vault")
        proxy = f"http://jane:{PASSWORD}@127.0.0.1:1"
        for label, config, status, variables in (
                ("a file", auths, 0, {}),
                ("a helper", {"credsStore": "vault"}, 0, {}),
                ("the variable", {}, 0, {"DOCKER_AUTH_CONFIG": json.dumps(auths)}),
                ("an identity token that is of no use", tokens, 3, {}),
                ("a proxy", auths, 0, {"https_proxy": proxy, "http_proxy": proxy})):
            for form in ("text", "json", "html"):
                with self.subTest(label, form=form):
                    ran = self.scan_with(config, "-v", "-f", form, status=status, **variables)
                    kept = [path.read_bytes() for path in self.folder.glob("observations.db*")]
                    self.assertTrue(kept)
                    for text in (ran.stdout.encode(), ran.stderr.encode(), *kept):
                        self.assertNotIn(PASSWORD.encode(), text)
                        self.assertNotIn(basic().encode(), text)
        self.assertTrue(self.asked("vault"))
        for line in self.asked("vault"):  # its arguments and its input
            self.assertNotIn(PASSWORD, line)

    def test_what_is_denied_says_the_same(self):
        wrong = {"auths": {self.host: {"auth": basic("wrong")}}}
        for config, words in ((wrong, "asked as jane (credentials of "),
                              ({"credsStore": "vault"}, "asked without credentials, since "),
                              ({}, "asked without credentials: none are configured for it")):
            with self.subTest(words):
                credential, reason = self.resolve(config=config, status=3)
                self.assertTrue(credential.startswith(words), credential)
                self.assertIn(credential, reason)

    def test_podmans_file_is_read_with_its_paths(self):
        auths = {f"{self.host}/shop": {"auth": basic("wrong")},
                 f"{self.host}/shop/app": {"auth": basic()},
                 f"{self.host}/sho": {"auth": basic("wrong")}}
        file = self.write("run/containers/auth.json", json.dumps({"auths": auths}))
        words = f"asked as jane (credentials of {file})"
        self.assertEqual(self.resolve(XDG_RUNTIME_DIR=self.folder / "run")[0], words)
        self.assertEqual(self.resolve(REGISTRY_AUTH_FILE=file)[0], words)

    def test_resolve_is_silent_about_it_unless_asked(self):
        config = self.write("docker/config.json",
                            json.dumps({"auths": {self.host: {"auth": basic()}}}))
        ran = self.pindrift("resolve", "-f", "json", "--registry-ca", self.authority.path,
                            "--docker-config", config, self.reference("shop/app", "1"), status=0)
        self.assertNotIn("jane", ran.stdout)

    def test_the_secret_is_kept_nowhere(self):
        self.helper("vault", f"echo got {PASSWORD} >&2; echo "
                    + shlex.quote(json.dumps({"Username": "jane", "Secret": PASSWORD})))
        ran = self.scan_with({"credsStore": "vault"}, status=0)
        kept = b"".join(path.read_bytes() for path in self.folder.glob("observations.db*"))
        for text in (ran.stdout.encode(), ran.stderr.encode(), kept):
            self.assertNotIn(PASSWORD.encode(), text)
            self.assertNotIn(basic().encode(), text)


if __name__ == "__main__":
    unittest.main()
