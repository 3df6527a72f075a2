"""`make demo` tells its story truly and leaves nothing behind."""

import csv
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import lib  # noqa: E402
from servers import registry  # noqa: E402


def children_of(pid):
    """Process ids below a process, by name of their program."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        if int(text.rpartition(")")[2].split()[1]) == pid:
            found[int(stat.parent.name)] = text.partition("(")[2].rpartition(")")[0]
    return found


@unittest.skipUnless(registry.available(), "no docker-registry")
class Demo(lib.TestCase):
    def test_the_story(self):
        output = self.folder / "demo"
        ran = subprocess.run(
            [sys.executable, str(lib.ROOT / "examples/demo/demo.py"),
             "--pindrift", lib.program(), "--output", str(output)],
            capture_output=True, timeout=120, check=False, env=lib.environment(self.home))
        talk = (ran.stdout + ran.stderr).decode()
        self.assertEqual(ran.returncode, 0, talk)
        self.assertIn(str(output / "drift.html"), talk)
        self.assertIn("<html", (output / "drift.html").read_text())
        with open(output / "drift.csv", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["record"] == "finding"]
        found = {(row["rule"], part) for row in rows
                 for part in ("catalog", "web", "cart", "mailer", "search")
                 if part in row["workload"] + row["reference"]}
        for expected in (("tag-moved", "web"), ("running-differs", "cart"),
                         ("mixed-digests", "cart"), ("unpinned", "mailer"),
                         ("running-unpinned", "mailer"), ("pin-gone", "search")):
            self.assertIn(expected, found)
        self.assertEqual({rule for rule, name in found if name == "catalog"}, set())

    def test_nothing_is_left_running(self):
        slow = self.write("slow", "#!/bin/sh\nexec sleep 60\n")
        slow.chmod(0o755)
        demo = subprocess.Popen(
            [sys.executable, str(lib.ROOT / "examples/demo/demo.py"), "--pindrift", str(slow),
             "--output", str(self.folder / "demo")], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, env=lib.environment(self.home, TMPDIR=self.folder))
        demo.stdout.readline()  # the story: the servers are up
        children = children_of(demo.pid)
        self.assertIn("docker-registry", children.values())
        demo.kill()
        demo.communicate()
        for pid in children:
            lib.processes.wait_until(lambda pid=pid: not Path(f"/proc/{pid}").exists(),
                                     what=f"the end of {children[pid]}")


if __name__ == "__main__":
    unittest.main()
