"""Several clusters in one scan, side by side."""

import csv
import io
import json
import unittest
from pathlib import Path

import json_schema
import lib
import scans
from servers import images
from servers.kube_api import KubeApi
from servers.kube_objects import Cluster

SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "docs/report.schema.json").read_text())
SECOND = "00000000-0000-4000-8000-000000000002"
OWN_ROWS = ('INSERT INTO "scan"', 'INSERT INTO "scan_cluster"', "sqlite_sequence")


def config_of(**contexts):
    """A kubeconfig of contexts: name=(URL, namespace)."""
    return lib.yaml_of({
        "apiVersion": "v1", "kind": "Config", "current-context": next(iter(contexts)),
        "clusters": [{"name": f"c-{name}", "cluster": {"server": url}}
                     for name, (url, _) in contexts.items()],
        "users": [{"name": "me", "user": {"token": "t"}}],
        "contexts": [{"name": name, "context": {"cluster": f"c-{name}", "user": "me",
                                                "namespace": namespace}}
                     for name, (_, namespace) in contexts.items()]})


def index_of(salt):
    return images.index([images.image("linux/amd64", salt), images.image("linux/arm64", salt)])


class TwoClusters(scans.ScanTest):
    """Contexts "a" and "b": app runs in both, as declared by its tag alone."""

    def setUp(self):
        super().setUp()
        self.good, self.bad = index_of("good"), index_of("bad")
        self.push(self.good, "shop/app", "1")
        self.push(self.bad, "shop/app", "2")
        self.pinned = self.reference("shop/app", "1", self.good.digest)
        self.loose = self.reference("shop/app", "1")
        self.first = Cluster(nodes={"node-0": "amd64"})
        self.second = Cluster(uid=SECOND, nodes={"node-0": "amd64"})

    def run_app(self, cluster, name, node, image=None, namespace="shop"):
        shown = f"{self.registry.address}/shop/app@{node.digest}"
        cluster.deployment(name, namespace, {"app": image or self.pinned}, [{"app": shown}])

    def start(self):
        self.apis = [KubeApi(one.world()) for one in (self.first, self.second)]
        for api in self.apis:
            self.addCleanup(api.close)
        self.configure(a=(self.apis[0].url, "shop"), b=(self.apis[1].url, "shop"))

    def start_with_drift_in_the_second(self):
        self.declare("web", "shop", {"app": self.pinned})
        self.run_app(self.first, "web", self.good)
        self.run_app(self.second, "web", self.bad)
        self.start()

    def configure(self, **contexts):
        (self.folder / "config").write_text(config_of(**contexts))

    def ask(self, *arguments, status=None, paths=None):
        ran = self.scan_raw(*arguments, status=status, paths=paths)
        self.errors = ran.stderr
        return json.loads(ran.stdout)

    def pair(self, *arguments, status=None, paths=None):
        return self.ask("--context", "a", "--context", "b", "-A", *arguments,
                        status=status, paths=paths)

    def found(self, report, states=("new", "open")):
        """Sorted (rule, cluster, workload)."""
        return sorted((one["rule"], one["cluster"], one["name"]) for one in report["findings"]
                      if one["state"] in states and one["subject"] in ("use", "declaration"))

    def assert_only_own_rows_changed(self, before):
        changed = set(scans.dump(self.database)) ^ set(before)
        self.assertEqual([one for one in changed
                          if not any(mark in one for mark in OWN_ROWS)], [])


