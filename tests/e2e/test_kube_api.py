"""What is read of a cluster, through tests/tools/kube_probe.c, which prints it as JSON."""

import json
import subprocess
import time
import unittest
from pathlib import Path

import lib
from servers import kube_wire as wire
from servers.certificates import Authority
from servers.distant import DistantWire
from servers.kube_api import KubeApi
from servers.kube_objects import Cluster, owner_of
from servers.kube_replay import Replay
from servers.kube_world import World

HEX = "%064x"
WEB = "registry.example.com/shop/web:1.0"
WEB_ID = "registry.example.com/shop/web@sha256:" + HEX % 0xAA
RECORDINGS = lib.SHARED / "kube-recordings"
PAGE = 500

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


def names(owners):
    return [f"{kind}/{name}" for _, kind, name in owners]


class Reading(ProbeCase):
    def test_a_namespace(self):
        cluster = shop(pods=3, nodes={"node-0": "amd64", "node-1": "arm64"})
        cluster.deployment("other", "elsewhere", {"web": WEB}, [{"web": WEB_ID}])
        with KubeApi(cluster.world()) as api:
            seen = self.probe(api)
            targets = api.targets()
        self.assert_observed(seen, 3)
        self.assertEqual([(one["platform"], one["pod_count"]) for one in seen["running"]],
                         [("linux/amd64", 2), ("linux/arm64", 1)])
        self.assertEqual(names(seen["running"][0]["owners"])[1:], ["Deployment/web"])
        self.assertEqual(seen["running"][0]["image_id"], WEB_ID)
        self.assertEqual(seen["coverage"][0]["note"], "namespace shop: 3 pods")
        self.assertEqual([one["object"][2] for one in seen["live"]], ["web"])
        self.assertEqual(seen["live"][0]["revision"], seen["running"][0]["revision"])
        self.assertTrue(all("resourceVersion" not in one for one in targets))

    def test_the_whole_cluster(self):
        cluster = shop()
        cluster.stateful_set("db", "data", {"db": WEB}, [{"db": WEB_ID}])
        cluster.daemon_set("agent", "kube-system", {"agent": WEB}, [{"agent": WEB_ID}])
        cluster.cron_job("nightly", "shop", {"report": WEB}, [{"report": WEB_ID}])
        cluster.rollout("canary", "shop", {"app": WEB}, [{"app": WEB_ID}])
        with KubeApi(cluster.world()) as api:
            seen = self.probe(api, "")
        self.assert_observed(seen, 6)
        self.assertEqual(seen["coverage"][0]["note"], "cluster: 6 pods")
        self.assertEqual({(one["namespace"], one["owners"][-1][1], one["owners"][-1][2])
                          for one in seen["running"]},
                         {("shop", "Deployment", "web"), ("data", "StatefulSet", "db"),
                          ("kube-system", "DaemonSet", "agent"), ("shop", "CronJob", "nightly"),
                          ("shop", "Rollout", "canary")})
        revisions = {one["object"][2]: one["revision"] for one in seen["live"]}
        for use in seen["running"]:
            if use["owners"][-1][1] in ("Deployment", "StatefulSet", "Rollout"):
                self.assertEqual(use["revision"], revisions[use["owners"][-1][2]])

    def test_a_replication_controller_is_a_workload_unless_something_controls_it(self):
        cluster = shop()
        cluster.replication_controller("relic", "shop", {"web": WEB}, [{"web": WEB_ID}])
        (made, _) = cluster.replication_controller("store-3", "shop", {"web": WEB},
                                                   [{"web": WEB_ID}])
        made["metadata"]["ownerReferences"] = [
            {"apiVersion": "apps.openshift.io/v1", "kind": "DeploymentConfig", "name": "store",
             "uid": "dc-1", "controller": True}]
        with KubeApi(cluster.world()) as api:
            seen = self.probe(api)
        self.assert_observed(seen, 4)
        self.assertEqual(sorted(one["object"][1:] for one in seen["live"]),
                         [["Deployment", "web"], ["ReplicationController", "relic"]])
        self.assertEqual(sorted(names(one["owners"]) for one in seen["running"]
                                if one["owners"][0][1] == "ReplicationController"),
                         [["ReplicationController/relic"],
                          ["ReplicationController/store-3", "DeploymentConfig/store"]])

    def test_owners_that_own_each_other_end_somewhere(self):
        cluster = shop(pods=1)
        one, two = [made[0] for made in (
            cluster.deployment("one", "shop", {"web": WEB}),
            cluster.deployment("two", "shop", {"web": WEB}))]
        one["metadata"]["ownerReferences"] = owner_of(two)
        two["metadata"]["ownerReferences"] = owner_of(one)
        cluster.pod("lost", "shop", {"web": WEB}, {"web": WEB_ID}, owner=owner_of(one))
        with KubeApi(cluster.world()) as api:
            seen = self.probe(api)
        self.assert_observed(seen, 2)
        (chain,) = [names(use["owners"]) for use in seen["running"] if use["pod"] == "lost"]
        self.assertEqual(chain[:3], ["Deployment/one", "Deployment/two", "Deployment/one"])
        self.assertLess(len(chain), 10)

    def test_metadata_alone_is_asked_of_owners_and_our_own_agent_is_named(self):
        with KubeApi(shop().world()) as api:
            self.probe(api)
            requests = list(api.requests)
        for one in requests:
            partial = "replicasets" in one.target or "jobs?" in one.target.replace(
                "cronjobs?", "")
            self.assertEqual("PartialObjectMetadataList" in one.headers["Accept"], partial,
                             one.target)
            self.assertTrue(one.agent.startswith("pindrift/"), one.agent)

    def test_the_selector_is_for_pods_alone(self):
        cluster = shop()
        cluster.deployment("api", "shop", {"api": WEB}, [{"api": WEB_ID}])
        with KubeApi(cluster.world()) as api:
            seen = self.probe(api, "shop", "--selector", "app=api")
            targets = api.targets()
        self.assert_observed(seen, 1)
        self.assertEqual([one for one in targets if "labelSelector" in one],
                         [one for one in targets if "/pods?" in one])
        self.assertEqual(len(seen["live"]), 2)

    def test_the_field_selector_is_for_pods_alone(self):
        with KubeApi(shop().world()) as api:
            self.probe(api, "shop", "--field-selector", "spec.nodeName=node-1")
            targets = api.targets()
        self.assertEqual([one for one in targets if "fieldSelector=spec.nodeName%3Dnode-1" in one],
                         [one for one in targets if "/pods?" in one])

    def test_pods_that_ended(self):
        cluster = shop(pods=1)
        cluster.pod("done", "shop", {"c": WEB}, {"c": WEB_ID}, phase="Succeeded")
        with KubeApi(cluster.world()) as api:
            without = self.probe(api)
            with_them = self.probe(api, "shop", "--all-phases")
        self.assert_observed(without, 1)
        self.assertEqual((without["pod_count"], without["ended_pod_count"]), (2, 1))
        self.assert_observed(with_them, 2)

    def test_an_empty_namespace(self):
        with KubeApi(Cluster().world()) as api:
            seen = self.probe(api)
        self.assert_observed(seen, 0)

    def test_a_namespace_that_can_be_none(self):
        with KubeApi(Cluster().world()) as api:
            seen = self.probe(api, "a/../b", status=1)
            self.assertEqual(api.targets(), [])
        self.assertIn("is no name of a namespace", seen["error"])


