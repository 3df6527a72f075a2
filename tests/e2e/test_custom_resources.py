"""The images of custom resources against the pods that their controllers make.

The stand-in serves what a controller makes (a StatefulSet, a Deployment, bare pods), with
an owner reference to a custom resource that it does not serve itself, as for a scan that
may not read it.
"""

import unittest
import uuid

import scans
from test_traps import DRIFT, EXACT, UNDECLARED, TrapTest, both

import lib
from servers.kube_objects import Cluster

MONITORING = "monitoring.coreos.com/v1"


def owned_by(api_version, kind, name, child):
    """Give an object, or the first of several, a controller that is a custom resource."""
    first = child[0] if isinstance(child, list) else child
    first["metadata"]["ownerReferences"] = [{
        "apiVersion": api_version, "kind": kind, "name": name, "controller": True,
        "uid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind}/{name}"))}]
    return child


class CustomTest(TrapTest):
    def declare_custom(self, api_version, kind, name, spec, namespace="shop"):
        metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
        (self.manifests / f"{name}.yaml").write_text(lib.yaml_of({
            "apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}))

    def empty_cluster(self):
        self.cluster = Cluster(nodes=self.cluster.nodes)

    def label(self, made, labels):
        for one in made:
            if one["kind"] == "Pod":
                one["metadata"].setdefault("labels", {}).update(labels)

    def two(self, repository):
        """Two images of a repository: the pinned reference of each."""
        good, bad = both("good"), both("bad")
        for node, tag in ((good, "1"), (bad, "2")):
            self.push(node, repository, tag)
        return (self.reference(repository, "1", good.digest),
                self.reference(repository, "2", bad.digest),
                self.shown(good, repository), self.shown(bad, repository))


class Prometheus(CustomTest):
    """A Prometheus, its StatefulSet, and a sidecar that the operator adds."""

    def setUp(self):
        super().setUp()
        self.good, self.bad, self.runs_good, self.runs_bad = self.two("watch/prometheus")
        node = both("reloader")
        self.push(node, "watch/reloader", "7")
        self.reloader = self.reference("watch/reloader", "7", node.digest)
        self.runs_reloader = self.shown(node, "watch/reloader")

    def run_it(self, image, *ids, namespace="shop"):
        return owned_by(MONITORING, "Prometheus", "k8s", self.cluster.stateful_set(
            "prometheus-k8s", namespace,
            {"prometheus": image, "config-reloader": self.reloader},
            [{"prometheus": one, "config-reloader": self.runs_reloader} for one in ids]))

    def declare_it(self, image, namespace="shop", **spec):
        self.declare_custom(MONITORING, "Prometheus", "k8s", {"image": image, **spec}, namespace)

    def test_the_declared_image_is_clean_and_the_operators_sidecar_no_finding(self):
        for namespace in ("shop", ""):
            with self.subTest(namespace=namespace):
                self.empty_cluster()
                self.run_it(self.good, self.runs_good, self.runs_good)
                self.declare_it(self.good, namespace)
                self.serve(self.cluster.world())
                self.judge({"k8s/prometheus": EXACT, "k8s/config-reloader": UNDECLARED})

    def test_another_digest_is_found_and_then_fixed(self):
        self.run_it(self.bad, self.runs_bad)
        self.declare_it(self.good)
        report = self.judge(
            {"k8s/prometheus": DRIFT, "k8s/config-reloader": UNDECLARED},
            {"running-differs": ["k8s/prometheus"], "spec-differs": ["k8s/prometheus"]})
        found = next(one for one in report["findings"] if one["rule"] == "running-differs")
        self.assertEqual((found["kind"], found["namespace"]), ("Prometheus", "shop"))
        self.assertTrue(found["path"].endswith("k8s.yaml"))
        before = scans.dump(self.database)
        self.scan("-A", status=1)
        self.assertLess(len(set(scans.dump(self.database)) ^ set(before)), 12)
        self.empty_cluster()
        self.run_it(self.good, self.runs_good)
        self.serve(self.cluster.world())
        report = self.scan("-A", status=0)
        self.assertEqual(scans.rules(report, states=("fixed",)),
                         {"running-differs": ["k8s/prometheus"],
                          "spec-differs": ["k8s/prometheus"]})

    def test_another_image_under_the_declared_reference_is_found(self):
        self.run_it(self.good, self.runs_bad)
        self.declare_it(self.good)
        self.judge({"k8s/prometheus": DRIFT, "k8s/config-reloader": UNDECLARED},
                   {"running-differs": ["k8s/prometheus"]})

    def test_an_old_pod_of_the_stateful_set_is_rolling_out(self):
        made = self.run_it(self.good, self.runs_good, self.runs_bad)
        old = made[2]
        old["metadata"]["labels"] = {**old["metadata"]["labels"],
                                     "controller-revision-hash": "prometheus-k8s-old"}
        old["spec"]["containers"][0]["image"] = self.bad
        made[1]["metadata"]["creationTimestamp"] = "2026-11-23T11:55:00Z"
        self.declare_it(self.good)
        self.judge({"k8s/prometheus": EXACT | {("rolling-out", "")},
                    "k8s/config-reloader": UNDECLARED})

    def test_no_pods_are_said(self):
        self.cluster.namespace("shop")
        self.declare_it(self.good)
        report = self.judge({}, {"not-running": ["k8s/"]})
        self.assertIn("nothing in the cluster is known to be its pod",
                      report["findings"][0]["message"])

    def test_pods_of_which_none_runs_the_repository_are_said(self):
        self.run_it(self.good, self.runs_good)
        self.declare_it(self.reference("other/prometheus", "1", both("good").digest))
        self.push(both("good"), "other/prometheus", "1")
        report = self.judge({"k8s/prometheus": UNDECLARED, "k8s/config-reloader": UNDECLARED},
                            {"not-running": ["k8s/"]})
        self.assertIn("no container of its pods", report["findings"][0]["message"])

    def test_a_list_that_was_forbidden_leaves_it_unknown(self):
        self.run_it(self.bad, self.runs_bad)
        self.declare_it(self.good)
        self.scan("-A", status=1)
        world = self.cluster.world()
        world.deny(resource="statefulsets")
        self.serve(world)
        report = self.scan("-A", status=3)
        self.assertEqual(scans.rules(report, states=("unknown",))["running-differs"],
                         ["k8s/prometheus"])

    def test_a_container_that_the_resource_names(self):
        self.run_it(self.good, self.runs_good)
        self.declare_it(self.good, containers=[{"name": "config-reloader",
                                                "image": self.reference("else/reloader", "1")}])
        found = scans.rules(self.scan("-A"))
        self.assertEqual(found["spec-differs"], ["k8s/config-reloader"])
        self.assertNotIn("running-differs", found)

    def test_a_mirror_that_the_policy_names(self):
        mirrored = self.good.replace("/watch/", "/mirror/watch/")
        self.push(both("good"), "mirror/watch/prometheus", "1")
        self.run_it(mirrored, self.runs_good)
        self.declare_it(self.good)
        (self.manifests / ".pindrift.yaml").write_text(lib.yaml_of({"rewrites": [
            {"from": f"{self.registry.address}/watch/",
             "to": f"{self.registry.address}/mirror/watch/"}]}))
        self.judge({"k8s/prometheus": EXACT, "k8s/config-reloader": UNDECLARED})

    def test_a_field_is_pinned_to_what_its_container_runs(self):
        loose = self.good.partition("@")[0]
        self.run_it(loose, self.runs_good)
        self.declare_it(loose)
        self.scan("-A", status=1)
        self.pindrift("pin", "--from", "running", "--write", "--db", self.database,
                      self.manifests, status=0)
        self.assertIn(f'"{self.good}"', (self.manifests / "k8s.yaml").read_text())

    def test_two_of_one_name_and_a_manifest_that_says_no_namespace(self):
        self.run_it(self.good, self.runs_good)
        self.run_it(self.bad, self.runs_bad, namespace="bank")
        self.declare_it(self.good, "")
        self.judge({"k8s/prometheus": UNDECLARED, "k8s/config-reloader": UNDECLARED},
                   gaps=["namespace-unknown"])
        report = self.scan("-n", "shop", status=0)
        self.assertEqual(scans.verdicts(report)["k8s/prometheus"], EXACT)


class OtherKinds(CustomTest):
    def test_a_deployment_config_and_its_replication_controller(self):
        good, bad, runs_good, runs_bad = self.two("dc/app")
        for name, image, runs in (("right", good, runs_good), ("wrong", bad, runs_bad)):
            owned_by("apps.openshift.io/v1", "DeploymentConfig", name,
                     self.cluster.replication_controller(f"{name}-3", "shop", {"app": image},
                                                         [{"app": runs}]))
            self.declare_custom("apps.openshift.io/v1", "DeploymentConfig", name, {
                "template": {"spec": {"containers": [{"name": "app", "image": good}]}}})
        self.judge({"right/app": EXACT, "wrong/app": DRIFT},
                   {"running-differs": ["wrong/app"], "spec-differs": ["wrong/app"]})

    def test_the_pods_of_a_workflow(self):
        good, bad, runs_good, runs_bad = self.two("flow/app")
        for step, image, runs in (("a", good, runs_good), ("b", bad, runs_bad)):
            owned_by("argoproj.io/v1alpha1", "Workflow", "flow", self.cluster.pod(
                f"flow-{step}", "shop", {"main": image}, {"main": runs}))
        self.declare_custom("argoproj.io/v1alpha1", "Workflow", "flow", {"templates": [
            {"name": "a", "container": {"image": good}},
            {"name": "b", "container": {"image": bad}}]})
        self.judge({"flow/main": EXACT})

    def test_a_knative_service_and_the_deployment_of_its_revision(self):
        good, bad, runs_good, runs_bad = self.two("kn/app")
        for name, image, runs in (("right", good, runs_good), ("wrong", bad, runs_bad)):
            made = self.cluster.deployment(f"{name}-00001-deployment", "shop", {"app": image},
                                           [{"app": runs}])
            owned_by("serving.knative.dev/v1", "Revision", f"{name}-00001", made)
            self.label(made, {"serving.knative.dev/service": name})
            self.declare_custom("serving.knative.dev/v1", "Service", name, {
                "template": {"spec": {"containers": [{"name": "app", "image": good}]}}})
        self.judge({"right/app": EXACT, "wrong/app": DRIFT},
                   {"running-differs": ["wrong/app"], "spec-differs": ["wrong/app"]})

    def test_the_pods_of_a_strimzi_kafka(self):
        good, bad, runs_good, runs_bad = self.two("strimzi/kafka")
        for number, image, runs in ((0, good, runs_good), (1, bad, runs_bad)):
            pod = owned_by("core.strimzi.io/v1beta2", "StrimziPodSet", "events-kafka",
                           self.cluster.pod(f"events-kafka-{number}", "shop", {"kafka": image},
                                            {"kafka": runs}))
            self.label([pod], {"strimzi.io/cluster": "events", "strimzi.io/kind": "Kafka"})
        self.declare_custom("kafka.strimzi.io/v1beta2", "Kafka", "events",
                            {"kafka": {"image": good}})
        self.judge({"events/kafka": EXACT | DRIFT},
                   {"running-differs": ["events/kafka"], "mixed-digests": []} and
                   {"running-differs": ["events/kafka"]})

    def test_the_disk_of_a_virtual_machine(self):
        good, bad, runs_good, runs_bad = self.two("vm/disk")
        owned_by("kubevirt.io/v1", "VirtualMachineInstance", "vm", self.cluster.pod(
            "virt-launcher-vm-x", "shop", {"compute": self.reference("vm/launcher", "1"),
                                           "volumeroot": bad},
            {"compute": "", "volumeroot": runs_bad}, init={"volumeroot-init": bad}))
        self.declare_custom("kubevirt.io/v1", "VirtualMachine", "vm", {"template": {"spec": {
            "volumes": [{"name": "root", "containerDisk": {"image": good}}]}}})
        found = scans.rules(self.scan("-A"))
        self.assertEqual(found["running-differs"], ["vm/volumeroot"])
        self.assertEqual(found["spec-differs"], ["vm/volumeroot", "vm/volumeroot-init"])

    def test_a_kind_that_only_the_policy_knows(self):
        good, bad, runs_good, runs_bad = self.two("widget/app")
        (self.manifests / ".pindrift.yaml").write_text(lib.yaml_of({"fields": [
            {"group": "example.com", "kind": "Widget",
             "images": ["spec.image", "spec.workers[].image"]}]}))
        owned_by("example.com/v1", "Widget", "w", self.cluster.deployment(
            "w", "shop", {"main": good, "worker": bad},
            [{"main": runs_good, "worker": runs_bad}]))
        self.declare_custom("example.com/v1", "Widget", "w", {
            "image": good, "workers": [{"name": "worker", "image": good}]})
        self.judge({"w/main": EXACT, "w/worker": DRIFT},
                   {"running-differs": ["w/worker"], "spec-differs": ["w/worker"]})
        self.declare_custom("example.com/v1", "Widget", "w", {
            "image": good, "workers": [{"name": "worker", "image": bad}]})
        self.judge({"w/main": EXACT, "w/worker": EXACT})

    def test_two_tags_of_one_repository_of_which_neither_runs(self):
        good, bad, _, _ = self.two("several/app")
        third = both("third")
        self.push(third, "several/app", "3")
        running = self.reference("several/app", "3", third.digest)
        (self.manifests / ".pindrift.yaml").write_text(lib.yaml_of({"fields": [
            {"group": "example.com", "kind": "Widget", "images": ["spec.a", "spec.b"]}]}))
        owned_by("example.com/v1", "Widget", "w", self.cluster.deployment(
            "w", "shop", {"main": running}, [{"main": self.shown(third, "several/app")}]))
        self.declare_custom("example.com/v1", "Widget", "w", {"a": good, "b": bad})
        report = self.judge({"w/main": {("unknown", "")}}, gaps=["ambiguous-declaration"])
        self.assertIn("which of them is meant", report["gaps"][0]["reason"])


if __name__ == "__main__":
    unittest.main()