class SideBySide(TwoClusters):
    def test_each_finding_and_row_names_its_cluster(self):
        self.start_with_drift_in_the_second()
        report = self.pair(status=1)
        self.assertEqual([one["name"] for one in report["clusters"]], ["c-a", "c-b"])
        self.assertEqual(report["cluster"]["name"], "c-a")
        self.assertEqual(self.found(report), [("clusters-differ", "", "web"),
                                              ("running-differs", "c-b", "web")])
        self.assertEqual([(one["cluster"], one["verdict"]) for one in report["running"]],
                         [("c-a", "match"), ("c-b", "drift")])
        self.assertIn("clusters c-a, c-b", report["summary"]["text"])
        self.assertEqual(report["gaps"], [])
        self.assertEqual(json_schema.problems(report, SCHEMA), [])
        again = self.pindrift("report", "--db", self.database, "-f", "json", status=1)
        self.assertEqual(json.loads(again.stdout), report)

    def test_the_texts_for_people_and_spreadsheets_name_it_too(self):
        self.start_with_drift_in_the_second()
        files = {name: self.folder / name for name in ("csv", "text", "html", "sarif", "markdown")}
        self.pair(*(word for name, path in files.items() for word in ("-o", f"{name}={path}")))
        text = files["text"].read_text()
        self.assertIn("c-b: shop Deployment/web", text)
        self.assertIn("clusters c-a, c-b", text)
        self.assertIn("cluster c-b", files["html"].read_text())
        self.assertIn("c-b&#58; shop Deployment/web", files["markdown"].read_text())
        rows = list(csv.DictReader(io.StringIO(files["csv"].read_text())))
        self.assertEqual({one["cluster"] for one in rows if one["record"] == "coverage"},
                         {"", "c-a", "c-b"})
        self.assertEqual({one["cluster"] for one in rows if one["rule"] == "running-differs"},
                         {"c-b"})

    def test_an_unchanged_pair_adds_the_scans_own_rows_alone(self):
        self.start_with_drift_in_the_second()
        self.pair(status=1)
        before = scans.dump(self.database)
        report = self.pair(status=1)
        self.assertEqual(self.found(report, states=("new", "fixed", "unknown")), [])
        self.assert_only_own_rows_changed(before)

    def test_one_of_them_alone_says_nothing_about_the_other(self):
        self.start_with_drift_in_the_second()
        self.pair(status=1)
        before = scans.dump(self.database)
        alone = self.ask("--context", "a", "-A", status=0)
        self.assertNotIn("clusters", alone)
        self.assertEqual(self.found(alone, states=("new", "open", "fixed", "unknown")), [])
        self.assert_only_own_rows_changed(before)
        other = self.ask("--context", "b", "-A", status=1)
        self.assertEqual(self.found(other, states=("new", "open", "fixed", "unknown")),
                         [("running-differs", "c-b", "web")])
        self.assert_only_own_rows_changed(before)
        again = self.pair(status=1)
        self.assertEqual(self.found(again, states=("new", "fixed", "unknown")), [])

    def test_all_contexts_are_the_same(self):
        self.run_app(self.first, "web", self.good)
        self.run_app(self.second, "web", self.bad)
        self.start()
        report = self.ask("--all-contexts", status=0, paths=[])
        self.assertEqual([one["cluster"] for one in report["running"]], ["c-a", "c-b"])

    def test_without_n_each_context_has_its_own_namespace(self):
        for namespace in ("shop", "bank"):
            self.run_app(self.first, "web", self.good, namespace=namespace)
            self.run_app(self.second, "web", self.good, namespace=namespace)
        self.start()
        self.configure(a=(self.apis[0].url, "shop"), b=(self.apis[1].url, "bank"))
        report = self.ask("--all-contexts", status=0, paths=[])
        self.assertEqual([(one["cluster"], one["namespace"]) for one in report["running"]],
                         [("c-a", "shop"), ("c-b", "bank")])


class Noted(list):
    """What an API server is asked, noted in a list that is shared as well."""

    def __init__(self, who, shared):
        super().__init__()
        self.who, self.shared = who, shared

    def append(self, one):
        super().append(one)
        self.shared.append((self.who, one.target))


class ByNamespaces(TwoClusters):
    """Neither cluster lets its pods be listed at once; one hides a namespace altogether."""

    def start(self):
        self.order = []
        for cluster in (self.first, self.second):
            for number in range(40):
                cluster.namespace(f"n-{number}")
        super().start()
        for who, api in zip("ab", self.apis):
            api.requests = Noted(who, self.order)
            api.world.deny(namespace="")
            api.world.allow(resource="namespaces")
        self.apis[1].world.deny(namespace="n-7")

    def test_the_namespaces_of_both_are_asked_side_by_side(self):
        self.start_with_drift_in_the_second()
        report = self.pair(status=1)
        self.assertEqual(self.found(report), [("clusters-differ", "", "web"),
                                              ("running-differs", "c-b", "web")])
        self.assertEqual(scans.gaps(report), [("forbidden", "c-b: namespace n-7")])
        pods = [who for who, target in self.order
                if "/namespaces/" in target and "/pods" in target]
        self.assertEqual((pods.count("a"), pods.count("b")), (42, 42))
        self.assertLess(pods.index("b"), 42)
        self.assertLess(pods.index("a"), 42)
        notes = [one["note"].partition(";")[0] for one in report["coverage"]
                 if "each listed on its own" in one["note"]]
        self.assertEqual(sorted(notes),
                         ["c-a: cluster: 1 pod in 42 of 42 namespaces, each listed on its own",
                          "c-b: cluster: 1 pod in 41 of 42 namespaces, each listed on its own"])


