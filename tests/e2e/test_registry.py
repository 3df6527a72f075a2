"""What is learnt from a real docker-registry: open, behind a password, behind tokens."""

import base64
import json
import unittest

from registries import ProbeCase
from servers import images, registry
from servers.certificates import Authority
from servers.registry import Registry
from servers.token_server import TokenServer

ABSENT = "sha256:" + "1" * 63 + "2"
CHILD = images.image()
WEB = images.index([CHILD, images.image("linux/arm64")])
OTHER = images.image(salt="other")


@unittest.skipUnless(registry.available(), "docker-registry is not installed")
class RegistryCase(ProbeCase):
    """A registry that each class opens in its own way, with WEB in demo/web."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authority = Authority(cls.class_folder())
        cls.registry = cls.enterClass(cls.open_registry())
        cls.registry.push(WEB, "demo/web", "1.0", "latest")

    @classmethod
    def enterClass(cls, context):
        value = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)
        return value

    def setUp(self):
        super().setUp()
        self.registry.forget_requests()

    def name(self, rest):
        return f"{self.registry.address}/{rest}"

    def asked(self):
        """What the registry was asked, without the first GET /v2/."""
        return [f"{one.method} {one.target.partition('/manifests/')[2] or one.target} "
                f"{one.status}" for one in self.registry.requests() if one.target != "/v2/"]


class Open(RegistryCase):
    @classmethod
    def open_registry(cls):
        return Registry()

    def test_a_tag_is_asked_for_then_fetched_and_hashed(self):
        facts = self.probe("tag", self.name("demo/web:1.0"))
        self.assertEqual(facts.tag("demo/web:1.0")["state"], "found")
        self.assertEqual(facts.tag("demo/web:1.0")["digest"], WEB.digest)
        self.assertEqual(facts.digest(WEB.digest)["state"], "found")
        self.assertEqual(facts.images[WEB.digest]["kind"], "index")
        self.assertTrue(facts.images[WEB.digest]["body"])
        self.assertEqual(self.asked(), ["HEAD 1.0 200", "GET 1.0 200"])

    def test_an_unmoved_tag_costs_one_head(self):
        facts = self.probe("tag", self.name("demo/web:1.0"), "+",
                           "tag", self.name("demo/web:1.0"), "tag", self.name("demo/web:latest"))
        self.assertEqual(facts.tag("demo/web:latest")["digest"], WEB.digest)
        self.assertEqual(sorted(self.asked()[2:]), ["HEAD 1.0 200", "HEAD latest 200"])
        self.assertEqual(facts.requests[self.registry.address]["spared"], 2)
        self.assertEqual(facts.requests[self.registry.address]["made"], 5)

    def test_two_tags_of_the_same_new_content_fetch_it_once(self):
        facts = self.probe("tag", self.name("demo/web:1.0"), "tag", self.name("demo/web:latest"))
        for tag in ("1.0", "latest"):
            self.assertEqual(facts.tag(f"demo/web:{tag}")["digest"], WEB.digest)
            self.assertEqual(facts.tag(f"demo/web:{tag}")["state"], "found")
        asked = self.asked()
        self.assertEqual(sorted(one for one in asked if one.startswith("HEAD")),
                         ["HEAD 1.0 200", "HEAD latest 200"])
        self.assertEqual(len([one for one in asked if one.startswith("GET")]), 1, asked)

    def test_404_is_absent_and_names_the_image(self):
        facts = self.probe("tag", self.name("demo/web:9"), "tag", self.name("demo/none:1"),
                           "presence", self.name(f"demo/web@{ABSENT}"))
        for fact in (facts.tag("demo/web:9"), facts.tag("demo/none:1"), facts.digest(ABSENT)):
            self.assertEqual(fact["state"], "absent")
            self.assertIn(self.registry.address, fact["reason"])
            self.assertIn(fact["repository"], fact["reason"])

    def test_presence_costs_one_head(self):
        facts = self.probe("presence", self.name(f"demo/web@{WEB.digest}"))
        self.assertEqual(facts.digest(WEB.digest)["state"], "found")
        self.assertEqual(facts.images, {})
        self.assertEqual(self.asked(), [f"HEAD {WEB.digest} 200"])

    def test_manifests_and_configs_by_digest(self):
        facts = self.probe("manifest", self.name(f"demo/web@{CHILD.digest}"),
                           "blob", self.name(f"demo/web@{CHILD.config_digest}"))
        self.assertEqual(facts.digest(CHILD.digest)["state"], "found")
        self.assertEqual(facts.digest(CHILD.config_digest, blob=True)["state"], "found")
        self.assertEqual(facts.images[CHILD.digest]["kind"], "manifest")
        self.assertEqual(facts.images[CHILD.config_digest]["kind"], "config")

    def test_a_digest_of_a_config_is_no_manifest(self):
        facts = self.probe("manifest", self.name(f"demo/web@{CHILD.config_digest}"))
        # docker-registry says 404 or 500, by version.
        self.assertIn(facts.digest(CHILD.config_digest)["state"], ("absent", "unknown"))
        self.assertEqual(facts.images, {})

    def test_the_kinds_of_content(self):
        contents = {
            "docker": (images.image(docker=True), "manifest"),
            "list": (images.index([images.image(docker=True)], docker=True), "index"),
            "nested": (images.index([WEB]), "index"),
            "empty": (images.index([]), "index"),
            "chart": (images.artifact("chart"), "artifact"),
            "attested": (images.index([CHILD, images.attestation(CHILD)]), "index"),
        }
        wants = []
        for name, (node, _) in contents.items():
            self.registry.push(node, "kinds/all", name)
            wants += ["tag", self.name(f"kinds/all:{name}")]
        facts = self.probe(*wants)
        for name, (node, kind) in contents.items():
            self.assertEqual(facts.tag(f"kinds/all:{name}")["digest"], node.digest, name)
            self.assertEqual(facts.images[node.digest]["kind"], kind, name)

    def test_a_moved_tag_and_a_deleted_one(self):
        self.registry.push(WEB, "moving/app", "1", "gone")
        self.registry.push(OTHER, "moving/app", "2")
        before = self.probe("tag", self.name("moving/app:1"))
        self.registry.push(OTHER, "moving/app", "1")
        self.registry.delete("moving/app", WEB.digest)
        after = self.probe("tag", self.name("moving/app:1"), "tag", self.name("moving/app:gone"))
        self.assertEqual(before.tag("moving/app:1")["digest"], WEB.digest)
        self.assertEqual(after.tag("moving/app:1")["digest"], OTHER.digest)
        self.assertEqual(after.tag("moving/app:gone")["state"], "absent")

    def test_many_tags_over_few_connections(self):
        many = [f"t{number}" for number in range(200)]
        self.registry.push(CHILD, "many/app", *many)
        self.registry.forget_requests()
        wants = [word for tag in many for word in ("tag", self.name(f"many/app:{tag}"))]
        facts = self.probe("manifest", self.name(f"many/app@{CHILD.digest}"), "+", *wants)
        self.assertEqual({one["state"] for one in facts.value["tags"]}, {"found"})
        self.assertEqual(facts.requests[self.registry.address]["spared"], 200)
        self.assertEqual(len(self.asked()), 201)

    def test_facts_stand_in_the_order_of_the_wants(self):
        tags = [f"x{number}" for number in range(40)]
        facts = self.probe(*[word for tag in tags
                             for word in ("tag", self.name(f"demo/web:{tag}"))])
        self.assertEqual([one["tag"] for one in facts.value["tags"]], tags)

    def test_a_registry_that_is_not_there_is_asked_once(self):
        facts = self.probe(*["tag", "127.0.0.1:1/a/b:1"] * 30, "tag", self.name("demo/web:1.0"))
        self.assert_unknown(facts.tag("a/b:1"), "127.0.0.1:1 refuses the connection")
        self.assertEqual(facts.requests["127.0.0.1:1"]["made"], 1)
        self.assertEqual(facts.tag("demo/web:1.0")["state"], "found")

    def test_a_name_that_does_not_resolve(self):
        fact = self.one_tag("tag", "no-such-registry.invalid/a/b:1")
        self.assert_unknown(fact, "no-such-registry.invalid does not resolve")

    def test_localhost_and_a_proxy_that_is_not_used_for_it(self):
        port = self.registry.address.rpartition(":")[2]
        fact = self.one_tag("tag", f"localhost:{port}/demo/web:1.0",
                            variables={"http_proxy": "http://127.0.0.1:1",
                                       "all_proxy": "http://127.0.0.1:1"})
        self.assertEqual(fact["state"], "found", fact)


class Password(RegistryCase):
    """TLS, and one user."""

    @classmethod
    def open_registry(cls):
        return Registry(certificate=cls.authority.issue("server"), authority=cls.authority,
                        users={"jane": "open:sesame"})

    def test_without_credentials_it_is_denied(self):
        fact = self.one_tag("--ca", self.authority.path, "tag", self.name("demo/web:1.0"))
        self.assertEqual(fact["state"], "denied")
        self.assertIn("none are configured", fact["reason"])

    def test_with_credentials_and_each_form_of_them(self):
        pair = base64.b64encode(b"jane:open:sesame").decode()
        forms = [
            {"auth": pair},
            {"auth": pair.rstrip("=")},
            {"username": "jane", "password": "open:sesame"},
        ]
        for form in forms:
            for key in (self.registry.address, f"https://{self.registry.address}/v1/",
                        self.registry.address + "/demo/web"):
                with self.subTest(form=form, key=key):
                    fact = self.ask_with({"auths": {key: form}})
                    self.assertEqual((fact["state"], fact["digest"]), ("found", WEB.digest))

    def ask_with(self, config, variables=None):
        path = self.folder / "config.json"
        path.write_text(json.dumps(config))
        return self.one_tag("--ca", self.authority.path, "--docker-config", path,
                            "tag", self.name("demo/web:1.0"), variables=variables)

    def test_a_wrong_password_is_denied_and_not_shown(self):
        config = self.config(**{self.registry.address: ("jane", "guessed-it")})
        fact = self.one_tag("--ca", self.authority.path, "--docker-config", config,
                            "tag", self.name("demo/web:1.0"))
        self.assertEqual(fact["state"], "denied")
        self.assertIn("asked as jane", fact["reason"])
        self.assertNotIn("guessed-it", fact["reason"])

    def test_another_repository_s_credentials_are_not_used(self):
        fact = self.ask_with({"auths": {self.registry.address + "/demo/webs":
                                        {"username": "jane", "password": "open:sesame"}}})
        self.assertEqual(fact["state"], "denied")

    def test_the_variable_comes_first(self):
        pair = base64.b64encode(b"jane:open:sesame").decode()
        variable = json.dumps({"auths": {self.registry.address: {"auth": pair}}})
        wrong = {"auths": {self.registry.address: {"username": "jane", "password": "wrong"}}}
        fact = self.ask_with(wrong, {"DOCKER_AUTH_CONFIG": variable})
        self.assertEqual(fact["state"], "found")

    def helper(self, script):
        """Install a docker-credential-test; returns the PATH that has it."""
        tools = self.folder / "bin"
        tools.mkdir(exist_ok=True)
        program = tools / "docker-credential-test"
        program.write_text("#!/bin/sh\n" + script)
        program.chmod(0o755)
        return f"{tools}:/usr/bin:/bin"

    def test_a_credential_helper_is_asked_once_for_a_registry(self):
        log = self.folder / "log"
        path = self.helper(f'echo "$1 $(cat)" >> {log}\n'
                           'echo \'{"Username":"jane","Secret":"open:sesame"}\'\n')
        facts = self.ask_all({"credHelpers": {self.registry.address: "test"}}, path)
        self.assertEqual({one["state"] for one in facts.value["tags"]}, {"found"})
        self.assertEqual(log.read_text(), f"get {self.registry.address}\n")

    def ask_all(self, config, path):
        file = self.folder / "config.json"
        file.write_text(json.dumps(config))
        return self.probe("--ca", self.authority.path, "--docker-config", file,
                          "tag", self.name("demo/web:1.0"), "tag", self.name("demo/web:latest"),
                          variables={"PATH": path})

    def test_what_a_helper_says_counts_even_if_it_is_nothing(self):
        path = self.helper('echo "credentials not found in native keychain"; exit 1\n')
        facts = self.ask_all({"credsStore": "test", "auths": {self.registry.address: {
            "username": "jane", "password": "open:sesame"}}}, path)
        self.assertEqual(facts.tag("demo/web:1.0")["state"], "denied")

    def test_a_helper_that_fails_or_is_missing_is_named(self):
        cases = [
            ("broken", 'echo "the keychain is locked"; exit 1\n', "the keychain is locked"),
            ("no JSON", "echo hello\n", "no JSON object"),
            ("flood", "while :; do echo aaaaaaaaaaaaaaaa; done\n", "65536 bytes"),
        ]
        for label, script, words in cases:
            with self.subTest(label):
                facts = self.ask_all({"credsStore": "test"}, self.helper(script))
                fact = facts.tag("demo/web:1.0")
                self.assertEqual(fact["state"], "denied")
                self.assertIn(words, fact["reason"])
        fact = self.ask_all({"credsStore": "none-such"}, "/usr/bin:/bin").tag("demo/web:1.0")
        self.assertIn("docker-credential-none-such: not found", fact["reason"])


class Tokens(RegistryCase):
    """TLS, and a token server on another port."""

    @classmethod
    def open_registry(cls):
        cls.tokens = cls.enterClass(TokenServer(cls.authority, {"jane": "open:sesame"}))
        return Registry(certificate=cls.authority.issue("server"), authority=cls.authority,
                        token_server=cls.tokens)

    def setUp(self):
        super().setUp()
        self.tokens.requests.clear()
        self.tokens.field = "token"
        self.tokens.anonymous = True
        self.tokens.posts = True

    def ask(self, *wants, trusted=True, credentials=None, options=()):
        trust = ["--token-host", self.tokens.address] if trusted else []
        login = []
        if credentials:
            login = ["--docker-config", self.config(**{self.registry.address: credentials})]
        return self.probe("--ca", self.authority.path, *trust, *login, *options, *wants)

    def test_one_token_serves_all_that_waits_for_it(self):
        wants = [word for tag in ("1.0", "latest", "2", "3", "4", "5")
                 for word in ("tag", self.name(f"demo/web:{tag}"))]
        facts = self.ask(*wants, credentials=("jane", "open:sesame"))
        self.assertEqual(facts.tag("demo/web:1.0")["digest"], WEB.digest)
        self.assertEqual(facts.tag("demo/web:5")["state"], "absent")
        self.assertEqual([(one.method, one.user, one.status) for one in self.tokens.requests],
                         [("GET", "jane", 200)])
        self.assertIn("scope=repository%3Ademo%2Fweb%3Apull".lower(),
                      self.tokens.requests[0].target.lower())

    def test_each_repository_has_a_token_of_its_own(self):
        self.registry.push(WEB, "demo/api", "1.0")
        self.ask("tag", self.name("demo/web:1.0"), "tag", self.name("demo/api:1.0"))
        self.assertEqual(len(self.tokens.requests), 2)

    def test_anonymous_and_access_token(self):
        for field in ("token", "access_token", "both"):
            with self.subTest(field):
                self.tokens.field = field
                facts = self.ask("tag", self.name("demo/web:1.0"))
                self.assertEqual(facts.tag("demo/web:1.0")["state"], "found")
        self.assertEqual({one.user for one in self.tokens.requests}, {""})

    def test_the_token_server_s_refusal_is_denied(self):
        self.tokens.anonymous = False
        fact = self.ask("tag", self.name("demo/web:1.0")).tag("demo/web:1.0")
        self.assertEqual(fact["state"], "denied")
        self.assertIn(f"the token server {self.tokens.address} answers 401", fact["reason"])

    def test_a_token_server_elsewhere_on_loopback_is_not_asked(self):
        facts = self.ask("tag", self.name("demo/web:1.0"), trusted=False,
                         credentials=("jane", "open:sesame"))
        self.assert_unknown(facts.tag("demo/web:1.0"), "it is a loopback address",
                            f"--token-host {self.tokens.address}")
        self.assertEqual(self.tokens.requests, [])

    def test_an_identity_token_goes_by_form_and_else_by_get(self):
        config = self.folder / "config.json"
        config.write_text(json.dumps({"auths": {self.registry.address: {
            "identitytoken": "identity-of-jane"}}}))
        self.tokens.posts = False
        facts = self.ask("tag", self.name("demo/web:1.0"), options=("--docker-config", config))
        self.assertEqual([one.method for one in self.tokens.requests], ["POST", "GET"])
        self.assertEqual(facts.tag("demo/web:1.0")["state"], "found")

    def test_an_identity_token_is_exchanged_by_form_where_the_server_has_it(self):
        self.tokens.anonymous = False
        self.tokens.identities = {"identity-of-jane": "jane"}
        for token, state in (("identity-of-jane", "found"), ("identity-of-nobody", "denied")):
            with self.subTest(token):
                self.tokens.requests.clear()
                config = self.folder / "config.json"
                config.write_text(json.dumps({"auths": {self.registry.address: {
                    "identitytoken": token}}}))
                facts = self.ask("tag", self.name("demo/web:1.0"),
                                 options=("--docker-config", config))
                self.assertEqual(facts.tag("demo/web:1.0")["state"], state)
                self.assertNotIn(token, json.dumps(facts.value))
                self.assertEqual(self.tokens.requests[0].method, "POST")
                if state == "found":
                    self.assertEqual(len(self.tokens.requests), 1)


if __name__ == "__main__":
    unittest.main()
