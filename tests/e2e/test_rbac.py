"""The least RBAC: what a scan asks for, what the examples grant, and what the README says."""

import re
import unittest

import scans

import lib
from servers.kube_world import scope_of

DIGEST = "sha256:" + "%064x" % 0xAB
IMAGE = f"registry.example.com/app@{DIGEST}"


def rules_of(file, kind, name):
    """{(verb, group, resource, resource name or "")} of one role of an example."""
    documents = (lib.ROOT / "examples" / file).read_text().split("\n---\n")
    (text,) = [one for one in documents
               if re.search(rf"^kind: {kind}$", one, re.M)
               and re.search(rf"^  name: {name}$", one, re.M)]
    granted = set()
    for rule in text.partition("\nrules:\n")[2].split("  - apiGroups:")[1:]:
        fields = {key: [one.strip(' "') for one in value.split(",")] for key, value in
                  re.findall(r"^ *(\w+): \[(.*)\]$", "    apiGroups:" + rule, re.M)}
        assert set(fields) <= {"apiGroups", "resources", "resourceNames", "verbs"}, fields
        granted |= {(verb, group, resource, name) for verb in fields["verbs"]
                    for group in fields["apiGroups"] for resource in fields["resources"]
                    for name in fields.get("resourceNames", [""])}
    return granted


class LeastRights(scans.ScanTest):
    def setUp(self):
        super().setUp()
        containers, runs = {"app": IMAGE}, [{"app": IMAGE}]
        for namespace in ("shop", "data"):
            self.cluster.deployment("web", namespace, containers, runs)
            self.cluster.stateful_set("db", namespace, containers, runs)
            self.cluster.daemon_set("agent", namespace, containers, runs)
            self.cluster.cron_job("nightly", namespace, containers, runs)
            self.cluster.replication_controller("relic", namespace, containers, runs)
            self.cluster.rollout("canary", namespace, containers, runs)

    def grant(self, *granted):
        """Serve the cluster to somebody who may do just this: (rules, namespace) pairs."""
        world = self.cluster.world()
        world.deny()
        for rules, namespace in granted:
            for verb, group, resource, _ in rules:
                world.allow(verb=verb, group=group, resource=resource, namespace=namespace)
        return self.serve(world)

    def asked(self, namespace=None):
        """{(verb, group, resource, name)} of the requests so far, in one namespace or ""."""
        found = set()
        for one in self.api.requests:
            scope = scope_of(one.target.partition("?")[0])
            if scope and namespace in (None, scope.namespace or ""):
                found.add((scope.verb, scope.resource.group, scope.resource.name,
                           scope.name or ""))
        return found

    def scan_all(self, *arguments, gaps=()):
        report = self.scan(*arguments, "--fail-on", "never", paths=[],
                           status=3 if gaps else 0)
        self.assertEqual(scans.gaps(report), sorted(gaps))
        return report

    def test_the_cluster_role_is_what_a_scan_of_the_cluster_asks_for(self):
        granted = rules_of("rbac.yaml", "ClusterRole", "pindrift")
        self.grant((granted, ""))
        report = self.scan_all("-A")
        self.assertEqual(self.asked(), granted)
        self.assertEqual({one["namespace"] for one in report["running"]}, {"data", "shop"})

    def test_the_role_is_what_a_scan_of_its_namespace_needs(self):
        granted = rules_of("rbac-namespace.yaml", "Role", "pindrift")
        self.grant((granted, "shop"))
        report = self.scan_all("-n", "shop")
        self.assertEqual(self.asked("shop"), granted)
        self.assertEqual({one["namespace"] for one in report["running"]}, {"shop"})
        refused = {one for one in self.asked("") if one not in granted}
        self.assertEqual(refused, rules_of("rbac.yaml", "ClusterRole", "pindrift") - granted,
                         "more is asked for only where it makes answers better")

    def test_with_the_list_of_namespaces_those_that_have_the_role_are_scanned(self):
        role = rules_of("rbac-namespace.yaml", "Role", "pindrift")
        more = rules_of("rbac-namespace.yaml", "ClusterRole", "pindrift-namespaces")
        self.grant((role, "shop"), (more, ""))
        hidden = [("forbidden", f"namespace {one}") for one in ("data", "kube-system")]
        report = self.scan_all("-A", gaps=hidden)
        self.assertEqual({one["namespace"] for one in report["running"]}, {"shop"})
        self.assertTrue(all(one["platform"] for one in report["running"]))
        self.assertTrue(more <= self.asked(""), "nothing is granted that is not asked for")

    def test_without_any_one_of_its_rules_a_scan_is_less_than_complete(self):
        granted = rules_of("rbac.yaml", "ClusterRole", "pindrift")
        for rule in sorted(granted):
            with self.subTest(rule=rule):
                self.grant((granted - {rule}, ""))
                report = self.scan("-A", "--fail-on", "never", paths=[])
                notes = [one["note"] for one in report["coverage"]]
                if rule[2] == "nodes":
                    self.assertIn("platforms are unknown", notes[0])
                elif rule[0] == "get":
                    self.assertFalse(report["cluster"]["key"].startswith("uid:"))
                else:
                    reason = report["gaps"][0]["reason"]
                    self.assertRegex(reason, rf"may not list .*\b{rule[2]}\b")

    def test_the_readme_says_the_same(self):
        text = " ".join((lib.ROOT / "README.md").read_text().split())
        words = re.search(r"it lists ([a-z, ]+) and ([a-z]+), and gets the namespace "
                          r"`([a-z-]+)`", text)
        self.assertIsNotNone(words, "the README does not say what a scan asks for")
        listed = words[1].split(", ") + [words[2]]
        granted = rules_of("rbac.yaml", "ClusterRole", "pindrift")
        self.assertEqual(sorted(listed), sorted(one[2] for one in granted if one[0] == "list"))
        self.assertEqual([("get", "", "namespaces", words[3])],
                         [one for one in granted if one[0] == "get"])
        self.assertEqual({one[0] for one in granted}, {"get", "list"})


if __name__ == "__main__":
    unittest.main()