class Silence(TwoClusters):
    def test_a_cluster_without_an_answer_is_a_gap_and_the_others_go_on(self):
        self.declare("web", "shop", {"app": self.pinned})
        self.run_app(self.first, "web", self.bad)
        self.run_app(self.second, "web", self.bad)
        self.start()
        self.pair(status=1)
        self.apis[1].close()
        report = self.pair(status=1)
        self.assertEqual(scans.gaps(report), [("unreachable", "cluster c-b")])
        self.assertEqual(self.found(report), [("running-differs", "c-a", "web")])
        self.assertEqual(self.found(report, states=("unknown",)),
                         [("running-differs", "c-b", "web")])
        self.assertEqual(self.found(report, states=("fixed",)), [])

    def test_even_without_manifests(self):
        self.run_app(self.first, "web", self.good)
        self.start()
        self.apis[1].close()
        report = self.pair(status=3, paths=[])
        self.assertEqual(scans.gaps(report), [("unreachable", "cluster c-b")])
        self.assertEqual([one["cluster"] for one in report["running"]], ["c-a"])

    def test_none_that_answers_is_no_scan(self):
        self.start()
        for api in self.apis:
            api.close()
        self.scan_raw("--all-contexts", status=4, paths=[])

    def test_the_same_gap_in_both_is_two(self):
        self.run_app(self.first, "web", self.good)
        self.start()
        for api, cluster in zip(self.apis, (self.first, self.second)):
            world = cluster.world()
            world.deny(resource="pods", namespace="shop")
            api.world = world
        report = self.ask("--all-contexts", "-n", "shop", status=3, paths=[])
        self.assertEqual(scans.gaps(report), [("forbidden", "c-a: namespace shop"),
                                              ("forbidden", "c-b: namespace shop")])


class OneCluster(TwoClusters):
    def test_two_contexts_of_one_cluster_are_one(self):
        self.declare("web", "shop", {"app": self.pinned})
        self.run_app(self.first, "web", self.bad)
        self.start()
        self.configure(a=(self.apis[0].url, "shop"),
                       b=(self.apis[0].url.replace("127.0.0.1", "localhost"), "shop"))
        report = self.pair(status=1)
        self.assertNotIn("clusters", report)
        self.assertEqual(self.found(report), [("running-differs", "c-a", "web")])
        self.assertEqual([one["pods"] for one in report["running"]], [1])
        self.assertIn("lead to one cluster", self.errors)
        self.assertIn("context b leads to the same cluster",
                      " ".join(one["note"] for one in report["coverage"]))

    def test_two_namespaces_of_one_cluster_are_not_passed_over(self):
        self.start()
        self.configure(a=(self.apis[0].url, "shop"), b=(self.apis[0].url, "bank"))
        ran = self.scan_raw("--all-contexts", paths=[], status=2)
        self.assertIn("give -A, or one -n", ran.stderr)


class Usage(TwoClusters):
    def test_what_is_of_one_cluster_is_refused_for_several(self):
        self.start()
        for words, message in (
                (("--all-contexts", "--cluster-name", "x"), "--cluster-name"),
                (("--all-contexts", "--context", "a"), "exclude each other"),
                (("--context", "a", "--context", "zebra"), "no context 'zebra'"),
                (("--all-contexts", "--cluster-dump", "x"), "--cluster-dump")):
            with self.subTest(words=words):
                ran = self.pindrift("scan", "--kubeconfig", self.folder / "config", "--db",
                                    self.database, *words, status=2)
                self.assertIn(message, ran.stderr)
        self.assertFalse(Path(self.database).exists())


