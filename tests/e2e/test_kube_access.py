"""Who may read what of a cluster, and as whom."""

import json
import unittest
from pathlib import Path

import lib
from kube_probe import WEB, WEB_ID, ProbeCase, shop
from servers import kube_wire as wire
from servers.certificates import Authority
from servers.kube_api import KubeApi
from servers.kube_world import World

PAGE = 500


class Refusals(ProbeCase):
    def test_a_forbidden_namespace_is_one_gap_that_names_every_list(self):
        world = shop().world()
        world.deny(namespace="shop")
        with KubeApi(world) as api:
            seen = self.probe(api)
        self.assert_gap(seen, "forbidden", "context test", "list pods, deployments.apps",
                        "jobs.batch", "rollouts.argoproj.io", "examples/rbac-namespace.yaml")
        self.assertEqual(seen["gaps"][0]["subject"], "namespace shop")
        self.assertNotIn("nodes", seen["gaps"][0]["reason"])

    def test_a_forbidden_cluster(self):
        world = shop().world()
        world.deny(namespace="")
        with KubeApi(world) as api:
            seen = self.probe(api, "")
        self.assert_gap(seen, "forbidden", "list pods, deployments.apps", "jobs.batch",
                        "namespaces:", "examples/rbac.yaml", "-n")
        self.assertEqual(seen["gaps"][0]["subject"], "cluster")
        self.assertEqual(seen["running"], [])

    def test_owners_that_may_not_be_listed_are_a_gap(self):
        world = shop().world()
        world.deny(resource="replicasets")
        with KubeApi(world) as api:
            seen = self.probe(api)
        self.assert_gap(seen, "forbidden", "list replicasets.apps:")
        self.assertEqual(len(seen["running"][0]["owners"]), 1)

    def test_nodes_that_may_not_be_listed_are_none(self):
        world = shop().world()
        world.deny(resource="nodes")
        with KubeApi(world) as api:
            seen = self.probe(api)
        self.assert_observed(seen, 2)
        self.assertEqual(seen["running"][0]["platform"], "")
        self.assertIn("platforms are unknown", seen["coverage"][0]["note"])

    def test_a_group_that_is_not_served_is_none(self):
        for group in ("argoproj.io", "batch"):
            with self.subTest(group=group), KubeApi(
                    shop().world(absent_groups=[group])) as api:
                self.assert_observed(self.probe(api), 2)
                asked = [one for one in api.targets() if one.startswith("/apis/argoproj.io")]
                self.assertEqual(len(asked), 0 if group == "argoproj.io" else 1)

    def test_a_group_that_argo_rollouts_shares_with_others(self):
        class ArgoCd(World):
            """Serves argoproj.io, and no rollouts, which this user may not list."""

            def answer(self, request):
                if request.path == "/apis/argoproj.io/v1alpha1":
                    return wire.Answer(200, {"kind": "APIResourceList", "resources": [
                        {"name": "applications", "kind": "Application"}]})
                return super().answer(request)

        world = ArgoCd(shop().objects)
        world.deny(resource="rollouts")
        with KubeApi(world) as api:
            self.assert_observed(self.probe(api), 2)

    def test_a_list_that_fails_while_others_succeed(self):
        for resource in ("pods", "deployments", "jobs"):
            with self.subTest(resource=resource), KubeApi(shop().world()) as api:
                api.add_fault("error", resource=resource, times=None)
                seen = self.probe(api)
                self.assert_gap(seen, "unreachable", f"list {resource}", "500")

    def test_a_bad_token(self):
        authority = Authority(self.folder / "ca")
        with KubeApi(shop().world(), certificate=authority.issue("api"),
                     tokens={"good": "jane"}) as api:
            seen = self.probe(api, status=1, authority=authority, token="bad-token")
            targets = api.targets()
        self.assertIn("refused the credentials", seen["error"])
        self.assertIn("context test", seen["error"])
        self.assertEqual(len(targets), 1, "who is refused asks no further")
        self.assertNotIn("bad-token", json.dumps(seen) + self.errors)
        self.assertRegex(seen["cluster"]["key"], "^server:")

    def test_nobody_answers(self):
        with KubeApi(shop().world()) as api:
            config = lib.kubeconfig(self.folder / "config", api)
        seen = self.probe(None, status=1, config=config)
        self.assertIn("context test", seen["error"])
        self.assertIn("127.0.0.1", seen["error"])

    def test_no_api_server_at_all(self):
        with KubeApi(shop().world(absent_groups=["", "apps", "batch", "argoproj.io"])) as api:
            self.probe(api, status=1)


