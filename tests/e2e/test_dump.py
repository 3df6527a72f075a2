"""`scan --cluster-dump`: what kubectl printed of a cluster, instead of the cluster."""

import json
import unittest

import scans

import lib
from servers import images

NAMESPACED = ("Pod", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "CronJob", "Job",
              "Rollout")


class Dump(scans.ScanTest):
    def setUp(self):
        super().setUp()
        declared, other = images.image(), images.image(salt="other")
        self.push(declared, "shop/app", "1")
        self.push(other, "shop/app", "2")
        pinned = self.reference("shop/app", "1", declared.digest)
        right = {"app": f"{self.registry.address}/shop/app@{declared.digest}"}
        wrong = {"app": f"{self.registry.address}/shop/app@{other.digest}"}
        containers = {"app": pinned}
        self.cluster.deployment("web", "shop", containers, [right, right, wrong])
        self.cluster.stateful_set("db", "data", containers, [right] * 3)
        self.cluster.daemon_set("agent", "kube-system", containers, [right] * 2)
        self.cluster.cron_job("nightly", "shop", containers, [right])
        self.cluster.rollout("canary", "shop", containers, [right] * 2)
        self.cluster.pod("debug", "data", containers, right, node="node-a")
        self.declare("web", "shop", containers)

    def dump(self, *without, items=None, kind="List"):
        """What `kubectl get pods,nodes,… -A -o json` prints: pods first, nodes behind."""
        items = self.cluster.objects if items is None else items
        items = sorted((one for one in items if one.get("kind") not in without),
                       key=lambda one: one.get("kind") != "Pod")
        return {"apiVersion": "v1", "items": items, "kind": kind,
                "metadata": {"resourceVersion": ""}}

    def scan_dump(self, dump, *arguments, status=None, **options):
        text = dump if isinstance(dump, str) else json.dumps(dump, indent=4) + "\n"
        path = self.write("dump.json", text)
        return self.pindrift("scan", *options.pop("paths", [self.manifests]), "--db",
                             self.database, "-f", "json", "--cluster-dump", path, *arguments,
                             status=status, **options)

    def report_of(self, dump, *arguments, **options):
        return json.loads(self.scan_dump(dump, *arguments, **options).stdout)

    def coverage(self, report):
        return {one["scope"].partition("/namespace/")[2]: one["observed"]
                for one in report["coverage"] if one["scope"].startswith("cluster/")}

    def note(self, report):
        return [one["note"] for one in report["coverage"]
                if one["scope"].startswith("cluster/")][0]

    # What is read.

    def test_it_says_what_the_api_server_says(self):
        asked = self.scan("-A", status=1)
        self.database.unlink()
        read = self.report_of(self.dump(), "--cluster-name", "test", status=1)
        for part in ("running", "findings", "gaps", "resolved", "declared"):
            self.assertEqual(read[part], asked[part], part)
        self.assertEqual(self.coverage(read), {"": True})
        self.assertEqual(scans.rules(read)["mixed-digests"], ["web/app"])

    def test_where_the_nodes_stand_does_not_matter(self):
        behind = self.report_of(self.dump(), status=1)
        dump = self.dump()
        dump["items"].reverse()
        self.database.unlink()
        before = self.report_of(dump, status=1)
        self.assertEqual(before["running"], behind["running"])
        self.assertEqual({one["platform"] for one in before["running"]},
                         {"linux/amd64", "linux/arm64"})

    def test_from_standard_input(self):
        read = self.pindrift("scan", self.manifests, "--db", self.database, "-f", "json",
                             "--cluster-dump", "-", status=1, stdin=json.dumps(self.dump()))
        self.assertEqual(scans.rules(json.loads(read.stdout))["mixed-digests"], ["web/app"])

    def test_yaml(self):
        asked = self.report_of(self.dump(), status=1)
        for text in (lib.yaml_of(self.dump()),
                     "---\n".join(lib.yaml_of(one) for one in self.cluster.objects)):
            self.database.unlink()
            read = self.report_of(text, status=1)
            self.assertEqual(read["running"], asked["running"])

    def test_the_same_cluster_as_over_the_api(self):
        self.scan("-A", status=1)
        read = self.report_of(self.dump(), status=1)
        self.assertEqual({one["state"] for one in read["findings"]}, {"open"})

    def test_ended_pods(self):
        self.cluster.pod("done", "data", {"app": "registry.example.com/x:1"}, {"app": ""},
                         phase="Succeeded")
        names = [{one["name"] for one in self.report_of(self.dump(), *more)["running"]}
                 for more in ((), ("--all-phases",))]
        self.assertEqual(names[1] - names[0], {"done"})

    def test_other_kinds_are_passed_over(self):
        items = self.cluster.objects + [
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}},
            {"apiVersion": "example.com/v1", "kind": "Pod", "metadata": {"name": "pea"}}]
        self.report_of(self.dump(items=items), status=1)

    # Which cluster, and what of it is covered.

    def test_a_name_where_the_uid_is_not_dumped(self):
        ran = self.scan_dump(self.dump("Namespace"), status=2)
        self.assertIn("--cluster-name", ran.stderr)
        report = self.report_of(self.dump("Namespace"), "--cluster-name", "prod", status=1)
        self.assertEqual(set(self.coverage(report)), {"data", "kube-system", "shop"})

    def test_a_dump_of_one_namespace_covers_that_namespace(self):
        self.declare("cart", "elsewhere", {"app": "registry.example.com/cart:1"})
        shop = [one for one in self.cluster.objects if one["kind"] not in NAMESPACED
                or one["metadata"]["namespace"] == "shop"]
        report = self.report_of(self.dump(items=shop), status=1)
        self.assertEqual(self.coverage(report), {"shop": True})
        self.assertNotIn("not-running", scans.rules(report))
        report = self.report_of(self.dump(items=shop), "-A", status=1)
        self.assertEqual(self.coverage(report), {"": True})
        self.assertEqual(scans.rules(report)["not-running"], ["cart/app"])

    def test_one_namespace_of_it(self):
        report = self.report_of(self.dump(), "-n", "data", paths=[])
        self.assertEqual(self.coverage(report), {"data": True})
        self.assertEqual({one["namespace"] for one in report["running"]}, {"data"})
        ran = self.scan_dump(self.dump(), "-n", "nowhere", status=2)
        self.assertIn("shows nothing of namespace nowhere", ran.stderr)

    def test_lists_of_single_namespaces_one_behind_the_other_are_not_the_cluster(self):
        self.declare("cart", "elsewhere", {"app": "registry.example.com/cart:1"})
        text = "---\n".join(
            lib.yaml_of(self.dump(items=[one for one in self.cluster.objects
                                         if one["metadata"].get("namespace") == namespace]))
            for namespace in (None, "shop", "data"))
        report = self.report_of(text, status=1)
        self.assertEqual(self.coverage(report), {"data": True, "shop": True})
        self.assertNotIn("not-running", scans.rules(report))
        self.assertEqual(self.coverage(self.report_of(text, "-A", status=1)), {"": True})

    def test_findings_outside_of_it_stay(self):
        self.report_of(self.dump(), status=1)
        data = [one for one in self.cluster.objects if one["metadata"].get("namespace") == "data"]
        self.report_of(self.dump(items=data), "--cluster-name", "x")
        report = self.report_of(self.dump(), status=1)
        self.assertEqual(scans.rules(report, ("open",))["mixed-digests"], ["web/app"])

    # What it lacks.

    def test_without_nodes_platforms_are_unknown(self):
        report = self.report_of(self.dump("Node"), status=1)
        self.assertIn("platforms are unknown", self.note(report))
        self.assertEqual({one["platform"] for one in report["running"]}, {""})

    def test_owners_that_are_not_dumped_are_a_gap(self):
        for kind, name in (("ReplicaSet", "replicasets.apps"), ("Deployment", "deployments.apps"),
                           ("CronJob", "cronjobs.batch"), ("Rollout", "rollouts.argoproj.io")):
            with self.subTest(kind=kind):
                report = self.report_of(self.dump(kind), "--fail-on", "never", status=3)
                (gap,) = report["gaps"]
                self.assertEqual(gap["id"], "not-in-dump")
                self.assertIn(f"holds no {name}, which own its pods", gap["reason"])
                self.assertEqual(self.coverage(report), {"": False})
                self.assertEqual(scans.rules(report, ("fixed",)), {})

    def test_kinds_that_nothing_needs_are_named(self):
        shop = [one for one in self.cluster.objects if one["metadata"].get("namespace") != "shop"]
        report = self.report_of(self.dump("DaemonSet", items=[
            one for one in shop if one["metadata"].get("namespace") != "kube-system"]), paths=[])
        self.assertEqual(report["gaps"], [])
        self.assertIn("it has no deployments.apps, daemonsets.apps, cronjobs.batch, "
                      "replicationcontrollers, replicasets.apps, jobs.batch", self.note(report))

    def test_pods_that_workloads_want_are_a_gap(self):
        """kubectl prints what it may list and goes on: pods may have been forbidden."""
        self.report_of(self.dump(), status=1)
        report = self.report_of(self.dump("Pod"), status=3)
        (gap,) = report["gaps"]
        self.assertEqual((gap["id"], self.coverage(report)), ("not-in-dump", {"": False}))
        self.assertIn("holds no pods, which its deployments.apps, statefulsets.apps, "
                      "daemonsets.apps, rollouts.argoproj.io want", gap["reason"])
        self.assertEqual(scans.rules(report, ("fixed",)), {})
        self.assertEqual(scans.rules(report, ("unknown",))["mixed-digests"], ["web/app"])

    def test_workloads_that_want_no_pods_need_none(self):
        for one in self.cluster.objects:
            if one["kind"] in ("Deployment", "StatefulSet", "Rollout"):
                one["spec"]["replicas"] = 0
            if one["kind"] == "DaemonSet":
                one["status"]["desiredNumberScheduled"] = 0
        self.assertEqual(self.report_of(self.dump("Pod"), status=0)["gaps"], [])

    # What is no dump.

    def assert_refused(self, dump, *words, status=4):
        ran = self.scan_dump(dump, status=status)
        self.assertEqual(ran.stdout, "")
        self.assertEqual(len(ran.stderr.strip().splitlines()), 1, ran.stderr)
        for word in (*words, "cluster dump"):
            self.assertIn(word, ran.stderr)

    def test_what_is_no_dump(self):
        whole = json.dumps(self.dump())
        bare = [{key: value for key, value in one.items() if key not in ("kind", "apiVersion")}
                for one in self.cluster.objects]
        homeless = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}}
        nested = self.dump(items=[self.dump()])
        yaml = lib.yaml_of(self.dump())
        for label, dump, *words in (
                ("nothing", "", "is empty"),
                ("white space", " \n ", "is empty"),
                ("cut off", whole[:len(whole) // 2], "breaks off"),
                ("another file", '{"a": 1}', "no items"),
                ("more behind it", whole + whole, "stands behind its end", "kubectl get"),
                ("one object", json.dumps(homeless), "no items", "kubectl get"),
                ("kubectl's warnings", "Warning: old\nand more\n" + whole, "no 2>&1"),
                ("kubectl's error", "Error from server (Forbidden): pods: no\n", "no 2>&1"),
                ("a list in a list", nested, "a list inside of it", "kubectl get"),
                ("the same in YAML", lib.yaml_of(nested), "a list inside of it"),
                ("YAML cut off", yaml[:yaml.index("  - apiVersion", 2000)], "breaks off"),
                ("no kinds", self.dump(items=bare), "without kind", "kubectl get"),
                ("no namespace", self.dump(items=[homeless]), "Pod 'x' stands in no namespace"),
                ("nothing of a cluster", self.dump(items=[]), "holds no pods"),
                ("one page", '{"metadata": {"continue": "abc"}, "items": []}', "one page"),
                ("not YAML either", "a: [1, 2\nb: }", "line "),
                ("a text", "hello", "without kind")):
            with self.subTest(label):
                self.assert_refused(dump, *words)

    def test_an_object_that_is_too_large(self):
        self.cluster.objects[0]["metadata"]["annotations"] = {"x": "y" * (9 << 20)}
        self.assert_refused(self.dump(), "more than")

    def test_yaml_that_is_too_large_names_the_way_out(self):
        self.cluster.objects[0]["metadata"]["annotations"] = {"x": "y" * (9 << 20)}
        self.assert_refused(lib.yaml_of(self.dump()), "dump as JSON")

    def test_files_that_cannot_be_read(self):
        for path, status in (("nowhere.json", 2), (self.folder, 4)):
            ran = self.pindrift("scan", "--db", self.database, "--cluster-dump", path,
                                status=status)
            self.assertIn(str(path), ran.stderr)

    def test_options_that_need_an_api_server(self):
        for arguments in (("--kubeconfig", "x"), ("--context", "x"), ("-l", "app=web"),
                          ("--field-selector", "spec.nodeName=a")):
            ran = self.scan_dump(self.dump(), *arguments, status=2)
            self.assertEqual(len(ran.stderr.splitlines()), 1)
        ran = self.pindrift("scan", "-", "--cluster-dump", "-", status=2)
        self.assertIn("standard input", ran.stderr)


if __name__ == "__main__":
    unittest.main()
