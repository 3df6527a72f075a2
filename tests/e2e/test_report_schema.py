"""docs/report.schema.json describes what `-f json` writes: all of it, and nothing else."""

import copy
import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import json_schema  # noqa: E402
import lib  # noqa: E402

SCHEMA = json.loads((lib.ROOT / "docs/report.schema.json").read_text())
GOLDEN = lib.TESTS / "golden"

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: one}
spec: {containers: [{name: app, image: "nginx:1.25"}]}
"""

# Only there where a scan asked several clusters.
OF_SEVERAL = {"clusters", "cluster"}


def golden(name):
    return json.loads((GOLDEN / name).read_text())


def objects_of(schema):
    """Every schema of an object in it."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for one in schema.values():
            yield from objects_of(one)


def described(schema):
    """Whether the schema, or what it refers to by a telling name, says what it is."""
    return "description" in schema or "$ref" in schema or "enum" in schema or "const" in schema


class ReportSchema(lib.TestCase):
    def assert_valid(self, document):
        self.assertEqual(json_schema.problems(document, SCHEMA), [])

    def test_the_documents_of_the_renderer_are_valid(self):
        for name in ("report.json", "check.json", "hostile.json"):
            with self.subTest(name):
                self.assert_valid(golden(name))

    def test_what_the_program_writes_is_valid(self):
        self.write("pod.yaml", POD)
        self.assert_valid(self.pindrift_json("check", "pod.yaml", status=1))

    def test_every_field_is_required_known_and_described(self):
        self.assertEqual(set(SCHEMA["properties"]) - set(SCHEMA["required"]), {"clusters"})
        for schema in objects_of(SCHEMA):
            self.assertIs(schema["additionalProperties"], False)
            self.assertEqual(set(schema["properties"]) - set(schema["required"]) - OF_SEVERAL,
                             set())
            for name, one in schema["properties"].items():
                self.assertTrue(described(one) or "properties" in one, name)

    def test_what_is_wrong_is_refused(self):
        good = golden("report.json")
        wrong = {
            "an unknown field": lambda d: d.update(more=1),
            "a missing field": lambda d: d["scan"].pop("id"),
            "another schema": lambda d: d.update(schema="pindrift/v2"),
            "a level that is none": lambda d: d["findings"][0].update(level="fatal"),
            "a time that is none": lambda d: d["scan"].update(started_at="yesterday"),
            "a short digest": lambda d: d["findings"][0].update(declared_digest="sha256:abc"),
            "line 0": lambda d: d["findings"][0].update(line=0),
            "a number as text": lambda d: d["summary"].update(errors="1"),
            "null for text": lambda d: d["gaps"][0].update(subject=None),
            "true for a number": lambda d: d["summary"].update(errors=True),
            "a waiver that is none": lambda d: d["waivers"].append(1),
        }
        for label, change in wrong.items():
            with self.subTest(label):
                document = copy.deepcopy(good)
                change(document)
                self.assertEqual(len(json_schema.problems(document, SCHEMA)), 1)


if __name__ == "__main__":
    unittest.main()