class Identity(ProbeCase):
    def test_uid_and_its_aliases(self):
        with KubeApi(shop(uid="11111111-2222-4333-8444-555555555555").world()) as api:
            named = self.probe(api, "shop", "--cluster-name", "prod")["cluster"]
            bare = self.probe(api)["cluster"]
        self.assertEqual(named["key"], "uid:11111111-2222-4333-8444-555555555555")
        self.assertEqual((named["alias"], named["name"]), ("name:prod", "prod"))
        self.assertEqual((bare["name"], bare["context"]), ("test", "test"))
        self.assertRegex(bare["alias"], "^server:[0-9a-f]{16}$")

    def test_a_cluster_whose_uid_may_not_be_seen(self):
        world = shop().world()
        with KubeApi(world) as api:
            before = self.probe(api)["cluster"]
            world.deny(resource="namespaces")
            seen = self.probe(api)
            named = self.probe(api, "shop", "--cluster-name", "prod")["cluster"]
        self.assert_observed(seen, 2)
        self.assertEqual((seen["cluster"]["key"], seen["cluster"]["alias"]),
                         (before["alias"], ""))
        self.assertEqual(named["key"], "name:prod")


class Paging(ProbeCase):
    PODS = 2 * PAGE + 100

    def setUp(self):
        super().setUp()
        cluster = shop(pods=0)
        cluster.stateful_set("db", "shop", {"db": WEB}, [{"db": WEB_ID}] * self.PODS)
        self.world = cluster.world()

    def test_every_pod_once(self):
        with KubeApi(self.world) as api:
            seen = self.probe(api)
            pages = [one for one in api.targets() if "/pods?" in one]
        self.assert_observed(seen, self.PODS)
        self.assertEqual(len(seen["running"]), 1)
        self.assertEqual(len(pages), 3)
        self.assertTrue(all(f"limit={PAGE}" in one for one in pages))

    def test_an_expired_token_begins_the_list_anew(self):
        with KubeApi(self.world) as api:
            api.add_fault("expired", resource="pods", page=3)
            seen = self.probe(api)
        self.assert_observed(seen, self.PODS)
        self.assertEqual(seen["pod_count"], self.PODS)

    def test_tokens_that_always_expire(self):
        with KubeApi(self.world) as api:
            api.add_fault("expired", resource="pods", page=2, times=None)
            seen = self.probe(api)
        self.assert_gap(seen, "unreachable", "list pods", "410")
        self.assertEqual(seen["running"], [])

    def test_a_truncated_page_is_discarded_whole(self):
        for page in (1, 2, 3):
            with self.subTest(page=page), KubeApi(self.world) as api:
                api.add_fault("truncate", resource="pods", page=page)
                seen = self.probe(api)
                self.assert_observed(seen, self.PODS)
                self.assertEqual(seen["pod_count"], self.PODS)

    def test_pages_that_are_always_truncated(self):
        with KubeApi(self.world) as api:
            api.add_fault("truncate", resource="pods", page=2, times=None)
            seen = self.probe(api)
        self.assert_gap(seen, "unreachable", "list pods")
        self.assertEqual(seen["running"], [])

    def test_an_empty_page_is_not_the_last_one(self):
        for page in (1, 2):
            with self.subTest(page=page), KubeApi(self.world) as api:
                api.add_fault("empty", resource="pods", page=page)
                self.assert_observed(self.probe(api), self.PODS)

    def test_a_list_without_end(self):
        with KubeApi(self.world) as api:
            api.add_fault("empty", resource="pods", times=None)
            seen = self.probe(api)
            self.assertLess(len(api.targets()), 200)
        self.assert_gap(seen, "unreachable", "does not end")

    def test_a_token_that_leads_to_its_own_page(self):
        with KubeApi(self.world) as api:
            api.add_fault("repeat", resource="pods", page=2, times=None)
            seen = self.probe(api)
            self.assertLess(len(api.targets()), 20)
        self.assert_gap(seen, "unreachable", "list pods", "leads to the same page")
        self.assertEqual(seen["running"], [])

    def test_too_many_requests(self):
        """In plain text (priority and fairness), or as a Status (a cold watch cache)."""
        for fault in ("throttled", "cold"):
            with self.subTest(fault), KubeApi(self.world) as api:
                api.add_fault(fault, resource="pods", page=2, retry_after=1)
                start = time.monotonic()
                self.assert_observed(self.probe(api), self.PODS)
                self.assertGreaterEqual(time.monotonic() - start, 1)
                self.assertEqual([one.status for one in api.requests].count(429), 1)

    def test_other_lists_have_pages_too(self):
        cluster = Cluster()
        for number in range(PAGE + 5):
            cluster.deployment(f"web-{number}", "shop", {"web": WEB}, [{"web": WEB_ID}])
        with KubeApi(cluster.world()) as api:
            seen = self.probe(api)
        self.assert_observed(seen, PAGE + 5)
        self.assertEqual(len(seen["live"]), PAGE + 5)
        self.assertTrue(all(len(one["owners"]) == 2 for one in seen["running"]))
        self.assertTrue(all(one["revision"] for one in seen["live"]))

    def test_a_page_of_more_than_64_mib_is_asked_for_in_halves(self):
        cluster = shop(pods=0)
        for pod in cluster.stateful_set("db", "shop", {"db": WEB}, [{"db": WEB_ID}] * 300)[1:]:
            pod["metadata"]["annotations"] = {"filler": "x" * 300_000}
        with KubeApi(cluster.world()) as api:
            seen = self.probe(api)
            limits = {one.partition("limit=")[2].partition("&")[0]
                      for one in api.targets() if "/pods?" in one}
        self.assert_observed(seen, 300)
        self.assertEqual(limits, {"500", "250", "125"})


