"""The documents say what the program says."""

import subprocess
import sys
import unittest

import scans  # noqa: F401 (finds lib)

import lib


class Documents(lib.TestCase):
    def test_the_man_page_and_the_rules_are_the_programs_own(self):
        done = subprocess.run([sys.executable, lib.ROOT / "docs/make_docs.py", lib.program(),
                               "--check"], capture_output=True, text=True,
                              env=lib.environment(self.home), check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_every_gap_is_explained(self):
        page = (lib.ROOT / "docs/gaps.md").read_text()
        source = (lib.ROOT / "auditor/model/snapshot.c").read_text()
        names = source[source.index("gap_names["):]
        names = names[:names.index("};")].split('"')[1::2]
        self.assertGreater(len(names), 10)
        self.assertEqual([name for name in names if f"| `{name}` |" not in page], [])

    def test_the_readme_names_what_is_there(self):
        text = (lib.ROOT / "README.md").read_text()
        links = [part.split(")")[0] for part in text.split("](")[1:]]
        missing = [link for link in links if not (lib.ROOT / link).exists()]
        self.assertEqual(missing, [])
        for command in ("check", "scan", "report", "explain"):
            self.assertIn(f"pindrift {command}", text)


if __name__ == "__main__":
    unittest.main()
