"""What one may not see: gaps that say how to mend it, the rest is judged all the same."""

import unittest

import scans

from servers import images
from servers.kube_objects import Cluster


class Forbidden(scans.ScanTest):
    """Two namespaces whose workloads drift; the whole cluster may not be listed at once."""

    def setUp(self):
        super().setUp()
        declared, other = images.image(), images.image(salt="other")
        self.push(declared, "shop/app", "1")
        self.push(other, "shop/app", "2")
        pinned = self.reference("shop/app", "1", declared.digest)
        runs = {"app": f"{self.registry.address}/shop/app@{other.digest}"}
        for namespace in ("shop", "data"):
            self.cluster.deployment(f"{namespace}-app", namespace, {"app": pinned}, [runs])
            self.declare(f"{namespace}-app", namespace, {"app": pinned})

    def restrict(self, *hidden):
        """Only the named namespaces are out of sight, but each has to be listed by itself."""
        world = self.cluster.world()
        world.deny(namespace="")
        world.allow(resource="namespaces")
        for namespace in hidden:
            world.deny(namespace=namespace)
        return self.serve(world)

    def drifted(self, report, *states):
        return scans.rules(report, states).get("running-differs", [])

    def test_what_can_be_seen_is_judged_and_the_rest_stays_unknown(self):
        self.restrict()
        report = self.scan("-A", status=1)
        self.assertEqual(scans.gaps(report), [])
        self.assertEqual(self.drifted(report, "new"), ["data-app/app", "shop-app/app"])
        self.restrict("shop")
        report = self.scan("-A", status=1)
        self.assertEqual(scans.gaps(report), [("forbidden", "namespace shop")])
        self.assertEqual(self.drifted(report, "open"), ["data-app/app"])
        self.assertEqual(self.drifted(report, "unknown"), ["shop-app/app"])

    def test_what_stood_in_a_namespace_that_is_gone_is_fixed(self):
        self.restrict()
        self.scan("-A", status=1)
        self.cluster.objects = [one for one in self.cluster.objects
                                if one["metadata"].get("namespace") != "shop"
                                and one["metadata"]["name"] != "shop"]
        self.restrict()
        report = self.scan("-A", status=1)
        self.assertEqual(self.drifted(report, "fixed"), ["shop-app/app"])
        self.assertEqual(scans.rules(report)["not-running"], ["shop-app/app"])

    def test_the_reason_names_the_verbs_and_the_role(self):
        self.restrict("shop")
        (gap,) = self.scan("-A", status=1)["gaps"]
        for word in ("list pods, deployments.apps, statefulsets.apps, daemonsets.apps, ",
                     "cronjobs.batch, replicationcontrollers, replicasets.apps, jobs.batch",
                     "the Role of examples/rbac-namespace.yaml there",
                     "`kubectl create role pindrift-list -n shop --verb=list --resource=pods,"
                     "deployments.apps,statefulsets.apps,daemonsets.apps,cronjobs.batch,"
                     "replicationcontrollers,replicasets.apps,jobs.batch",
                     "; kubectl create rolebinding pindrift-list -n shop --role=pindrift-list "
                     "--user=system:anonymous`"):
            self.assertIn(word, gap["reason"])

    def test_owners_that_are_there_and_not_served_are_a_gap(self):
        """A proxy may hide with 404 what it does not let through."""
        self.scan("-A", status=1)
        self.serve(self.cluster.world(absent_groups=["apps"]))
        report = self.scan("-A", status=3)
        self.assertEqual(scans.gaps(report), [("unreachable", "cluster")])
        self.assertIn("list replicasets.apps: the API server answered 404",
                      report["gaps"][0]["reason"])
        self.assertEqual(self.drifted(report, "unknown"), ["data-app/app", "shop-app/app"])
        self.assertEqual(scans.rules(report, ("new", "fixed")), {})

    def test_namespaces_that_may_not_be_listed(self):
        world = self.cluster.world()
        world.deny(namespace="")
        self.serve(world)
        report = self.scan("-A", status=3)
        (gap,) = report["gaps"]
        self.assertEqual((gap["id"], gap["subject"]), ("forbidden", "cluster"))
        for word in ("list pods, ", "namespaces", "ClusterRole of examples/rbac.yaml", "-n",
                     "`kubectl create clusterrole pindrift-list --verb=list --resource=pods,",
                     ",namespaces; kubectl create clusterrolebinding "):
            self.assertIn(word, gap["reason"])
        self.assertEqual(scans.rules(report), {})
        report = self.scan("-n", "shop", status=1)
        self.assertEqual(self.drifted(report, "new"), ["shop-app/app"])

    def test_a_gap_can_be_waived_by_its_namespace(self):
        self.restrict("shop")
        arguments = ("-A", "--fail-on", "never", "--allow-incomplete")
        self.scan(*arguments, "forbidden:namespace shop", status=0)
        self.scan(*arguments, "forbidden:namespace data", status=3)



