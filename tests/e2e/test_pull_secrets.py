"""--pull-secrets: registries asked with the credentials that the cluster's nodes have."""

import base64
import json
import unittest

import scans
from test_clusters import config_of
from test_rbac import rules_of

import lib
from servers import images, registry
from servers.certificates import Authority
from servers.kube_api import KubeApi
from servers.kube_objects import Cluster
from servers.kube_world import scope_of
from servers.token_server import TokenServer

PASSWORD = "canary-4711-correct-horse"
WRONG = "canary-0815-battery-staple"


def encoded(value):
    return base64.b64encode(json.dumps(value).encode()).decode()


class SecretsTest(scans.ScanTest):
    """Two namespaces run images of a registry that wants jane's password."""

    @classmethod
    def setUpClass(cls):
        cls.authority = Authority(cls.class_folder())
        cls.registry = cls.make_registry()
        cls.addClassCleanup(cls.registry.close)

    @classmethod
    def make_registry(cls):
        return registry.Registry(certificate=cls.authority.issue("registry"),
                                 authority=cls.authority, users={"jane": PASSWORD})

    def run_image(self, namespace, repository, *secrets):
        """A Deployment whose pods name these secrets."""
        node = images.image()
        self.push(node, repository, "1")
        name = repository.partition("/")[2]
        pinned = self.reference(repository, "1", node.digest)
        (*_, pod) = self.cluster.deployment(
            name, namespace, {name: pinned},
            [{name: self.reference(repository, digest=node.digest)}])
        pod["spec"]["imagePullSecrets"] = [{"name": one} for one in secrets]
        self.declare(name, namespace, {name: pinned})

    def secret(self, namespace, name, password=PASSWORD, key=None, legacy=False):
        auths = {key or self.registry.address: {"username": "jane", "password": password}}
        kind = "dockercfg" if legacy else "dockerconfigjson"
        self.cluster.add("v1", "Secret", self.cluster.metadata("Secret", name, namespace),
                         type=f"kubernetes.io/{kind}",
                         data={f".{kind}": encoded(auths if legacy else {"auths": auths})})

    def scan_secrets(self, *arguments, status=0, world=None, option="--pull-secrets"):
        self.serve(world)
        ran = self.scan_raw("-A", "--registry-ca", self.authority.path,
                            *([option] if option else []), *arguments, status=status)
        for text in (ran.stdout, ran.stderr, str(scans.dump(self.database)),
                     self.database.read_bytes().decode(errors="replace")):
            for password in (PASSWORD, WRONG):
                self.assertNotIn(password, text)
                self.assertNotIn(encoded({"x": password})[8:-8], text)
        self.errors = ran.stderr
        return json.loads(ran.stdout)

    def secrets_asked(self):
        scopes = [(scope_of(one.target.partition("?")[0]), one) for one in self.api.requests]
        return sorted((scope.verb, scope.namespace, scope.name, one.status)
                      for scope, one in scopes if scope and scope.resource.name == "secrets")

    def denied(self, report):
        return [about for gap, about in scans.gaps(report) if gap == "unauthorized"]


class Basic(SecretsTest):
    def test_only_what_pods_name_is_read_and_only_if_it_is_wanted(self):
        self.run_image("shop", "shop/app", "regcred")
        self.secret("shop", "regcred")
        self.secret("shop", "other")
        report = self.scan_secrets(option=None, status=3)
        self.assertEqual(self.secrets_asked(), [])
        self.assertTrue(self.denied(report))
        report = self.scan_secrets()
        self.assertEqual(self.secrets_asked(), [("get", "shop", "regcred", 200)])
        self.assertEqual(scans.gaps(report), [])
        self.assertEqual(scans.verdicts(report), {"app/app": {("match", "exact")}})
        self.assertEqual(self.errors, "")

    def test_both_types_and_keys_with_globs_and_paths(self):
        port = self.registry.address.rpartition(":")[2]
        self.run_image("shop", "shop/app", "legacy")
        self.run_image("data", "data/db", "path")
        self.secret("shop", "legacy", legacy=True, key=f"https://127.*.0.?:{port}/v1/")
        self.secret("data", "path", key=f"{self.registry.address}/data/d")
        self.assertEqual(scans.gaps(self.scan_secrets()), [])

    def test_a_secret_is_for_the_images_of_its_namespace(self):
        self.run_image("shop", "shop/app", "regcred")
        self.run_image("data", "data/db")
        self.secret("shop", "regcred")
        report = self.scan_secrets(status=3)
        self.assertTrue(self.denied(report))
        self.assertTrue(all("data/db" in one for one in self.denied(report)),
                        self.denied(report))

    def test_several_credentials_are_tried_in_turn(self):
        """The longest key first; the user's own before all."""
        self.run_image("shop", "shop/app", "one", "two", "three")
        address = self.registry.address
        self.secret("shop", "one", key=f"{address}/shop/app", password=WRONG)
        self.secret("shop", "two", key=f"{address}/shop", password=WRONG + "2")
        self.secret("shop", "three")
        self.assertEqual(scans.gaps(self.scan_secrets()), [])
        own = lib.docker_config(self.folder / "docker", **{address: ("jane", WRONG + "3")})
        report = self.scan_secrets("--docker-config", own / "config.json")
        self.assertEqual(scans.gaps(report), [])

    def test_the_users_own_credentials_are_enough(self):
        self.run_image("shop", "shop/app", "regcred")
        self.secret("shop", "regcred", password=WRONG)
        own = lib.docker_config(self.folder / "docker",
                                **{self.registry.address: ("jane", PASSWORD)})
        report = self.scan_secrets("--docker-config", own / "config.json")
        self.assertEqual(scans.gaps(report), [])

    def test_a_refusal_names_the_secret_and_not_its_content(self):
        self.run_image("shop", "shop/app", "regcred")
        self.secret("shop", "regcred", password=WRONG)
        report = self.scan_secrets(status=3)
        self.assertIn("pull secret shop/regcred", report["gaps"][0]["reason"])

    def test_what_may_not_be_read_is_said_once(self):
        for number in range(3):
            self.run_image("shop", f"shop/app-{number}", f"regcred-{number}", "absent")
            self.secret("shop", f"regcred-{number}")
        world = self.cluster.world()
        world.deny(resource="secrets")
        report = self.scan_secrets(world=world, status=3)
        self.assertEqual(len(self.errors.splitlines()), 1, self.errors)
        self.assertIn("4 of 4 pull secrets may not be read (get secrets)", self.errors)
        self.assertIn("examples/rbac-pull-secrets.yaml", self.errors)
        self.assertTrue(self.denied(report))

    def test_a_secret_that_is_broken_does_not_stop_the_others(self):
        self.run_image("shop", "shop/app", "broken", "absent", "regcred")
        self.secret("shop", "regcred")
        self.cluster.add("v1", "Secret", self.cluster.metadata("Secret", "broken", "shop"),
                         type="kubernetes.io/dockerconfigjson",
                         data={".dockerconfigjson": base64.b64encode(WRONG.encode()).decode()})
        self.assertEqual(scans.gaps(self.scan_secrets()), [])
        self.assertIn("shop/broken", self.errors)

    def test_the_least_rights(self):
        self.run_image("shop", "shop/app", "regcred")
        self.secret("shop", "regcred")
        self.scan_secrets()
        granted = rules_of("rbac-pull-secrets.yaml", "Role", "pindrift-pull-secrets")
        self.assertEqual(granted, {("get", "", "secrets", "regcred")})
        self.assertEqual(self.secrets_asked(), [("get", "shop", "regcred", 200)])

    def test_a_dump_has_no_server_to_ask(self):
        ran = self.pindrift("scan", "--pull-secrets", "--cluster-dump", "-", status=2)
        self.assertIn("--pull-secrets", ran.stderr)


