"""`pindrift check` on the manifests of five public repositories, as their authors wrote them.

What they hold was counted once by an independent reader (PyYAML's composer and the paths
of the Kubernetes API).  Skipped where the folder is not beside the repository.
"""

import re
import unittest
from collections import Counter

import scans  # noqa: F401 (finds lib)

import lib

CORPUS = lib.SHARED / "corpus"

# An image counts once, however many overlays deploy it; two are decided by entries of
# kustomizations alone.
#
# Folder: files with Kubernetes objects, images (in built-in kinds, in custom resources that
# the table of fields knows, in entries of kustomizations, in values of charts, literally in
# templates that are not YAML), Helm charts
# and other files that are not YAML.
COUNTED = {
    "argo-rollouts": (272, 175 - 2 + 49 + 4 + 1, 1 + 1),
    "examples": (245, 131, 0),
    "flux2-kustomize-helm-example": (23, 0 + 0 + 0 + 1, 0),
    "kustomize": (160, 73 + 0 + 4 + 1, 4),
    "microservices-demo": (70, 42 + 0 + 11 + 3, 1),
}

# Lines of text that look like an image, by their key.
LOOKS_LIKE_IMAGE = re.compile(r"^[\s-]*[\"']?(?:image|reference|\w+Image)[\"']?:\s*[\"']?[\w${<]")

# Files whose lines look like images and are none that a cluster is told to run, with the number
# of such lines and why.
NO_IMAGES = (
    (r"argo-rollouts/.*/info/testdata/.*pod\d*\.yaml", 26, "the status of pods: what ran"),
    (r"argo-rollouts/manifests/(base|dashboard-install)/.*-deployment\.yaml", 2,
     "an entry of a kustomization decides"),
    (r"examples/_archived/volumes/rbd/rbd.*\.yaml", 2, "the name of a disk"),
    (r"kustomize/functions/examples/.*\.yaml", 6, "the text of an annotation, for kustomize"),
    (r"kustomize/site/docker-compose\.yaml", 1, "the name of what is built"),
    (r"microservices-demo/skaffold\.yaml", 12, "names of what is built"),
)

# Of the images, those that are unquoted templates: `image: {{ .Image }}` is a mapping.
TEMPLATE_IMAGES = 3


@unittest.skipUnless(CORPUS.is_dir(), "the corpus is not here")
class Corpus(lib.TestCase):
    def read(self, folder):
        return self.pindrift_json("check", folder, cwd=CORPUS)

    def test_no_image_is_missed_and_none_is_made_up(self):
        templates = 0
        for folder, (files, images, broken) in COUNTED.items():
            with self.subTest(folder):
                report = self.read(folder)
                gaps = Counter()
                for gap in report["gaps"]:
                    at_line = gap["subject"].rpartition(":")[2].isdigit()
                    gaps[gap["id"], at_line] += 1
                templates += gaps["helm-template", True]
                self.assertEqual(report["summary"]["files"], files)
                places = {(use["path"], use["line"], use["column"])
                          for use in report["declared"]}
                self.assertEqual(len(places) + gaps["helm-template", True], images)
                self.assertEqual(gaps["helm-template", False] + gaps["not-yaml", False], broken)
                self.assertEqual(gaps["unreadable", False] + gaps["too-large", False], 0)
        self.assertEqual(templates, TEMPLATE_IMAGES)

    def test_every_image_stands_where_the_report_says(self):
        for folder in COUNTED:
            for use in self.read(folder)["declared"]:
                with self.subTest(f"{use['file']}:{use['line']}"):
                    lines = (CORPUS / use["file"]).read_text().split("\n")
                    rest = lines[use["line"] - 1][use["column"] - 1:]
                    if use["path"].endswith("/kustomization.yaml"):
                        self.assertRegex(use["reference"], rf"[:@]{re.escape(rest)}$")
                        self.assertRegex(lines[use["line"] - 1], r"\b(newTag|digest):")
                        continue
                    if use["kind"] in ("Kustomization", "Component"):
                        self.assertRegex(use["reference"], rf"[:@]{re.escape(rest)}$")
                        self.assertRegex(lines[use["line"] - 1], r"\b(newTag|digest):")
                        continue
                    if use["kind"] in ("HelmValues", "HelmRelease"):
                        self.assertTrue(use["reference"].endswith(rest.strip("\"'")))
                        self.assertRegex(lines[use["line"] - 1], r"\b(tag|digest|image):")
                        continue
                    self.assertEqual(rest.lstrip("\"'")[:len(use["reference"])],
                                     use["reference"])
                    self.assertRegex(lines[use["line"] - 1], r"\b(image|reference)\W")

    def test_what_looks_like_an_image_is_found_or_named_as_not_checked(self):
        """Read by lines alone, without YAML."""
        neither = Counter()
        for folder in COUNTED:
            report = self.read(folder)
            found = {(use["file"], use["line"]) for use in report["declared"]}
            gaps = [gap["subject"] for gap in report["gaps"]]
            for path in (CORPUS / folder).rglob("*"):
                if path.suffix not in (".yaml", ".yml", ".json") or not path.is_file():
                    continue
                name = str(path.relative_to(CORPUS))
                named = [gap for gap in gaps if gap == name or name.startswith(gap + "/")]
                text = path.read_text(errors="replace")
                for number, line in enumerate(text.split("\n"), 1):
                    place = f"{name}:{number}"
                    if LOOKS_LIKE_IMAGE.match(line) and not named and \
                            (name, number) not in found and \
                            not any(gap == place or gap.startswith(name + ":") for gap in gaps):
                        neither[name] += 1
        for pattern, count, why in NO_IMAGES:
            names = [name for name in neither if re.fullmatch(pattern, name)]
            self.assertEqual(sum(neither.pop(name) for name in names), count, why)
        self.assertEqual(dict(neither), {})

    def test_gaps_name_what_is_known_of_the_corpus(self):
        gaps = Counter(gap["id"] for folder in COUNTED for gap in self.read(folder)["gaps"])
        self.assertEqual(gaps, {"unknown-kind": 8, "helm-template": 9,
                                "kustomize-not-evaluated": 25, "parameter": 2, "not-yaml": 1})


if __name__ == "__main__":
    unittest.main()
