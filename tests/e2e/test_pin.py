"""`pindrift pin`: the bytes of references change, and no others."""

import json
import os
import re
import shutil
import subprocess
import unittest

import scans

import lib
from servers import images
from servers.any_registry import AnyRegistry

HEX = "7681a2ca5581475e00189d0215693a88283d22d43c1b08ce5d1f1ace40524d2b"
PIN = re.compile(rb"@sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})")

DIGEST_LINE = re.compile(rb"^[ ]*digest: sha256:[0-9a-f]{64}\r?\n", re.M)

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: one
spec:
  containers:
  - name: app
    image: {image}
"""

DEPLOYMENT_HEAD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
"""

# Ways to write images, `R` being registry and repository; all of them can be pinned.
ODD_FILES = {
    "plain.yaml": POD.format(name="one", image="R:1"),
    "no-newline.yaml": POD.format(image="R:1").rstrip("\n"),
    "untagged.yaml": POD.format(image="R"),
    "quotes.yaml": POD.format(image='"R:1" # "R:1"') + "  - name: b\n    image:   'R:2'   \n",
    "crlf.yaml": POD.format(image="R:1 # why").replace("\n", "\r\n"),
    "bom.yaml": "\ufeff" + POD.format(image="R:1"),
    "bom-crlf.yaml": "\ufeff" + POD.format(image="'R:1'").replace("\n", "\r\n"),
    "folded.yaml": POD.format(image=">-\n      R:1\n"),
    "literal.yaml": POD.format(image="|-   # a comment\n      R:1\n\n# behind\n"),
    "folded-last.yaml": POD.format(image=">-\n      R:1").rstrip("\n"),
    "tagged.yaml": POD.format(image="!!str R:1"),
    "next-line.yaml": POD.format(image="\n      R:1"),
    "flow.yaml": "{apiVersion: v1, kind: Pod, spec: {containers: [{name: a, image: R:1}, "
                 "{image: \"R:2\", name: b}, {name: c, image: R}]}}\n",
    "documents.yaml": "---\n" + POD.format(image="R:1") + "...\n%YAML 1.1\n---\n" +
                      POD.format(image="R:2") + "---\n# nothing\n",
    "anchor.yaml": POD.format(image="&image R:1") + "  - {name: b, image: *image}\n"
                   "  initContainers:\n  - {name: c, image: *image}\n",
    "extension.yaml": "x-image: &image R:1\n" + POD.format(image="*image"),
    "merge.yaml": DEPLOYMENT_HEAD + "      containers:\n      - &base\n        name: a\n"
                  "        image: R:1\n      - <<: *base\n        name: b\n",
    "unicode.yaml": "# \u00e4\u20ac\U0001f600\n" + POD.format(image="R:1 # \u00e4") ,
    "blank.yaml": "\n\n \n" + POD.format(image="R:1") + "\n\n  \n",
    "tabs.yaml": POD.format(image="R:1\t# tab"),
    "pod.json": '{"apiVersion": "v1",\t"kind":"Pod","spec":{"containers":[{"name":"a",'
                '"image":"R:1"},\n {"image" : "R" ,"name":"b"}]}}',
    "json.yaml": '\n{"apiVersion":"v1","kind":"Pod","metadata":{"name":"\\ud83d\\ude00"},'
                 '"spec":{"containers":[{"name":"a","image":"R:1"}]}}\r\n',
    "bom.json": '\ufeff{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"image":"R:1"}]}}',
    "list.yaml": "apiVersion: v1\nkind: List\nitems:\n- " +
                 POD.format(image="R:1").replace("\n", "\n  ").rstrip() + "\n",
    "values.yaml": "image:\n  repository: R:1 # & and * begin no anchors here\n",
    "volume.yaml": POD.format(image="R:1") + "  volumes:\n  - name: v\n"
                   "    image: {reference: R:2, pullPolicy: Always}\n",
}