class TwoClusters(SecretsTest):
    """The same namespace of two clusters: each has its own secrets."""

    def setUp(self):
        super().setUp()
        self.other = Cluster(uid="00000000-0000-4000-8000-000000000002",
                             nodes=self.cluster.nodes)

    def scan_both(self, status):
        apis = [KubeApi(one.world()) for one in (self.cluster, self.other)]
        for api in apis:
            self.addCleanup(api.close)
        (self.folder / "config").write_text(config_of(a=(apis[0].url, ""), b=(apis[1].url, "")))
        ran = self.scan_raw("--all-contexts", "-A", "--registry-ca", self.authority.path,
                            "--pull-secrets", status=status)
        return json.loads(ran.stdout)

    def test_each_clusters_images_are_asked_with_its_own(self):
        self.run_image("shop", "shop/app", "regcred")
        self.secret("shop", "regcred")
        self.cluster, first = self.other, self.cluster
        self.run_image("shop", "shop/tool", "regcred")
        self.secret("shop", "regcred")
        self.cluster = first
        self.assertEqual(scans.gaps(self.scan_both(0)), [])

    def test_a_secret_of_the_other_cluster_is_for_none_of_this_ones_images(self):
        self.run_image("shop", "shop/app", "regcred")
        self.secret("shop", "regcred")
        self.cluster, first = self.other, self.cluster
        self.run_image("shop", "shop/tool", "regcred")
        self.secret("shop", "regcred", password=WRONG)
        self.cluster = first
        self.assertEqual(self.denied(self.scan_both(3)),
                         [f"{self.registry.address}/shop/tool"])


class Tokens(SecretsTest):
    """The same where a token server takes the password."""

    @classmethod
    def make_registry(cls):
        cls.tokens = TokenServer(cls.authority, {"jane": PASSWORD})
        cls.tokens.anonymous = False
        cls.addClassCleanup(cls.tokens.close)
        return registry.Registry(certificate=cls.authority.issue("registry"),
                                 authority=cls.authority, token_server=cls.tokens)

    def test_the_token_server_is_asked_with_each_in_turn(self):
        self.run_image("shop", "shop/app", "one", "two")
        self.secret("shop", "one", key=f"{self.registry.address}/shop", password=WRONG)
        self.secret("shop", "two")
        report = self.scan_secrets("--token-host", self.tokens.address)
        self.assertEqual(scans.gaps(report), [])

    def test_a_stale_secret_does_not_hide_what_is_public(self):
        self.tokens.anonymous = True
        self.addCleanup(setattr, self.tokens, "anonymous", False)
        self.run_image("shop", "shop/app", "one")
        self.secret("shop", "one", password=WRONG)
        report = self.scan_secrets("--token-host", self.tokens.address)
        self.assertEqual(scans.gaps(report), [])

    def test_a_refusal_names_the_last_secret(self):
        self.run_image("shop", "shop/app", "one")
        self.secret("shop", "one", password=WRONG)
        report = self.scan_secrets("--token-host", self.tokens.address, status=3)
        self.assertIn("those of pull secret shop/one are refused", report["gaps"][0]["reason"])

    def test_a_token_server_elsewhere_gets_nothing(self):
        self.run_image("shop", "shop/app", "two")
        self.secret("shop", "two")
        before = len(self.tokens.requests)
        report = self.scan_secrets(status=3)
        self.assertTrue(scans.gaps(report))
        self.assertFalse(any("Authorization" in one.headers
                             for one in self.tokens.requests[before:]))


if __name__ == "__main__":
    unittest.main()