class Distance(ProbeCase):
    """Lists come compressed from far away, and as they are from nearby."""

    PODS = 600

    def setUp(self):
        super().setUp()
        cluster = shop(pods=0)
        self.pods = cluster.stateful_set("db", "shop", {"db": WEB}, [{"db": WEB_ID}] * self.PODS)
        self.world = cluster.world()
        self.authority = Authority(self.folder / "authority")

    def read(self, delay=0.03, setting="", faults=()):
        """Read it through a wire; what was seen, which requests asked for gzip, bytes read."""
        api = KubeApi(self.world, certificate=self.authority.issue("api"))
        self.addCleanup(api.close)
        for fault in faults:
            api.add_fault(*fault, resource="pods", page=1)
        wire = DistantWire(api.address, delay)
        self.addCleanup(wire.close)
        path = lib.kubeconfig(self.folder / "config", api, authority=self.authority,
                              server=f"https://{wire.address}")
        if setting:
            text = Path(path).read_text()
            Path(path).write_text(text.replace("server:", f"{setting}\n      server:"))
        seen = self.probe(api, config=path)
        self.targets = api.targets()
        zipped = ["gzip" in one.headers.get("Accept-Encoding", "") for one in api.requests]
        return seen, zipped, wire.received

    def test_lists_come_compressed_once_the_first_answer_has_shown_the_distance(self):
        seen, zipped, compressed = self.read()
        self.assert_observed(seen, self.PODS)
        self.assertEqual(zipped, [False] + [True] * (len(zipped) - 1))
        self.assertGreater(len(zipped), 8)
        seen, zipped, plain = self.read(setting="disable-compression: true")
        self.assert_observed(seen, self.PODS)
        self.assertFalse(any(zipped), "the kubeconfig forbids it")
        self.assertLess(compressed, plain / 4)

    def test_a_compressed_page_that_breaks_off_is_discarded_whole(self):
        seen, zipped, _ = self.read(faults=[("truncate",)])
        self.assert_observed(seen, self.PODS)
        self.assertTrue(zipped[-1])
        first = [one for one in self.targets if one.endswith("/pods?limit=500")]
        self.assertEqual(len(first), 2, self.targets)

    def test_without_tls_nothing_is_compressed(self):
        with KubeApi(self.world) as api:
            self.assert_observed(self.probe(api), self.PODS)
            self.assertFalse(any("gzip" in one.headers.get("Accept-Encoding", "")
                                 for one in api.requests))

    def test_the_limit_of_a_page_is_on_what_it_unpacks_to(self):
        for pod in self.pods[1:]:
            pod["metadata"]["annotations"] = {"filler": "x" * 150_000}
        seen, zipped, compressed = self.read()
        self.assert_observed(seen, self.PODS)
        self.assertTrue(zipped[-1])
        self.assertLess(compressed, 64 << 20)
        self.assertTrue(any("/pods?limit=250" in one for one in self.targets), self.targets)


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


