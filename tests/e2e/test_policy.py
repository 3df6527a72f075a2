"""The policy file: .pindrift.yaml of the work tree, or the one that --policy names."""

import csv
import html
import io
import json
import os
import subprocess
import unittest

import scans

import lib

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: one}
spec:
  containers:
  - {name: app, image: REF}
"""
DIGEST = "sha256:" + "76" * 32
PINNED = POD.replace("REF", "registry.example.com/app:1@" + DIGEST)
UNPINNED = POD.replace("REF", "registry.example.com/app:1")
WIDGET = """\
apiVersion: example.com/v1
kind: Widget
metadata: {name: one}
spec: {runner: {image: "registry.example.com/app:1"}}
"""


class PolicyTest(lib.TestCase):
    def setUp(self):
        super().setUp()
        subprocess.run(["git", "init", "-q", "."], cwd=self.folder, check=True)

    def put(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def check(self, *arguments, status):
        return self.pindrift("check", *arguments, status=status)

    def report(self, *arguments, status):
        return json.loads(self.check("-f", "json", *arguments, status=status).stdout)


class Levels(PolicyTest):
    def test_a_rules_level_is_the_trees_and_every_report_says_so(self):
        self.put("deploy/one.yaml", UNPINNED)
        self.put(".pindrift.yaml", "levels: {unpinned: note}\n")
        report = self.report("deploy", status=0)
        self.assertEqual([one["level"] for one in report["findings"]], ["note"])
        said = ".pindrift.yaml: unpinned is note here, not error"
        self.assertIn(said, [one["note"] for one in report["coverage"]])
        for form in ("text", "markdown", "html"):
            with self.subTest(form):
                shown = html.unescape(self.check("-f", form, "deploy", status=0).stdout)
                self.assertIn(said, shown.replace("\n", " "))
                self.assertIn("by policy 1 level changed", shown.replace("\n", " "))
        rows = csv.reader(io.StringIO(self.check("-f", "csv", "deploy", status=0).stdout))
        self.assertTrue(any(row[0] == "coverage" and said in row[-1] for row in rows))

    def test_a_raised_level_fails_the_run(self):
        self.put("deploy/one.yaml", POD.replace("REF", "registry.example.com/app@" + DIGEST))
        self.check("deploy", status=0)
        self.put(".pindrift.yaml", "levels: {pin-without-tag: error}\n")
        self.assertIn("pin-without-tag", self.check("deploy", status=1).stdout)

    def test_another_policy_replaces_the_trees(self):
        self.put("deploy/one.yaml", UNPINNED)
        self.put(".pindrift.yaml", "levels: {unpinned: none}\n")
        self.put("strict.yaml", "")
        self.check("deploy", status=0)
        self.check("--policy", "strict.yaml", "deploy", status=1)
        self.pindrift("check", "deploy", status=1,
                      PINDRIFT_POLICY="strict.yaml")


class Place(PolicyTest):
    def test_no_policy_and_one_that_a_command_writes(self):
        self.put("deploy/one.yaml", UNPINNED)
        self.put(".pindrift.yaml", "levels: {unpinned: none}\n")
        self.check("--policy", "/dev/null", "deploy", status=1)
        self.put("lax.yaml", "levels: {unpinned: note}\n")
        ran = subprocess.run(["bash", "-c", '"$PINDRIFT" check --policy <(cat lax.yaml) deploy'],
                             cwd=self.folder, env=lib.environment(self.folder,
                                                                   PINDRIFT=lib.program()),
                             capture_output=True, text=True, timeout=30)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        self.assertIn("by policy 1 level changed", ran.stdout)

    def test_it_is_found_from_below_and_from_elsewhere(self):
        self.put("tree/.pindrift.yaml", "levels: {unpinned: none}\n")
        subprocess.run(["git", "init", "-q", "tree"], cwd=self.folder, check=True)
        self.put("tree/a/b/one.yaml", UNPINNED)
        self.check("tree/a/b/one.yaml", status=0)
        self.pindrift("check", status=0, cwd=self.folder / "tree/a/b")
        self.put("other/one.yaml", UNPINNED)
        self.check("other/one.yaml", status=1)

    def test_outside_of_a_work_tree_it_stands_in_the_path(self):
        os.rename(self.folder / ".git", self.folder / "no-git")
        self.put("deploy/one.yaml", UNPINNED)
        self.put("deploy/.pindrift.yaml", "levels: {unpinned: none}\n")
        self.check("deploy", status=0)
        self.check("deploy/one.yaml", status=0)
        self.check(".", status=1)

    def test_its_paths_count_from_its_folder_however_that_is_called(self):
        os.rename(self.folder / ".git", self.folder / "no-git")
        for name in ("a/one.yaml", "b/one.yaml", "c[1]/one.yaml"):
            self.put("deploy/" + name, UNPINNED)
        self.put("deploy/.pindrift.yaml", "exclude: [b/one.yaml, 'c?1?']\nwaivers: "
                 "[{rule: unpinned, paths: [/a/*.yaml], until: 2026-12-31, reason: x}]\n")
        for name in ("deploy", "./deploy//", self.folder / "deploy"):
            with self.subTest(name):
                ran = self.pindrift("check", name, status=0, timeout=10)
                self.assertIn("1 waived in 1 image", ran.stdout)
        for name, cwd in ((".", "deploy"), ("..", "deploy/a"), ("one.yaml", "deploy/a")):
            ran = self.pindrift("check", name, cwd=self.folder / cwd,
                                status=int(name == "one.yaml"))
            self.assertEqual("1 waived in 1 image" in ran.stdout, name != "one.yaml")
        os.rename(self.folder / "deploy", self.folder / "d*[e]")
        self.assertIn("1 waived in 1 image", self.check("d*[e]", status=0).stdout)

    def test_a_link_out_of_the_tree_is_not_followed(self):
        self.put("tree/one.yaml", PINNED)
        subprocess.run(["git", "init", "-q", "tree"], cwd=self.folder, check=True)
        self.put("outside.yaml", "")
        os.symlink("../outside.yaml", self.folder / "tree/.pindrift.yaml")
        self.assertIn(".pindrift.yaml: ", self.check("tree", status=2).stderr)

    def test_what_cannot_be_read_is_an_error(self):
        self.put("deploy/one.yaml", PINNED)
        self.assertIn("--policy nowhere.yaml",
                      self.check("--policy", "nowhere.yaml", "deploy", status=2).stderr)
        self.put(".pindrift.yaml", "levls: {}\n")
        ran = self.check("deploy", status=2)
        self.assertEqual(ran.stdout, "")
        self.assertIn(".pindrift.yaml:1: there is no key 'levls'; did you mean 'levels'?",
                      ran.stderr)
        self.put(".pindrift.yaml", "token-host: evil.example.com\n")
        self.assertIn("is trust", self.check("deploy", status=2).stderr)
        self.put(".pindrift.yaml", "# " + "x" * 1024 * 1024)
        self.check("deploy", status=2)


class Excluded(PolicyTest):
    def test_excluded_paths_are_not_opened_and_not_covered(self):
        self.put("one.yaml", PINNED)
        self.put("testdata/broken.yaml", "a: [")
        self.put("testdata/more/two.yaml", UNPINNED)
        self.put("deploy/gen.tmp.yaml", UNPINNED)
        self.check(".", status=1)
        self.put(".pindrift.yaml", "exclude: [testdata, '*.tmp.yaml']\n")
        report = self.report(".", status=0)
        self.assertEqual(report["findings"] + report["gaps"], [])
        excluded = {one["note"]: one["observed"] for one in report["coverage"]
                    if "excluded" in one["note"]}
        self.assertEqual(excluded, {
            "testdata/: excluded by .pindrift.yaml, 2 files": False,
            "deploy/gen.tmp.yaml: excluded by .pindrift.yaml, 1 file": False})

    def test_a_path_that_is_named_is_excluded_too(self):
        self.put("testdata/two.yaml", UNPINNED)
        self.put(".pindrift.yaml", "exclude: [testdata]\n")
        self.check("testdata/two.yaml", status=0)
        self.check("testdata", status=5)

    def test_pin_leaves_it_alone(self):
        path = self.put("testdata/two.yaml", POD.replace("REF", "127.0.0.1:1/app:1"))
        self.put("one.yaml", PINNED)
        self.put(".pindrift.yaml", "exclude: [testdata]\n")
        self.pindrift("pin", "--write", ".", status=0)
        self.assertNotIn("@sha256", path.read_text())

    def test_the_policy_is_no_manifest(self):
        self.put("one.yaml", PINNED)
        self.put(".pindrift.yaml", "levels: {}\n")
        self.assertEqual(self.report(".", status=0)["summary"]["ignored_files"], 0)


class Fields(PolicyTest):
    def test_a_custom_resource_is_read_where_the_policy_says(self):
        self.put("one.yaml", WIDGET)
        self.assertIn("unknown-kind", self.check("one.yaml", status=3).stdout)
        self.put(".pindrift.yaml",
                 "fields: [{group: example.com, kind: Widget, images: [spec.runner.image]}]\n")
        report = self.report("one.yaml", status=1)
        self.assertEqual([(one["rule"], one["kind"]) for one in report["findings"]],
                         [("unpinned", "Widget")])
        self.assertEqual(report["declared"][0]["line"], 4)


class Waived(PolicyTest):
    WAIVER = "waivers:\n- {rule: unpinned, paths: [deploy], reason: 'moves in May', until: 2026-12-31}\n"

    def waived(self, policy, *arguments, now="2026-12-31T23:59:59Z", status):
        self.put("deploy/one.yaml", UNPINNED)
        self.put(".pindrift.yaml", policy)
        return self.report("deploy", "--now", now, *arguments, status=status)

    def test_a_waiver_of_the_policy_covers_until_its_last_day_is_over(self):
        report = self.waived(self.WAIVER, status=0)
        self.assertEqual([one["state"] for one in report["findings"]], ["waived"])
        report = self.waived(self.WAIVER, now="2027-01-01T00:00:00Z", status=1)
        self.assertEqual(sorted(one["rule"] for one in report["findings"]),
                         ["unpinned", "waiver-expired"])

    def test_a_waiver_that_covers_nothing_is_said(self):
        self.waived(self.WAIVER.replace("unpinned", "bad-reference"), status=1)
        report = self.report(".", "--now", "2026-12-01T00:00:00Z", status=1)
        self.assertIn("waiver-unused", [one["rule"] for one in report["findings"]])

    def test_a_gap_can_be_waived_by_name(self):
        self.put("deploy/broken.yaml", "a: [")
        self.waived(self.WAIVER, status=3)
        report = self.waived(self.WAIVER + "- {gap: not-yaml, paths: [deploy], reason: r, "
                             "until: 2026-12-31}\n", status=0)
        self.assertEqual([one["waived"] for one in report["gaps"]], [True])

    def test_another_policy_takes_the_trees_waivers_away(self):
        self.put("strict.yaml", "")
        self.waived(self.WAIVER, "--policy", "strict.yaml", status=1)


class Scanned(scans.ScanTest):
    def test_environments_and_rewrites_reach_the_join(self):
        """Design 5: files for another cluster are out of scope; webhooks rewrite registries."""
        image = f"mirror.example.com/hub/app:1@{DIGEST}"
        self.cluster.deployment("web", "shop", {"app": image},
                                [({"app": f"mirror.example.com/hub/app@{DIGEST}"},
                                  {"node": "node-a"})])
        self.declare("web", "", {"app": f"docker.io/hub/app:1@{DIGEST}"})
        (self.manifests / "prod").mkdir()
        self.declare("web", "", {"app": f"docker.io/hub/other:1@{DIGEST}"}).rename(
            self.manifests / "prod/web.yaml")
        self.declare("web", "", {"app": f"docker.io/hub/app:1@{DIGEST}"})
        policy = self.folder / "policy.yaml"
        policy.write_text("environments:\n"
                          "- {paths: [prod], cluster: somewhere-else}\n"
                          "- {paths: ['*.yaml'], namespace: shop}\n"
                          "rewrites: [{from: docker.io/, to: mirror.example.com/}]\n")
        report = self.scan("-A", "--policy", policy, "--allow-incomplete", "unresolved")
        raised = {one["rule"] for one in report["findings"]}
        self.assertFalse(raised & {"spec-differs", "not-running", "undeclared"}, raised)
        self.assertEqual(report["running"][0]["verdict"], "match")


if __name__ == "__main__":
    unittest.main()