class Join(TwoClusters):
    def test_a_declaration_for_any_joins_each_cluster_that_has_it(self):
        self.declare("web", "shop", {"app": self.pinned})
        self.declare("here", "shop", {"app": self.pinned})
        self.run_app(self.first, "web", self.good)
        self.run_app(self.second, "web", self.good)
        self.run_app(self.second, "here", self.good)
        self.start()
        report = self.pair(status=0)
        self.assertEqual(self.found(report), [])
        self.assertEqual({one["verdict"] for one in report["running"]}, {"match"})

    def test_what_is_in_none_is_missing_once(self):
        self.declare("gone", "shop", {"app": self.pinned})
        self.start()
        report = self.pair(status=0)
        self.assertEqual(self.found(report), [("not-running", "", "gone")])
        before = scans.dump(self.database)
        self.assertEqual(self.found(self.pair(), states=("new", "fixed", "unknown")), [])
        self.assert_only_own_rows_changed(before)
        self.run_app(self.second, "gone", self.good)
        self.apis[1].world = self.second.world()
        self.assertEqual(self.found(self.pair(), states=("fixed",)),
                         [("not-running", "", "gone")])

    def test_it_is_not_missing_while_one_of_them_is_silent(self):
        self.declare("gone", "shop", {"app": self.pinned})
        self.start()
        self.apis[1].close()
        self.assertEqual(self.found(self.pair(status=3)), [])

    def test_a_namespace_found_in_one_is_not_that_of_the_other(self):
        self.declare("web", "", {"app": self.pinned})
        self.run_app(self.first, "web", self.good, namespace="shop")
        self.run_app(self.second, "web", self.bad, namespace="bank")
        self.start()
        report = self.pair(status=1)
        self.assertEqual({(one["cluster"], one["namespace"], one["verdict"])
                          for one in report["running"]},
                         {("c-a", "shop", "match"), ("c-b", "bank", "drift")})

    def test_a_namespace_is_claimed_where_its_manifests_run(self):
        self.declare("web", "shop", {"app": self.pinned})
        self.run_app(self.first, "web", self.good)
        self.run_app(self.first, "extra", self.good)
        self.run_app(self.second, "extra", self.good)
        self.start()
        self.assertEqual(self.found(self.pair(status=0)), [("undeclared", "c-a", "extra")])

    def test_environments_say_which_is_for_which(self):
        for name in ("a", "b"):
            folder = self.manifests / name
            folder.mkdir()
            self.declare("web", "shop", {"app": self.pinned}).rename(folder / "web.yaml")
        (self.manifests / ".pindrift.yaml").write_text(lib.yaml_of({
            "environments": [{"paths": ["**/a/*.yaml"], "cluster": "a"},
                             {"paths": ["**/b/*.yaml"], "cluster": "b"}]}))
        self.run_app(self.first, "web", self.good)
        self.start()
        report = self.pair(status=0)
        self.assertEqual(self.found(report), [("not-running", "c-b", "web")])
        self.assertEqual(report["gaps"], [])


class Differ(TwoClusters):
    def test_a_tag_that_two_clusters_pulled_at_different_times(self):
        self.declare("web", "shop", {"app": self.loose})
        self.run_app(self.first, "web", self.good, self.loose)
        self.run_app(self.second, "web", self.bad, self.loose)
        self.start()
        report = self.pair()
        self.assertIn(("clusters-differ", "", "web"), self.found(report))
        message = next(one["message"] for one in report["findings"]
                       if one["rule"] == "clusters-differ")
        self.assertIn("cluster c-a runs", message)
        self.assertEqual(self.found(self.ask("--context", "a", "-A"), states=("fixed",)), [])
        second = Cluster(uid=SECOND, nodes={"node-0": "amd64"})
        self.run_app(second, "web", self.good, self.loose)
        self.apis[1].world = second.world()
        self.assertIn(("clusters-differ", "", "web"), self.found(self.pair(), states=("fixed",)))

    def test_two_digests_of_one_image_do_not_differ(self):
        self.declare("web", "shop", {"app": self.loose})
        self.run_app(self.first, "web", self.good, self.loose)
        self.run_app(self.second, "web", images.image("linux/amd64", "good"), self.loose)
        self.start()
        self.assertNotIn("clusters-differ", scans.rules(self.pair()))

    def test_what_cannot_be_resolved_does_not_differ(self):
        self.declare("web", "shop", {"app": self.loose})
        self.run_app(self.first, "web", self.good, self.loose)
        self.run_app(self.second, "web", index_of("never pushed"), self.loose)
        self.start()
        self.assertNotIn("clusters-differ", scans.rules(self.pair()))


if __name__ == "__main__":
    unittest.main()