class ByNamespace(ProbeCase):
    """The pods of all namespaces at once are forbidden; its namespaces can be listed."""

    def setUp(self):
        super().setUp()
        self.cluster = Cluster(nodes={"node-0": "amd64"})
        for namespace in ("zoo", "shop", "data"):
            self.cluster.deployment("web", namespace, {"web": WEB}, [{"web": WEB_ID}] * 2)
        self.cluster.namespace("empty")

    def world(self, *hidden):
        world = self.cluster.world()
        world.deny(namespace="")
        world.allow(namespace="", resource="nodes")
        world.allow(resource="namespaces")
        for namespace in hidden:
            world.deny(namespace=namespace, resource="pods")
        return world

    def coverage(self, seen):
        return {one["scope"].partition("/namespace/")[2]: one["observed"]
                for one in seen["coverage"]}

    def test_all_can_be_seen(self):
        with KubeApi(self.cluster.world()) as api:
            whole = self.probe(api, "")
        with KubeApi(self.world()) as api:
            seen = self.probe(api, "")
        for part in ("running", "live", "gaps", "pod_count"):
            self.assertEqual(seen[part], whole[part], part)
        self.assertEqual(self.coverage(seen), {
            "": True, "data": True, "empty": True, "kube-system": True, "shop": True,
            "zoo": True})
        self.assertIn("6 pods in 5 of 5 namespaces", seen["coverage"][-1]["note"])

    def test_one_cannot(self):
        with KubeApi(self.world("shop")) as api:
            seen = self.probe(api, "")
        (gap,) = seen["gaps"]
        self.assertEqual((gap["kind"], gap["subject"]), ("forbidden", "namespace shop"))
        self.assertTrue(gap["scope"].endswith("/namespace/shop"), gap["scope"])
        self.assertIn("may not list pods: grant it the Role of examples/rbac-namespace.yaml",
                      gap["reason"])
        self.assertEqual({one["namespace"] for one in seen["running"]}, {"data", "zoo"})
        covered = self.coverage(seen)
        self.assertEqual([one for one in covered if not covered[one]], ["shop"])
        self.assertIn("4 pods in 4 of 5 namespaces", seen["coverage"][-1]["note"])

    def test_one_fails_in_the_middle(self):
        with KubeApi(self.world()) as api:
            api.add_fault("error", resource="pods", namespace="shop", times=None)
            seen = self.probe(api, "")
        self.assertEqual([(one["kind"], one["subject"]) for one in seen["gaps"]],
                         [("unreachable", "namespace shop")])
        self.assertEqual({one["namespace"] for one in seen["running"]}, {"data", "zoo"})

    def test_the_list_of_namespaces_fails(self):
        with KubeApi(self.world()) as api:
            api.add_fault("error", resource="namespaces", times=None)
            seen = self.probe(api, "", "--cluster-name", "prod")
        self.assertEqual([one["kind"] for one in seen["gaps"]], ["forbidden", "unreachable"])
        self.assertIn("list namespaces: ", seen["gaps"][1]["reason"])
        self.assertEqual(self.coverage(seen), {"": False})

    def test_many_namespaces_in_their_order(self):
        for number in range(100):
            self.cluster.deployment("web", f"team-{number}", {"web": WEB}, [{"web": WEB_ID}])
        hidden = [f"team-{number}" for number in range(0, 100, 3)]
        with KubeApi(self.world(*hidden)) as api:
            seen = self.probe(api, "")
        names = [one["namespace"] for one in seen["running"]]
        self.assertEqual(names, sorted(names))
        self.assertEqual(len(names), 3 + 100 - len(hidden))
        self.assertEqual([one["subject"] for one in seen["gaps"]],
                         [f"namespace {one}" for one in sorted(hidden)])

    def test_a_name_that_can_be_none_gets_into_no_path(self):
        self.cluster.objects.append({"apiVersion": "v1", "kind": "Namespace",
                                     "metadata": {"name": "a/../b?c"}})
        with KubeApi(self.world()) as api:
            seen = self.probe(api, "")
            self.assertFalse([one for one in api.targets() if ".." in one])
        self.assertIn("is no name of a namespace", seen["gaps"][1]["reason"])

    def test_rollouts_are_asked_for_in_each_where_they_are_served(self):
        self.cluster.rollout("canary", "shop", {"app": WEB}, [{"app": WEB_ID}])
        for absent in ([], ["argoproj.io"]):
            world = self.world()
            world.absent_groups = set(absent)
            with self.subTest(absent=absent), KubeApi(world) as api:
                seen = self.probe(api, "")
                asked = [one for one in api.targets() if "/namespaces/shop/rollouts" in one]
                self.assertEqual(len(asked), 0 if absent else 1)
                self.assertEqual(seen["gaps"], [])


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


