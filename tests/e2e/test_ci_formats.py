"""The formats of CI systems, held to their published schemas; which one `check` chooses."""

import copy
import json
import re
import subprocess
import unittest
from xml.etree import ElementTree

import scans  # noqa: F401 (finds lib)

import json_schema
import lib

SARIF_SCHEMA = lib.ROOT / "build/tools/sarif-2.1.0.json"
CODE_QUALITY = json.loads((lib.TESTS / "schemas/code-quality.schema.json").read_text())
JUNIT_SCHEMA = lib.TESTS / "schemas/junit.xsd"
GOLDEN = lib.TESTS / "golden"
SAMPLES = ("report", "check", "hostile")

HEX = "7681a2ca5581475e00189d0215693a88283d22d43c1b08ce5d1f1ace40524d2b"

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: %s}
spec:
  containers:
  - name: app
    image: %s
"""


class Formats(lib.TestCase):
    """A work tree with a pinned image, an unpinned one and a file that is not YAML."""

    def setUp(self):
        super().setUp()
        (self.folder / ".git").mkdir()
        self.write("deploy/good.yaml", POD % ("good", f"registry.example.com/app:1@sha256:{HEX}"))
        self.write("deploy/bad 100%.yaml", POD % ("bad", "nginx:1.25"))
        self.write("deploy/broken.yaml", "apiVersion: v1\nkind: Pod\nspec: [\n")

    def check(self, name, *arguments, status=1, **options):
        options.setdefault("cwd", self.folder / "deploy")
        return self.pindrift("check", "-f", name, ".", *arguments, status=status,
                             **options).stdout


class Sarif(Formats):
    def setUp(self):
        super().setUp()
        if not SARIF_SCHEMA.exists():
            self.skipTest("the schema of SARIF is not there (tests/setup fetches it with npm)")
        self.schema = json.loads(SARIF_SCHEMA.read_text())

    def assert_valid(self, log):
        self.assertEqual(json_schema.problems(log, self.schema), [])

    def test_logs_are_valid(self):
        for name in SAMPLES:
            with self.subTest(name):
                self.assert_valid(json.loads((GOLDEN / f"{name}.sarif").read_text()))
        self.assert_valid(json.loads(self.check("sarif")))

    def test_what_is_wrong_is_refused(self):
        good = json.loads((GOLDEN / "report.sarif").read_text())
        result = good["runs"][0]["results"][0]
        wrong = {
            "no version": lambda log: log.pop("version"),
            "a level that is none": lambda log: result.update(level="fatal"),
            "an unknown field": lambda log: result.update(where="here"),
            "line 0": lambda log: result["locations"][0]["physicalLocation"]["region"].update(
                startLine=0),
            "a space in a URI": lambda log: result["locations"][0]["physicalLocation"][
                "artifactLocation"].update(uri="a b"),
            "a time that is none": lambda log: log["runs"][0]["invocations"][0].update(
                startTimeUtc="yesterday"),
        }
        for label, change in wrong.items():
            with self.subTest(label):
                log = copy.deepcopy(good)
                result = log["runs"][0]["results"][0]
                change(log)
                self.assertNotEqual(json_schema.problems(log, self.schema), [])


class SarifPlaces(Formats):
    def test_a_result_is_at_its_file_from_the_root(self):
        (run,) = json.loads(self.check("sarif"))["runs"]
        (result,) = run["results"]
        place = result["locations"][0]["physicalLocation"]
        self.assertEqual(place["artifactLocation"], {"uri": "deploy/bad%20100%25.yaml"})
        self.assertEqual(place["region"], {"startLine": 7, "startColumn": 12})
        self.assertRegex(result["partialFingerprints"]["pindrift/v1"], r"^[0-9a-f]{32}$")
        (invocation,) = run["invocations"]
        self.assertFalse(invocation["executionSuccessful"])
        (gap,) = invocation["toolExecutionNotifications"]
        self.assertEqual(gap["descriptor"]["id"], "not-yaml")
        self.assertEqual(gap["locations"][0]["physicalLocation"]["artifactLocation"],
                         {"uri": "deploy/broken.yaml"})


class Junit(Formats):
    def assert_valid(self, text):
        done = subprocess.run(["xmllint", "--noout", "--nonet", "--schema", JUNIT_SCHEMA, "-"],
                              input=text, text=True, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_documents_are_valid(self):
        for name in SAMPLES:
            with self.subTest(name):
                self.assert_valid((GOLDEN / f"{name}.junit").read_text())
        self.assert_valid(self.check("junit"))

    def test_what_is_wrong_is_refused(self):
        good = (GOLDEN / "check.junit").read_text()
        wrong = {
            "an unknown attribute": ("<testcase ", '<testcase file="x" '),
            "no suite": ('classname="deploy/cart.yaml" ', ""),
            "a name twice": ('"deploy/web.yaml" name="shop Deployment/web, container web"',
                             '"deploy/cart.yaml" name="shop Deployment/cart, container cart"'),
            "two results": ("</failure>", '</failure><error type="a" message="b"/>'),
            "markup in a text": ("busybox has", "<b>busybox</b> has"),
            "not closed": ("</testsuites>", ""),
        }
        for label, (old, new) in wrong.items():
            with self.subTest(label):
                self.assertIn(old, good)
                with self.assertRaises(AssertionError):
                    self.assert_valid(good.replace(old, new, 1))

    def test_counts_are_those_of_the_cases(self):
        root = ElementTree.fromstring(self.check("junit"))
        cases = root.findall("testsuite/testcase")
        self.assertEqual(int(root.get("tests")), len(cases))
        for attribute, element in (("failures", "failure"), ("errors", "error")):
            self.assertEqual(int(root.get(attribute)), len(root.findall(f".//{element}")))
            self.assertEqual(int(root.get(attribute)),
                             sum(int(suite.get(attribute)) for suite in root))
        self.assertEqual([(case.get("classname"), case.get("name")) for case in cases],
                         [("pindrift", "verdict"),
                          ("pindrift", "not-yaml: ./broken.yaml"),
                          ("deploy/bad 100%.yaml", "Pod/bad, container app"),
                          ("deploy/good.yaml", "Pod/good, container app")])


class CodeQuality(Formats):
    def test_reports_are_valid(self):
        for name in SAMPLES:
            with self.subTest(name):
                entries = json.loads((GOLDEN / f"{name}.gitlab").read_text())
                self.assertEqual(json_schema.problems(entries, CODE_QUALITY), [])
        entries = json.loads(self.check("gitlab"))
        self.assertEqual(json_schema.problems(entries, CODE_QUALITY), [])
        self.assertEqual([(one["check_name"], one["location"]["path"]) for one in entries],
                         [("pindrift", "deploy/bad 100%.yaml"), ("not-yaml", "deploy/broken.yaml"),
                          ("unpinned", "deploy/bad 100%.yaml")])

    def test_what_is_pinned_is_an_empty_list(self):
        ran = self.pindrift("check", "deploy/good.yaml", "-f", "gitlab", status=0)
        self.assertEqual(json.loads(ran.stdout), [])

    def test_a_fingerprint_outlives_a_moved_line(self):
        before = json.loads(self.check("gitlab"))
        path = self.folder / "deploy/bad 100%.yaml"
        path.write_text("# one more line\n" + path.read_text())
        after = json.loads(self.check("gitlab"))
        self.assertEqual([one["fingerprint"] for one in before],
                         [one["fingerprint"] for one in after])
        self.assertNotEqual(before, after)


class Workflow(Formats):
    def test_check_in_a_workflow_writes_annotations_by_itself(self):
        ran = self.pindrift("check", "deploy", status=1, GITHUB_ACTIONS="true")
        self.assertTrue(ran.stdout.startswith("::notice title=pindrift::NOT PINNED: 1 error"))
        self.assertIn("\n::error title=unpinned,file=deploy/bad 100%25.yaml,line=7,col=12::",
                      ran.stdout)

    def test_what_was_asked_for_wins(self):
        for options in ({"PINDRIFT_FORMAT": "gcc"}, {}):
            arguments = [] if options else ["-f", "gcc"]
            ran = self.pindrift("check", "deploy", *arguments, status=1, GITHUB_ACTIONS="true",
                                **options)
            self.assertRegex(ran.stdout, r"(?m)^deploy/bad 100%\.yaml:7:12: error: ")

    def test_elsewhere_it_writes_text(self):
        for value in (None, "", "false", "1"):
            ran = self.pindrift("check", "deploy", status=1, GITHUB_ACTIONS=value)
            self.assertNotIn("::", ran.stdout)
            self.assertIn("NOT PINNED", ran.stdout)

    def test_a_file_of_each_format_in_one_run(self):
        names = ("sarif", "junit", "github", "gitlab", "markdown", "json", "csv", "html")
        outputs = [word for name in names for word in ("-o", f"{name}=out.{name}")]
        self.pindrift("check", "deploy", *outputs, status=1)
        for name in names:
            self.assertGreater((self.folder / f"out.{name}").stat().st_size, 100, name)


class Hostile(Formats):
    def test_names_of_files_and_objects_run_nothing(self):
        self.write('deploy/::error::x,y"\u202e<script>|`.yaml',
                   POD % ('"a\\n::error::owned <b> | `x` ](http://x) @all"', '"nginx:]]>"'))
        self.check("sarif")
        ElementTree.fromstring(self.check("junit"))
        json.loads(self.check("gitlab"))
        for line in self.check("github").splitlines():
            self.assertRegex(line, r"^::(notice|warning|error) title=[a-z-]+(,file=[^:,]+)?"
                                   r"(,line=\d+)?(,col=\d+)?::")
        for line in self.check("markdown").splitlines():
            text = re.sub(r"</?code>", "", line)
            self.assertNotRegex(text, r"[<>`@\[]")
            self.assertIn(line.count("|"), (0, 4, 6))


if __name__ == "__main__":
    unittest.main()