class OneKind(scans.ScanTest):
    """Everything but one kind may be listed: whose the pods of others are is known."""

    def setUp(self):
        super().setUp()
        self.declared, self.other = images.image(), images.image(salt="other")
        self.push(self.declared, "shop/app", "1")
        self.push(self.other, "shop/app", "2")
        self.pinned = self.reference("shop/app", "1", self.declared.digest)
        self.declare("gone", "shop", {"app": self.pinned})
        self.declare("gone-db", "shop", {"app": self.pinned}, kind="StatefulSet")
        self.fill(self.other)

    def fill(self, node):
        """What drifts, as a Deployment, a StatefulSet and a CronJob."""
        self.cluster = Cluster(nodes=self.cluster.nodes)
        runs = {"app": self.reference("shop/app", digest=node.digest)}
        for name, kind in (("web", "Deployment"), ("db", "StatefulSet")):
            self.declare(name, "shop", {"app": self.pinned}, kind=kind)
        self.cluster.deployment("web", "shop", {"app": self.pinned}, [runs])
        self.cluster.stateful_set("db", "shop", {"app": self.pinned}, [runs])
        self.cluster.deployment("extra", "shop", {"app": self.pinned}, [runs])

    def scan_without(self, *resources, arguments=("-A",), status=None):
        world = self.cluster.world()
        for one in resources:
            world.deny(resource=one)
        self.serve(world)
        return self.scan(*arguments, status=status)

    def test_the_pods_of_other_kinds_are_judged(self):
        for arguments in (("-A",), ("-n", "shop")):
            with self.subTest(arguments=arguments):
                report = self.scan_without("statefulsets", arguments=arguments, status=1)
                self.database.unlink()
                self.assertEqual(scans.rules(report), {"running-differs": ["web/app"],
                                                       "undeclared": ["extra/app"]})
                (gap,) = report["gaps"]
                self.assertEqual(gap["id"], "forbidden")
                self.assertIn("statefulsets.apps", gap["reason"])
                notes = [one["note"] for one in report["coverage"] if "pods" in one["note"]]
                self.assertIn("3 pods, not all that controls them was observed", notes[0])

    def test_owners_that_lead_on_hide_what_they_lead_to(self):
        report = self.scan_without("replicasets", status=1)
        self.assertEqual(scans.rules(report), {"running-differs": ["db/app"]})
        report = self.scan_without("deployments", status=1)
        self.assertEqual(scans.rules(report), {"running-differs": ["db/app"]})

    def test_what_is_told_is_fixed_and_what_is_not_is_unknown(self):
        self.scan_without(status=1)
        self.fill(self.declared)
        report = self.scan_without("statefulsets", status=3)
        self.assertEqual(scans.rules(report, ("fixed",)), {"running-differs": ["web/app"]})
        self.assertEqual(scans.rules(report, ("unknown",)),
                         {"running-differs": ["db/app"],
                          "not-running": ["gone-db/app", "gone/app"]})
        self.assertEqual(scans.rules(report), {"undeclared": ["extra/app"]})
        report = self.scan_without(status=0)
        self.assertEqual(scans.rules(report, ("fixed",)), {"running-differs": ["db/app"]})

    def test_without_pods_nothing_is_judged(self):
        report = self.scan_without("pods", arguments=("-n", "shop"), status=3)
        self.assertEqual(scans.rules(report), {})

if __name__ == "__main__":
    unittest.main()