class PinTest(scans.ScanTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.child = images.image("linux/amd64", "one")
        cls.index = images.index([cls.child, images.image("linux/arm64", "one")])
        cls.registry.push(cls.index, "demo/app", "1", "latest")
        cls.two = images.image("linux/amd64", "two")
        cls.registry.push(cls.two, "demo/app", "2")
        cls.repository = f"{cls.registry.address}/demo/app"

    def put(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.replace("R", self.repository).encode())
        return path

    def pin(self, *arguments, status=0, **options):
        return self.pindrift("pin", *arguments, status=status, **options)


class Pin(PinTest):
    def test_a_tag_becomes_tag_and_digest_of_the_image_index(self):
        path = self.put("pod.yaml", POD.format(image="R:1"))
        ran = self.pin("--write", "pod.yaml")
        self.assertEqual(ran.stdout, "")
        self.assertEqual(path.read_text(),
                         POD.format(image=f"{self.repository}:1@{self.index.digest}"))
        self.assertEqual(self.pin("--diff", "pod.yaml").stdout, "")

    def test_no_tag_becomes_the_digest_of_latest(self):
        path = self.put("pod.yaml", POD.format(image="R"))
        self.pin("--write", "pod.yaml")
        self.assertEqual(path.read_text(),
                         POD.format(image=f"{self.repository}@{self.index.digest}"))

    def test_diff_is_what_git_applies_and_changes_nothing(self):
        text = POD.format(image="R:1")
        path = self.put("pod.yaml", text)
        before = path.stat()
        ran = self.pin("pod.yaml", status=1)
        self.assertIn(f"+    image: {self.repository}:1@{self.index.digest}\n", ran.stdout)
        self.assertEqual(path.read_text(), text.replace("R", self.repository))
        self.assertEqual(path.stat().st_mtime_ns, before.st_mtime_ns)

    def test_values_and_compose_files_and_back(self):
        texts = {"values.yaml": "web:\r\n  image: 'R:1' # why\r\n",
                 "compose.yaml": "services:\n  web:\n    image: R:1\n  b: {build: ., image: b}\n"}
        for name, text in texts.items():
            with self.subTest(name):
                path = self.put(name, text)
                before = path.read_bytes()
                self.pin("--write", name)
                pinned = f"{self.repository}:1@{self.index.digest}"
                self.assertEqual(path.read_bytes().decode(),
                                 text.replace("R:1", pinned))
                self.pin("--write", "--unpin", name)
                self.assertEqual(path.read_bytes(), before)

    def test_maps_of_values_get_a_digest_and_lose_it(self):
        registry, _, name = self.repository.partition("/")
        text = ("web: # W\r\n  image:\r\n    registry: H\r\n    repository: N\r\n"
                "    tag: '1' # why\r\n    z: 1\r\n"
                "list:\r\n- tag: 2\r\n  repository: H/N\r\n"
                "full: {repository: H/N, tag: 1, digest: ''}\r\n"
                "empty:\r\n  digest: \"\"\r\n  image: H/N:1\r\n  repository: H/N\r\n"
                "  tag: 2\r\n"
                "last:\r\n  repository: H/N\r\n  tag: 1")
        text = text.replace("H", registry).replace("N", name)
        path = self.put("values.yaml", "")
        path.write_bytes(text.encode())
        ran = self.pin("--write", "values.yaml")
        self.assertEqual(ran.stderr.count("is a new line"), 3)
        after = path.read_bytes().decode()
        one, two = self.index.digest, self.two.digest
        self.assertIn(f"    tag: '1' # why\r\n    digest: {one}\r\n    z: 1\r\n", after)
        self.assertIn(f"- tag: 2\r\n  digest: {two}\r\n  repository:", after)
        self.assertIn(f"tag: 1, digest: '{one}'}}\r\n", after)
        self.assertIn(f"  digest: \"{two}\"\r\n  image: {self.repository}:1@{one}\r\n", after)
        self.assertTrue(after.endswith(f"  tag: 1\r\n  digest: {one}"))
        self.assertEqual(self.pin("--update", "values.yaml").stdout, "")
        declared = self.pindrift_json("check", "values.yaml")["declared"]
        self.assertEqual([use["reference"].count("@sha256:") for use in declared], [1] * 6)
        self.pin("--write", "--unpin", "values.yaml")
        self.assertEqual(path.read_bytes().decode(), text)

    def test_entries_of_kustomizations_get_a_digest_and_lose_it(self):
        allow = ("--allow-incomplete", "kustomize-not-evaluated")
        entries = ("- name: web\r\n  newName: R\r\n  newTag: '1' # why\r\n"
                   "- newTag: \"2\"\r\n  name: R\r\n"
                   "- name: renamed\r\n  newName: R\r\n"
                   "- {name: R, newTag: '1', digest: ''}\r\n"
                   "- name: R\r\n  newTag: '1'").replace("R", self.repository)
        flux = ("apiVersion: kustomize.toolkit.fluxcd.io/v1\r\nkind: Kustomization\r\n"
                "metadata: {name: a}\r\nspec:\r\n  images:\r\n  ")
        for name, text in (("kustomization.yaml", "images:\r\n" + entries),
                           ("flux.yaml", flux + entries.replace("\n", "\n  "))):
            with self.subTest(name):
                path = self.put(name, "")
                path.write_bytes(text.encode())
                ran = self.pin("--write", name, *allow)
                self.assertNotIn("is a new line", ran.stderr)
                after = path.read_bytes().decode().replace("\r\n  ", "\r\n")
                one, two = self.index.digest, self.two.digest
                self.assertIn(f"newTag: '1' # why\r\ndigest: {one}\r\n", after.replace("  ", ""))
                self.assertIn(f"- newTag: \"2\"\r\ndigest: {two}\r\n", after.replace("  ", ""))
                self.assertIn(f"newTag: '1', digest: '{one}'}}\r\n", after)
                self.assertTrue(after.endswith(f"digest: {one}"))
                self.assertEqual(after.count("sha256:"), 4)
                self.assertEqual(self.pin("--update", name, *allow).stdout, "")
                ran = self.pindrift("check", "-f", "json", name, *allow, status=0)
                self.assertEqual(ran.stdout.count("@sha256:"), 4)
                self.pin("--write", "--unpin", name, *allow)
                self.assertEqual(path.read_bytes().decode(), text)

    def test_maps_of_values_that_cannot_be_edited_say_why(self):
        for text, reason in (
                ("a: {repository: R, tag: 1}\n", "not written one key a line"),
                ("a: &a\n  repository: R\n  tag: 1\nb:\n  <<: *a\n  x: 1\n", "its anchor"),
                ("a:\n  image: R\n  bImage: R/b\n  tag: 1\n", "")):
            with self.subTest(text):
                path = self.put("values.yaml", text)
                before = path.read_bytes()
                ran = self.pin("--write", "values.yaml", status=None)
                self.assertIn(ran.status, (1, 3))
                self.assertIn(reason, ran.stderr)
                self.assertEqual(path.read_bytes(), before)

    def test_literal_references_of_templates_and_back(self):
        self.put("chart/Chart.yaml", "apiVersion: v2\nname: c\n")
        text = "{{- if .Values.x }}\r\nspec:\r\n- image: R:1 # why\r\n- image: {{ .Values.i }}\r\n{{ end }}"
        path = self.put("chart/templates/a.yaml", text)
        before = path.read_bytes()
        self.pin("--write", "--allow-incomplete", "helm-template", "chart")
        self.assertEqual(path.read_bytes(),
                         before.replace(b":1 #", f":1@{self.index.digest} #".encode()))
        ran = self.pin("--write", "--unpin", "chart", status=3)
        self.assertEqual(path.read_bytes(), before)
        self.assertEqual(ran.stderr.count("[helm-template]"), 1)

    def test_dockerfiles_where_asked_for_and_back(self):
        image = f"{self.repository}:1"
        path = self.put("b/Dockerfile", "")
        path.write_bytes((
            f"\ufeff# FROM {image}\r\nARG T=1\r\nFROM --platform=linux/amd64 \\\r\n  {image} AS a\r\n"
            f"RUN <<X\r\nFROM {image}\r\nX\r\nFROM {self.repository}:$T\r\n"
            f"COPY --from={self.repository}:2 / /\r\nFROM a").encode())
        before = path.read_bytes()
        self.pin("--write", "b", status=5)
        self.assertEqual(path.read_bytes(), before)
        ran = self.pin("--write", "--dockerfiles", "b", status=1)
        self.assertIn("b/Dockerfile:8:6: could not pin", ran.stderr)
        self.assertIn("an ARG is part of it", ran.stderr)
        after = path.read_bytes()
        self.assertEqual([line for line, one in enumerate(after.split(b"\n"), 1)
                          if b"@sha256:" in one], [4, 9])
        self.assertIn(f"  {self.repository}:1@{self.index.digest} AS a\r\n".encode(), after)
        self.assertEqual(PIN.sub(b"", after), before)
        self.pin("--write", "--unpin", "--dockerfiles", "b")
        self.assertEqual(path.read_bytes(), before)

    def test_drop_tag_writes_digests_alone(self):
        path = self.put("pod.yaml", POD.format(image="R:1"))
        self.pin("--write", "--drop-tag", "pod.yaml")
        self.assertIn(f"{self.repository}@{self.index.digest}\n", path.read_text())
        path = self.put("pinned.yaml", POD.format(image=f"R:1@sha256:{HEX}"))
        self.pin("--write", "--drop-tag", "pinned.yaml")
        self.assertIn(f"image: {self.repository}@sha256:{HEX}\n", path.read_text())

    def test_pins_move_only_with_update(self):
        path = self.put("pod.yaml", POD.format(image=f"R:1@sha256:{HEX}"))
        self.assertEqual(self.pin("pod.yaml").stdout, "")
        self.pin("--write", "--update", "pod.yaml")
        self.assertIn(f"{self.repository}:1@{self.index.digest}\n", path.read_text())
        ran = self.pin("--update", "pod.yaml")
        self.assertEqual(ran.stdout, "")
        self.put("alone.yaml", POD.format(image=f"R@sha256:{HEX}"))
        ran = self.pin("--update", "alone.yaml")
        self.assertIn("no tag to follow", ran.stderr)

    def test_unpin_asks_nobody(self):
        path = self.put("pod.yaml", POD.format(image="R:1"))
        before = path.read_bytes()
        self.pin("--write", "pod.yaml")
        self.registry.forget_requests()
        self.pin("--write", "--unpin", "pod.yaml")
        self.assertEqual(path.read_bytes(), before)
        self.assertEqual(self.registry.requests(), [])

    def test_what_is_not_pinned_needs_no_registry(self):
        self.put("pod.yaml", POD.format(image=f"nowhere.invalid/a:1@sha256:{HEX}"))
        self.assertEqual(self.pin("pod.yaml").stdout, "")

    def test_one_tag_is_asked_for_once(self):
        self.put("a/one.yaml", POD.format(image="R:1"))
        self.put("a/two.yaml", POD.format(image="R:1") + "  - {name: b, image: R:1}\n")
        self.registry.forget_requests()
        self.pin("--write", "a")
        gets = [one for one in self.registry.requests() if one.method == "GET"
                and one.target.endswith("/manifests/1")]
        self.assertLessEqual(len(gets), 1)
        text = (self.folder / "a/one.yaml").read_text() + (self.folder / "a/two.yaml").read_text()
        self.assertEqual(text.count(self.index.digest), 3)

    def test_check_passes_behind_it(self):
        self.put("a/pod.yaml", ODD_FILES["merge.yaml"])
        self.pindrift("check", "a", status=1)
        self.pin("--write", "a")
        self.pindrift("check", "a", status=0)


class Odd(PinTest):
    def names(self):
        for name, text in ODD_FILES.items():
            yield name, self.put("odd/" + name, text)

    def test_only_digests_are_put_in(self):
        before = {path: path.read_bytes() for _, path in self.names()}
        self.pin("--write", "odd")
        for name, text in ODD_FILES.items():
            path = self.folder / "odd" / name
            with self.subTest(name):
                after = path.read_bytes()
                scalars = text.count("R") - text.count('# "R')
                self.assertEqual(len(PIN.findall(after)), scalars)
                self.assertEqual(PIN.sub(b"", after), before[path])

    def test_unpin_takes_out_what_pin_put_in(self):
        before = {path: path.read_bytes() for _, path in self.names()}
        self.pin("--write", "--unpin", "odd")
        self.assertEqual({path: path.read_bytes() for path in before}, before)
        self.pin("--write", "odd")
        self.pin("--unpin", "odd", status=1)
        self.pin("--write", "--unpin", "odd")
        self.assertEqual({path: path.read_bytes() for path in before}, before)

    @unittest.skipUnless(shutil.which("git"), "git is not here")
    def test_git_applies_the_diff_to_what_write_makes(self):
        subprocess.run(["git", "init", "-q", "."], cwd=self.folder, check=True)
        for _ in self.names():
            pass
        self.put("odd/with space.yaml", POD.format(image="R:1"))
        self.put("odd/q\"uo\\te\n.yaml", POD.format(image="R:1"))
        self.put("odd/\u00e4.yaml", POD.format(image="R:1"))
        shutil.copytree(self.folder / "odd", self.folder / "copy")
        for where, folder, argument in ((self.folder, "odd", "odd"),
                                        (self.folder / "odd", "odd", ".")):
            ran = self.pin(argument, status=1, cwd=where, text=False)
            for check in (["--check"], []):
                subprocess.run(["git", "apply", "--whitespace=nowarn"] + check, cwd=where,
                               input=ran.stdout, check=True, capture_output=True)
            self.pin("--write", "copy")
            for path in (self.folder / folder).iterdir():
                with self.subTest(path.name):
                    self.assertEqual(path.read_bytes(),
                                     (self.folder / "copy" / path.name).read_bytes())
            self.pin("--write", "--unpin", "odd")

    @unittest.skipUnless(shutil.which("git"), "git is not here")
    def test_git_applies_the_diff_outside_of_a_work_tree(self):
        path = self.put("pod.yaml", POD.format(image="R:1"))
        ran = self.pin("pod.yaml", status=1)
        subprocess.run(["git", "apply"], cwd=self.folder, input=ran.stdout, text=True, check=True,
                       env=dict(os.environ, GIT_CEILING_DIRECTORIES=str(self.folder.parent)))
        self.assertIn(self.index.digest, path.read_text())

    @unittest.skipUnless(shutil.which("git"), "git is not here")
    def test_git_applies_the_diff_of_added_and_removed_lines(self):
        head = "a:\n  repository: R\n  tag: 1"
        for text in (head, head + "\n", head + "\n  z: 1\n", head + "\n" + "b: 1\n" * 9 +
                     head.replace("a:", "c:") + "\nd: 1"):
            with self.subTest(text):
                path = self.put("values.yaml", text)
                before = path.read_bytes()
                for option, removed in (("--diff", 0), ("--unpin", text.count("tag"))):
                    ran = self.pin(option, "values.yaml", status=1)
                    if text.endswith("1\n"):
                        self.assertEqual(ran.stdout.count("\n-"), removed)
                    subprocess.run(["git", "apply"], cwd=self.folder, input=ran.stdout, text=True,
                                   check=True, env=dict(
                                       os.environ, GIT_CEILING_DIRECTORIES=str(self.folder.parent)))
                    if option == "--diff":
                        self.assertIn(f"tag: 1\n  digest: {self.index.digest}", path.read_text())
                self.assertEqual(path.read_bytes(), before)


class Refused(PinTest):
    def refused(self, text, *words, status=1, name="pod.yaml", arguments=()):
        """Nothing changes, and the reason is told."""
        path = self.put(name, text)
        before = path.read_bytes()
        ran = self.pin("--write", name, *arguments, status=status)
        self.assertEqual(path.read_bytes(), before)
        for word in words:
            self.assertIn(word, ran.stderr)

    def test_what_no_registry_has(self):
        self.refused(POD.format(image="R:absent"), "pod.yaml:8:12: could not pin", "404")

    def test_what_is_no_reference(self):
        self.refused(POD.format(image="'R:'"), "tag is empty")
        self.refused(POD.format(image='""'), "no image is named")
        self.refused(POD.format(image="R@sha256:abc"), "could not pin")
        self.refused(POD.format(image="|\n      R:1"), "could not pin")

    def test_two_keys(self):
        self.refused(POD.format(image="R:1") + "    image: R:2\n", "line 8", "the same key")

    def test_a_registry_that_cannot_be_asked(self):
        self.refused(POD.format(image="127.0.0.1:9/app:1"), "could not pin", status=3)

    def test_escapes_and_folded_lines(self):
        self.refused(POD.format(image=r'"R\x3a1"'), "written with escapes")
        self.refused(POD.format(image='"R\\\n      :1"'), "written with escapes")
        self.refused('{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"image":'
                     '"R\\u003a1"}]}}', "written with escapes", name="pod.json")

    def test_an_anchor_that_serves_something_else(self):
        self.refused(POD.format(image="&image R:1") + "    args: [*image]\n",
                     "used for something else")

    def test_an_anchor_above_what_is_no_yaml(self):
        self.put("tree/Chart.yaml", "apiVersion: v2\nname: x\n")
        path = self.put("tree/templates/a.yaml", POD.format(image="&image R:1") +
                        "    args: [*image]\n---\n{{ if }}\nimage: R:1\n")
        ran = self.pin("--write", "tree", status=1)
        self.assertIn("used for something else", ran.stderr)
        self.assertEqual(path.read_text().count(f"R:1@{self.index.digest}".replace(
            "R", self.repository)), 1)

    def test_other_files_are_counted(self):
        self.put("tree/pod.yaml", POD.format(image=f"R:1@sha256:{HEX}"))
        self.put("tree/settings.yaml", "image: R:1\n")
        self.assertIn("which are not edited: 1", self.pin("tree").stderr)

    def test_gaps(self):
        self.refused(POD.format(image="$(params.image)"), "[parameter]", status=3)
        self.refused(POD.format(image="R:1") + "---\na: [\n", "[not-yaml]", status=3)
        self.refused("apiVersion: example.com/v1\nkind: App\nimage: R:1\n", "[unknown-kind]",
                     status=3)
        self.refused("images:\n- {name: a, newName: b}\n", "[kustomize-not-evaluated]",
                     status=3, name="kustomization.yaml")
        self.refused("images:\n- {name: R, newTag: '1'}\n", "not written one key a line",
                     status=1, name="kustomization.yaml")
        self.refused(f"images:\n- {{name: a, digest: 'sha256:{HEX}'}}\n", "no newTag",
                     status=1, name="kustomization.yaml", arguments=["--unpin"])
        self.refused("a: 1\n", status=0, name="values.yaml")
        self.refused(POD.format(image="$(params.image)"), "[parameter]", status=0,
                     arguments=("--allow-incomplete", "parameter"))

    def test_utf_16(self):
        path = self.folder / "pod.yaml"
        path.write_bytes(POD.format(image="a:1").encode("utf-16"))
        before = path.read_bytes()
        self.assertIn("UTF-16", self.pin("--write", "pod.yaml", status=3).stderr)
        self.assertEqual(path.read_bytes(), before)

    def test_usage(self):
        self.put("pod.yaml", POD.format(image="R:1"))
        for arguments in (("--diff", "--write"), ("--unpin", "--update"),
                          ("--unpin", "--drop-tag"), ("-",), ("--wirte",), ("nowhere",)):
            with self.subTest(arguments):
                self.pin("pod.yaml", *arguments, status=2)

    def test_nothing_in_scope(self):
        (self.folder / "empty").mkdir()
        self.pin("empty", status=5)
        self.pin("empty", "--allow-empty", status=0)

    def test_the_others_are_pinned_all_the_same(self):
        path = self.put("pod.yaml", POD.format(image="R:absent") + "  - {name: b, image: R:1}\n")
        self.pin("--write", "pod.yaml", status=1)
        self.assertIn(f"{self.repository}:1@{self.index.digest}", path.read_text())
        self.assertIn(f"{self.repository}:absent\n", path.read_text())


class Files(PinTest):
    def test_mode_and_link_stay(self):
        path = self.put("tree/pod.yaml", POD.format(image="R:1"))
        path.chmod(0o751)
        (self.folder / "tree/link.yaml").symlink_to("pod.yaml")
        self.pin("--write", "tree")
        self.assertEqual(path.stat().st_mode & 0o7777, 0o751)
        self.assertTrue((self.folder / "tree/link.yaml").is_symlink())
        self.assertEqual(path.read_text().count(self.index.digest), 1)
        self.assertEqual(len(list((self.folder / "tree").iterdir())), 2)

    def test_a_link_is_shown_as_its_target(self):
        self.put("tree/pod.yaml", POD.format(image="R:1"))
        (self.folder / "tree/link.yaml").symlink_to("pod.yaml")
        ran = self.pin("tree/link.yaml", status=1)
        self.assertIn("+++ b/tree/pod.yaml\n", ran.stdout)

    def test_a_read_only_file_stays(self):
        path = self.put("pod.yaml", POD.format(image="R:1"))
        before = path.read_bytes()
        path.chmod(0o444)
        ran = self.pin("--write", "pod.yaml", status=3)
        self.assertIn("pod.yaml: stays as it is: it is read-only", ran.stderr)
        self.assertEqual(path.read_bytes(), before)

    def test_what_changes_while_registries_are_asked_is_read_again(self):
        with AnyRegistry() as registry:
            image = f"{registry.address}/app"
            path = self.put("pod.yaml", POD.format(image=f"{image}:1"))
            other = POD.format(image=f"{image}:2") + f"  - {{name: b, image: '{image}:1'}}\n"
            registry.meanwhile = lambda: path.write_text(other)
            ran = self.pin("--write", "pod.yaml", status=3)
            self.assertIn("pod.yaml:8:12: could not pin", ran.stderr)
            self.assertIn("the file changed meanwhile", ran.stderr)
            pinned = other.replace(":1'", f":1@{registry.digest}'")
            self.assertEqual(path.read_text(), pinned)
            registry.meanwhile = lambda: path.unlink(missing_ok=True)
            ran = self.pin("--write", "pod.yaml", status=3)
            self.assertIn("pod.yaml: stays as it is: No such file", ran.stderr)

    def test_a_full_disk_leaves_the_file_whole(self):
        path = self.put("pod.yaml", POD.format(image="R:1") + "# long\n" * 4000)
        before = path.read_bytes()
        done = subprocess.run(["sh", "-c", 'ulimit -f 8; trap "" XFSZ; exec "$@"', "sh",
                               lib.program(), "pin", "--write", "pod.yaml"], cwd=self.folder,
                              env=lib.environment(self.home), capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("pod.yaml: stays as it is: File too large", done.stderr)
        self.assertEqual(path.read_bytes(), before)
        self.assertEqual([one.name for one in self.folder.glob("pod.yaml*")], ["pod.yaml"])

    def test_no_standard_output_is_fatal(self):
        self.put("pod.yaml", POD.format(image="R:1"))
        with open("/dev/full", "w") as full:
            done = subprocess.run([lib.program(), "pin", "pod.yaml"], cwd=self.folder, stdout=full,
                                  env=lib.environment(self.home), stderr=subprocess.PIPE,
                                  check=False)
        self.assertEqual(done.returncode, 4)


@unittest.skipUnless((lib.SHARED / "corpus").is_dir(), "the corpus is not here")
class Corpus(lib.TestCase):
    """Real manifests, as they are; a mirror of every registry has all there is."""

    def setUp(self):
        super().setUp()
        self.tree = self.folder / "corpus"
        for path in (lib.SHARED / "corpus").rglob("*"):
            if path.suffix in (".yaml", ".yml", ".json") and path.is_file():
                target = self.tree / path.relative_to(lib.SHARED / "corpus")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
        registry = AnyRegistry()
        self.addCleanup(registry.close)
        self.mirrors = [f"--mirror={host}={registry.address}/{host}" for host in self.hosts()]

    def hosts(self):
        """The registries that the references name."""
        ran = self.pindrift("check", "-f", "json", self.tree)
        found = set()
        for use in json.loads(ran.stdout)["declared"]:
            first, slash, _ = use["reference"].partition("/")
            named = slash and ("." in first or ":" in first or first == "localhost")
            found.add(first if named else "docker.io")
        return sorted(host for host in found if re.fullmatch(r"[a-z0-9.-]+(:[0-9]+)?", host))

    def contents(self):
        return {path: path.read_bytes() for path in self.tree.rglob("*") if path.is_file()}

    def bare(self, text):
        """Without digests in references, and without lines that hold one alone."""
        return PIN.sub(b"", DIGEST_LINE.sub(b"", text))

    def test_unpin_of_pin_is_unpin(self):
        before = self.contents()
        self.pindrift("pin", "--write", "--unpin", self.tree)
        unpinned = self.contents()
        for path, text in before.items():
            if not PIN.search(text):
                self.assertEqual(unpinned[path], text)
            path.write_bytes(text)
        self.pindrift("pin", "--write", *self.mirrors, self.tree)
        pinned = self.contents()
        changed = 0
        for path, text in before.items():
            self.assertEqual(self.bare(pinned[path]), self.bare(text))
            changed += len(PIN.findall(pinned[path])) - len(PIN.findall(text))
        self.assertGreater(changed, 300)
        self.pindrift("pin", "--write", "--unpin", self.tree)
        self.assertEqual(self.contents(), unpinned)


if __name__ == "__main__":
    unittest.main()
