"""What is read of a cluster: pods, owners, and who the cluster is."""

import unittest

import lib
from kube_probe import WEB, WEB_ID, ProbeCase, shop
from servers.kube_api import KubeApi
from servers.kube_objects import Cluster, owner_of
from servers.kube_replay import Replay

RECORDINGS = lib.SHARED / "kube-recordings"


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
