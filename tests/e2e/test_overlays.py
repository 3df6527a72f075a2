"""What `pindrift check` makes of kustomizations.

It agrees with `kubectl kustomize`, or says that it cannot tell.
"""

import os
import shutil
import subprocess
import unittest
from collections import Counter

import scans  # noqa: F401 (finds lib)

import lib

CORPUS = lib.SHARED / "corpus"
NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


def built(folder):
    """What kubectl builds of a folder, or None."""
    run = subprocess.run(["kubectl", "kustomize", folder], capture_output=True, timeout=60)
    return run.stdout if run.returncode == 0 else None


def deployed(report):
    return Counter(
        (use["kind"], use["namespace"], use["name"], use["container"], use["reference"])
        for use in report["declared"]
    )


DIGEST = "sha256:" + "0123456789abcdef" * 4
OTHER = "sha256:" + "fedcba9876543210" * 4

DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - name: web
        image: %s
"""


class Overlays(lib.TestCase):
    def tree(self, **files):
        """A work tree; `a__b` is a/b/kustomization.yaml, other names are in `files`."""
        (self.folder / "tree/.git").mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            self.write(f"tree/{name.replace('__', '/')}/kustomization.yaml", text)
        return self.folder / "tree"

    def base(self, image):
        self.write("tree/base/web.yaml", DEPLOYMENT % image)

    def check(self, *paths):
        report = self.pindrift_json("check", *paths, cwd=self.folder / "tree")
        return (sorted((use["path"], use["line"], use["namespace"], use["name"],
                        use["reference"]) for use in report["declared"]),
                sorted((one["rule"], one["path"], one["line"]) for one in report["findings"]),
                report["gaps"])

    def test_a_base_is_judged_once_an_overlay_and_only_through_them(self):
        self.base(f"web:1@{DIGEST}")
        self.tree(base="resources: [web.yaml]\n",
                  dev="resources: [../base]\nnamespace: dev\n",
                  prod="bases: [../base]\nnamePrefix: p-\nnameSuffix: -s\n")
        pinned = f"web:1@{DIGEST}"
        self.assertEqual(self.check("."), ([("base/web.yaml", 9, "", "p-web-s", pinned),
                                            ("base/web.yaml", 9, "dev", "web", pinned)], [], []))

    def test_a_report_says_through_which(self):
        self.base("web:1")
        self.tree(base="resources: [web.yaml]\n", dev="resources: [../base]\n",
                  prod="resources: [../base]\nimages: [{name: web, newTag: '2'}]\n")
        declared = self.pindrift_json("check", ".", cwd=self.folder / "tree")["declared"]
        self.assertEqual(sorted((use["path"], use["overlay"]) for use in declared),
                         [("base/web.yaml", "dev/kustomization.yaml"),
                          ("prod/kustomization.yaml", "prod/kustomization.yaml")])
        alone = self.pindrift_json("check", "base/web.yaml", cwd=self.folder / "tree")
        self.assertEqual([use["overlay"] for use in alone["declared"]], [""])

    def test_an_entry_decides_at_its_own_line(self):
        self.base("web:1")
        self.tree(base="resources: [web.yaml]\n",
                  prod=f"resources: [../base]\nimages:\n- name: web\n  digest: {DIGEST}\n")
        declared, findings, gaps = self.check(".")
        self.assertEqual(declared, [("prod/kustomization.yaml", 4, "", "web", f"web@{DIGEST}")])
        self.assertEqual(findings, [("pin-without-tag", "prod/kustomization.yaml", 4)])
        self.assertEqual(gaps, [])

    def test_a_new_name_leaves_the_decision_to_the_base(self):
        self.base("web:1")
        self.tree(base="resources: [web.yaml]\n",
                  prod="resources: [../base]\nimages:\n- {name: web, newName: m/web}\n")
        declared, findings, gaps = self.check("prod")
        self.assertEqual(declared, [("base/web.yaml", 9, "", "web", "m/web:1")])
        self.assertEqual(findings, [("unpinned", "base/web.yaml", 9)])
        self.assertEqual(gaps, [])

    def test_a_pin_that_is_dropped_is_named(self):
        self.base(f"web:1@{DIGEST}")
        self.tree(base="resources: [web.yaml]\n",
                  prod="resources: [../base]\nimages:\n- name: web\n  newTag: '2'\n")
        ran = self.pindrift("check", ".", cwd=self.folder / "tree", status=1)
        self.assertIn("prod/kustomization.yaml:4:11: error: web:2: without a digest, it takes "
                      "away the pin of ./base/web.yaml:9 [kustomize-unpins]", ran.stdout)
        self.assertNotIn("[unpinned]", ran.stdout)

    def test_a_later_pin_mends_a_dropped_one(self):
        self.base(f"web:1@{DIGEST}")
        self.tree(base="resources: [web.yaml]\n",
                  mid="resources: [../base]\nimages: [{name: web, newTag: '2'}]\n",
                  top=f"resources: [../mid]\nimages: [{{name: web, digest: '{OTHER}'}}]\n")
        declared, findings, gaps = self.check(".")
        self.assertEqual([one[4] for one in declared], [f"web@{OTHER}"])
        self.assertEqual([one[0] for one in findings], ["pin-without-tag"])
        self.assertEqual(gaps, [])

    def test_an_entry_for_nothing_is_no_finding(self):
        self.base(f"web:1@{DIGEST}")
        self.tree(base="resources: [web.yaml]\nimages: [{name: docker.io/web, newTag: '2'}]\n")
        self.assertEqual(self.check("."),
                         ([("base/web.yaml", 9, "", "web", f"web:1@{DIGEST}")], [], []))

    def test_components_change_what_was_there_before(self):
        self.base("web:1")
        self.tree(base="resources: [web.yaml]\n",
                  part="kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\n"
                       f"images: [{{name: web, newTag: '2', digest: '{DIGEST}'}}]\n",
                  prod="resources: [../base]\ncomponents: [../part]\n")
        declared, findings, gaps = self.check(".")
        self.assertEqual(declared,
                         [("part/kustomization.yaml", 3, "", "web", f"web:2@{DIGEST}")])
        self.assertEqual((findings, gaps), ([], []))

    def test_two_overlays_have_findings_that_last(self):
        self.base("web:1")
        self.tree(base="resources: [web.yaml]\n", dev="resources: [../base]\n",
                  prod="resources: [../base]\n")

        def fingerprints():
            report = self.pindrift_json("check", ".", cwd=self.folder / "tree")
            return {one["fingerprint"] for one in report["findings"]}

        before = fingerprints()
        self.assertEqual(len(before), 2)
        self.write("tree/base/web.yaml", "# moved\n" + DEPLOYMENT % "web:2")
        self.assertEqual(fingerprints(), before)
        shutil.rmtree(self.folder / "tree/dev")
        self.assertEqual(len(fingerprints() & before), 1)

    def test_what_cannot_be_evaluated_is_a_gap_and_stands(self):
        for label, text, reason in (
                ("a field", "replacements: [{source: {}}]\n", "its replacements"),
                ("missing", "components: [../none]\n", "'../none'"),
                ("itself", "components: [../prod]\n", "'../prod': it is no component"),
                ("a cycle", "bases: [../prod]\n", "leads back to itself"),
                ("outside", "bases: [../../../../out]\n", "outside"),
                ("remote", "bases: ['https://example.com/x']\n", "remote"),
                ("a pattern", "images: [{name: 'w.*', newTag: '2'}]\n", "regular expression"),
                ("twice", "bases: [../base/web.yaml]\n", "Deployment web is in it twice"),
                ("all left out", "commonAnnotations: {config.kubernetes.io/local-config: ''}\n",
                 "its commonAnnotations"),
                ("a suffix", "images: [{name: web, tagSuffix: -x}]\n", "how often a tagSuffix"),
                ("two", "", "more than one kustomization")):
            with self.subTest(label):
                self.base("web:1")
                tree = self.tree(prod="resources: [../base/web.yaml]\n" + text)
                if label == "two":
                    self.write("tree/prod/kustomization.yml", "resources: []\n")
                declared, findings, gaps = self.check(".")
                self.assertIn(("base/web.yaml", 9, "", "web", "web:1"), declared)
                self.assertIn(("unpinned", "base/web.yaml", 9), findings)
                self.assertTrue(any(reason in gap["reason"] for gap in gaps), gaps)
                shutil.rmtree(tree)

    def test_a_base_outside_of_what_was_asked_for_tells_its_gaps(self):
        self.base("web:1")
        for field, place in (("newTag", "base/kustomization.yaml:4"),
                             ("newName", "base/web.yaml:9")):
            with self.subTest(field):
                self.tree(base="resources: [web.yaml]\n"
                               f"images:\n- name: web\n  {field}: ${{TAG}}\n",
                          prod="resources: [../base]\n")
                for path in ("prod", "."):
                    _, findings, gaps = self.check(path)
                    self.assertEqual([(gap["id"], gap["subject"].removeprefix("./"))
                                      for gap in gaps],
                                     [("parameter", place)])
                    self.assertEqual(findings, [])

    def test_a_waiver_in_a_base_outside_of_what_was_asked_for_holds(self):
        self.base("web:1")
        self.tree(base="resources: [web.yaml]\nimages:\n- name: web\n"
                       "  newTag: '2' # pindrift:ignore unpinned until=2027-01-31 reason=x\n",
                  prod="resources: [../base]\n")
        ran = self.pindrift("check", "--now", "2026-11-01T00:00:00Z", "prod",
                            cwd=self.folder / "tree", status=0)
        self.assertIn("1 waived", ran.stdout)

    def test_what_a_policy_excludes_is_read_as_a_base(self):
        self.base("web:1")
        self.tree(base="resources: [web.yaml]\n", prod="resources: [../base]\n")
        self.write("tree/.pindrift.yaml", "exclude: [base/]\n")
        declared, _, gaps = self.check(".")
        self.assertEqual(declared, [("base/web.yaml", 9, "", "web", "web:1")])
        self.assertEqual(gaps, [])

    def test_standard_input_is_no_file_of_a_tree(self):
        tree = self.tree(prod="resources: ['-']\n")
        report = self.pindrift_json("check", "-", "prod/kustomization.yaml", cwd=tree,
                                    stdin=(DEPLOYMENT % f"web:1@{DIGEST}").encode())
        self.assertEqual([gap["id"] for gap in report["gaps"]], ["kustomize-not-evaluated"])
        self.assertEqual(len(report["declared"]), 1)

    def test_what_is_local_config_is_not_deployed(self):
        head = "metadata: {name: web}"
        for value, count in (("'true'", 0), ("yes", 0), ("", 0), ("'false'", 1)):
            with self.subTest(value):
                annotation = f"{{config.kubernetes.io/local-config: {value}}}"
                self.base("web:1")
                self.write("tree/base/local.yaml", (DEPLOYMENT % "local:1").replace(
                    head, f"metadata: {{name: local, annotations: {annotation}}}"))
                self.tree(base="resources: [web.yaml, local.yaml]\n")
                declared, findings, gaps = self.check(".")
                self.assertEqual([one[4] for one in declared], ["local:1"] * count + ["web:1"])
                self.assertEqual((len(findings), gaps), (1 + count, []))

    def test_a_patch_may_be_for_what_is_local_config(self):
        self.write("tree/base/web.yaml", (DEPLOYMENT % "web:1").replace(
            "name: web}", "name: web, annotations: {config.kubernetes.io/local-config: a}}", 1))
        patch = "{op: remove, path: /metadata/annotations}"
        self.tree(base="resources: [web.yaml]\n"
                       f"patches: [{{target: {{kind: Deployment}}, patch: '[{patch}]'}}]\n")
        declared, findings, gaps = self.check(".")
        self.assertEqual((len(declared), len(findings)), (1, 1))
        self.assertIn("may be for what is local-config", gaps[0]["reason"])

    def test_an_object_is_told_by_its_kind_its_name_and_its_namespace(self):
        self.base("web:1")
        self.write("tree/base/set.yaml", (DEPLOYMENT % "web:1").replace("Deployment",
                                                                       "StatefulSet"))
        self.write("tree/base/other.yaml", (DEPLOYMENT % "web:1").replace(
            "{name: web}", "{name: web, namespace: other}"))
        self.tree(base="resources: [web.yaml, set.yaml, other.yaml]\n",
                  dev="resources: [../base]\nnamePrefix: dev-\n",
                  prod="resources: [../base, ../dev]\n",
                  one="resources: [../base]\nnamespace: one\n")
        declared, _, gaps = self.check(".")
        self.assertEqual(len([one for one in declared if one[3] == "dev-web"]), 3)
        self.assertEqual([(gap["subject"], gap["reason"].split(":")[0]) for gap in gaps],
                         [("./one/kustomization.yaml", "Deployment web is in it twice")])

    def test_a_base_stands_that_only_one_of_two_overlays_could_be_followed_to(self):
        self.base("web:1")
        self.tree(dev="resources: [../base/web.yaml]\nnamespace: dev\n",
                  prod="resources: [../base/web.yaml]\nvars: [{}]\n")
        declared, _, gaps = self.check(".")
        self.assertEqual([one[2] for one in declared], ["", "dev"])
        self.assertEqual(len(gaps), 1)

    def test_a_file_without_an_extension_is_found_in_a_folder(self):
        self.base("web:1")
        self.write("tree/prod/Kustomization", "resources: [../base/web.yaml]\n"
                   "images: [{name: web, newTag: '2'}]\n")
        self.tree()
        entry = [("prod/Kustomization", 2, "", "web", "web:2")]
        self.assertEqual(self.check(".")[0], entry)
        self.write("tree/list", "prod/Kustomization\0")
        self.assertEqual(self.check("--files-from0", "list")[0], entry)

    def test_no_link_leads_out_of_the_tree(self):
        self.write("outside/web.yaml", DEPLOYMENT % "web:1")
        tree = self.tree(prod="resources: [link.yaml]\n")
        (tree / "prod/link.yaml").symlink_to(self.folder / "outside/web.yaml")
        declared, _, gaps = self.check("prod/kustomization.yaml")
        self.assertEqual(declared, [])
        self.assertEqual([gap["id"] for gap in gaps], ["kustomize-not-evaluated"])

    def test_doubling_bases_end(self):
        self.write("tree/base/web.yaml", "{apiVersion: v1, kind: Service, metadata: {name: a}}")
        files = {f"l{i}": f"resources: [../l{i + 1}, ../l{i + 1}]\n" for i in range(30)}
        self.tree(l30="resources: [../base/web.yaml]\n", **files)
        _, _, gaps = self.check("l0")
        self.assertIn("more than", gaps[0]["reason"])

    def test_what_overlays_multiply_is_bounded(self):
        self.write("tree/base/web.yaml", DEPLOYMENT % "web:1" +
                   "".join(f"      - {{name: web{i}, image: 'web:1'}}\n" for i in range(150)))
        for field in ("namePrefix: %s", "nameSuffix: %s", "images: [{name: web, newName: %s}]",
                      "images: [{name: web, newTag: %s}]"):
            with self.subTest(field):
                self.tree(base="resources: [web.yaml]\n" + field % ("a" * 500000) + "\n")
                declared, _, gaps = self.check("base")
                self.assertIn("more than 64 MiB", gaps[0]["reason"])
                self.assertIn(("base/web.yaml", 9, "", "web", "web:1"), declared)

    def test_pin_edits_the_text_and_not_what_is_made_of_it(self):
        self.base("web:1")
        self.tree(base="resources: [web.yaml]\n", dev="resources: [../base]\n",
                  prod="resources: [../base]\nnamePrefix: p-\n")
        ran = self.pindrift("pin", "--unpin", "--diff", ".", cwd=self.folder / "tree")
        self.assertEqual(ran.stdout.count("web:1"), 0, ran.stdout)
        self.base(f"web:1@{DIGEST}")
        ran = self.pindrift("pin", "--unpin", "--diff", ".", cwd=self.folder / "tree")
        self.assertEqual(ran.stdout.count("+        image: web:1\n"), 1, ran.stdout)


@unittest.skipUnless(shutil.which("kubectl"), "kubectl is not here")
class Agreement(lib.TestCase):
    def compare(self, folder, tree):
        """What came of a folder; fails where the two differ."""
        stream = built(folder)
        if stream is None:
            return "unbuilt"
        name = next(folder / name for name in NAMES if (folder / name).exists())
        report = self.pindrift_json("check", str(name.relative_to(tree)), cwd=tree)
        if any(gap["id"] == "kustomize-not-evaluated" for gap in report["gaps"]):
            return "gap"
        stream_report = self.pindrift_json("check", "-", cwd=tree, stdin=stream)
        self.assertEqual(deployed(report), deployed(stream_report))
        return "agrees"

    @unittest.skipUnless(CORPUS.is_dir(), "the corpus is not here")
    def test_public_kustomizations(self):
        tree = self.folder / "tree"
        shutil.copytree(CORPUS, tree, symlinks=True)
        (tree / ".git").mkdir()
        outcomes = Counter()
        for path, _, files in sorted(os.walk(tree)):
            if not any(name in files for name in NAMES):
                continue
            folder = tree / path
            if (folder / "kustomization.yaml").exists() and "kind: Component" in (
                folder / "kustomization.yaml"
            ).read_text():
                continue
            with self.subTest(path):
                outcomes[self.compare(folder, tree)] += 1
        self.assertGreaterEqual(outcomes["agrees"], 26, outcomes)
        self.assertLessEqual(outcomes["gap"], 7, outcomes)


if __name__ == "__main__":
    unittest.main()