class Credentials(ProbeCase):
    def setUp(self):
        super().setUp()
        self.authority = Authority(self.folder / "ca")
        self.server = self.authority.issue("api")

    def api(self, **options):
        return KubeApi(shop().world(), certificate=self.server, **options)

    def test_a_token(self):
        with self.api(tokens={"good": "jane"}) as api:
            self.assert_observed(self.probe(api, authority=self.authority, token="good"), 2)
            self.assertEqual({one.user for one in api.requests}, {"jane"})

    def test_a_client_certificate(self):
        jane = self.authority.issue("jane", client=True)
        with self.api(client_authority=self.authority) as api:
            self.assert_observed(self.probe(api, authority=self.authority, client=jane), 2)
            self.assertEqual({one.user for one in api.requests}, {"jane"})

    def impersonate(self, api, lines, **options):
        """Probe with more lines in the kubeconfig's user."""
        path = lib.kubeconfig(self.folder / "config", api, **options)
        text = Path(path).read_text().replace("user:\n", f"user:\n      {lines}\n", 1)
        Path(path).write_text(text)
        return path

    def test_every_request_is_made_in_another_users_name(self):
        with self.api(tokens={"good": "jane"}) as api:
            path = self.impersonate(
                api, "as: auditor\n      as-groups: [readers, staff]\n"
                "      as-user-extra: {example.com/why: [drift]}",
                authority=self.authority, token="good")
            self.assert_observed(self.probe(api, config=path), 2)
            requests = list(api.requests)
        for one in requests:
            self.assertEqual(one.user, "jane")
            self.assertEqual(
                {name: one.headers.get_all(name) for name in one.headers
                 if name.startswith("Impersonate")},
                {"Impersonate-User": ["auditor"], "Impersonate-Group": ["readers", "staff"],
                 "Impersonate-Extra-example.com%2Fwhy": ["drift"]})

    def test_a_refusal_names_the_impersonated_user(self):
        world = shop().world()
        world.deny(namespace="shop")
        with KubeApi(world) as api:
            config = self.impersonate(api, "as: auditor", token="unused")
            seen = self.probe(api, config=config)
            self.assertEqual({one.headers["Authorization"] for one in api.requests}, {None})
        self.assert_gap(seen, "forbidden", "context test as auditor may not list pods")

    def test_an_expired_client_certificate_is_named_as_the_reason(self):
        jane = self.authority.issue("jane", client=True, expired=True)
        with self.api(client_authority=self.authority) as api:
            seen = self.probe(api, status=1, authority=self.authority, client=jane)
        self.assertIn("the client certificate expired at 20", seen["error"])

    def test_a_server_that_nobody_vouches_for(self):
        other = Authority(self.folder / "other")
        with self.api(tokens={"good": "jane"}) as api:
            seen = self.probe(api, status=1, authority=other, token="good")
            self.assertEqual(api.requests, [])
        self.assertIn("certificate", seen["error"])

    def test_a_server_that_is_not_verified_is_marked(self):
        with self.api(tokens={"good": "jane"}) as api:
            path = lib.kubeconfig(self.folder / "config", api, token="good")
            text = Path(path).read_text().replace(
                "server:", "insecure-skip-tls-verify: true\n      server:")
            Path(path).write_text(text)
            seen = self.probe(api, config=path)
        self.assert_observed(seen, 2)
        self.assertTrue(seen["cluster"]["insecure"])

    def test_a_token_that_is_rotated_while_we_read(self):
        token, new = self.write("token", "old\n"), self.write("new", "new\n")
        cluster = shop(pods=0)
        cluster.stateful_set("db", "shop", {"db": WEB}, [{"db": WEB_ID}] * (PAGE + 1))

        class Rotating(dict):
            """Forgets the old token, and puts the new one in its place, after some requests."""

            asked = 0

            def __contains__(self, key):
                self.asked += 1
                if self.asked == 6:
                    new.rename(token)
                return key == ("new" if self.asked > 5 else "old")

            def __getitem__(self, key):
                return "jane"

        with KubeApi(cluster.world(), certificate=self.server, tokens=Rotating()) as api:
            path = lib.kubeconfig(self.folder / "config", api, authority=self.authority,
                                  token="x")
            Path(path).write_text(Path(path).read_text().replace('token: "x"',
                                                                 f'tokenFile: "{token}"'))
            seen = self.probe(api, config=path)
            self.assertIn(401, {one.status for one in api.requests})
        self.assert_observed(seen, PAGE + 1)


if __name__ == "__main__":
    unittest.main()