@unittest.skipUnless(RECORDINGS.exists(), "the recordings are not at hand")
class Recordings(ProbeCase):
    """The answers of a real API server."""

    def setUp(self):
        super().setUp()
        self.world = Replay(RECORDINGS)

    def test_what_ran_there(self):
        with KubeApi(self.world) as api:
            seen = self.probe(api)
        self.assertEqual(seen["gaps"], [])
        self.assertEqual((seen["pod_count"], seen["ended_pod_count"]), (15, 1))
        uses = {(one["owners"][-1][2], one["image"]["container"], one["state"]):
                one["pod_count"] for one in seen["running"] if one["owners"][-1][2] != "mixed"}
        self.assertEqual(uses, {
            ("web", "web", "started"): 3, ("web", "migrate", "started"): 3,
            ("db", "db", "started"): 2, ("agent", "agent", "started"): 4,
            ("nightly", "report", "started"): 1, ("debug", "tool", "started"): 1,
            ("debug", "quiet", "started"): 1, ("stuck", "app", "pending"): 1})
        mixed = [one for one in seen["running"] if one["owners"][-1][2] == "mixed"]
        self.assertEqual(sorted(one["digest"][-2:] for one in mixed), ["2b", "bb"])

    def test_what_its_controllers_want(self):
        with KubeApi(self.world) as api:
            live = {one["object"][2]: one for one in self.probe(api)["live"]}
        self.assertEqual(set(live), {"web", "mixed", "db", "agent", "nightly", "canary"})
        self.assertEqual((live["web"]["revision"], live["mixed"]["revision"],
                          live["db"]["revision"], live["agent"]["generation"]),
                         ("54d4787468", "fcb8db8d9", "db-6fc77fd785", "1"))
        self.assertTrue(live["nightly"]["idle"])
        self.assertEqual([one["class"] for one in live["web"]["images"]],
                         ["container", "init"])

    def test_a_namespace_that_is_forbidden_there(self):
        self.world.forbid("shop")
        with KubeApi(self.world) as api:
            self.assert_gap(self.probe(api), "forbidden", "list pods, deployments.apps")


if __name__ == "__main__":
    unittest.main()
