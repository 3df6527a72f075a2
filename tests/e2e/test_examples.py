"""examples/ and .pre-commit-hooks.yaml: their commands do what they say.

The services are not here.  Their part is played: the variables that they set, a clone of
a change in a repository, and `ci/install-pindrift`, which the change has spoiled.
"""

import json
import re
import subprocess
import textwrap
import unittest
from xml.etree import ElementTree

import scans  # noqa: F401 (finds lib)

import lib

HEX = "7681a2ca5581475e00189d0215693a88283d22d43c1b08ce5d1f1ace40524d2b"
PINNED = f"registry.example.com/app:1@sha256:{HEX}"
WAIVED = ('nginx:1.25"}]} # pindrift:ignore unpinned until=2026-12-31 '
          'reason=trust me, "see"')

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: one}
spec: {containers: [{name: app, image: "%s"}]}
"""

INSTALL = """\
mkdir -p "$1"
ln -s '%s' "$1/pindrift"
"""

SPOILED = """\
touch spoiled
mkdir -p "$1"
printf '#!/bin/sh\\n' > "$1/pindrift"
chmod +x "$1/pindrift"
"""


def example(name):
    return (lib.ROOT / name).read_text()


def blocks(text):
    """The shell of each `run: |` of a workflow."""
    found = re.findall(r"^( +)run: \|\n((?:\1 .*\n|\n)+)", text, re.M)
    return [textwrap.dedent(block) for _, block in found]


def items(text, key):
    """The lines of a list of strings in a GitLab job."""
    (block,) = re.findall(rf"^  {key}:\n((?:    - .*\n)+)", text, re.M)
    lines = [line[len("    - "):] for line in block.splitlines()]
    return [line[1:-1].replace("''", "'") if line.startswith("'") else line for line in lines]


class Change(lib.TestCase):
    """A clone of a change, whose base branch has the gate."""

    def setUp(self):
        super().setUp()
        self.write("origin/ci/install-pindrift", INSTALL % lib.program())
        self.write("origin/deploy/pod.yaml", POD % PINNED)
        self.git("init", "-q", "-b", "main", "origin")
        self.commit("the gate")
        self.base = self.git("rev-parse", "main", cwd="origin").strip()
        self.git("checkout", "-q", "-b", "change", cwd="origin")
        self.write("origin/ci/install-pindrift", SPOILED)
        self.write("origin/.pindrift.yaml", "levels: {unpinned: none}\n")
        self.commit("spoil the gate")

    def git(self, *arguments, cwd="."):
        identity = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com",
                    "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com"}
        return subprocess.run(["git", *arguments], cwd=self.folder / cwd, check=True, text=True,
                              capture_output=True,
                              env=lib.environment(self.home, **identity)).stdout

    def commit(self, message):
        self.git("add", ".", cwd="origin")
        self.git("commit", "-q", "-m", message, cwd="origin")

    def decide(self, policy):
        """Give the base branch a policy of its own."""
        self.git("checkout", "-q", "main", cwd="origin")
        self.write("origin/.pindrift.yaml", policy)
        self.commit("a policy")
        self.base = self.git("rev-parse", "main", cwd="origin").strip()
        self.git("checkout", "-q", "change", cwd="origin")

    def clone(self, image):
        """The change with this image, checked out as CI systems do."""
        self.write("origin/deploy/pod.yaml", POD % image)
        self.git("commit", "-q", "--allow-empty", "-a", "-m", "an image", cwd="origin")
        self.work = self.folder / f"work-{len(list(self.folder.iterdir()))}"
        self.git("clone", "-q", "--depth=1", "--branch=change",
                 f"file://{self.folder}/origin", str(self.work))

    def assert_waived_but_for_the_gate(self):
        """The change's waiver holds where somebody heeds it."""
        self.write("empty.yaml", "")
        ran = self.pindrift("check", "deploy", "--policy", self.folder / "empty.yaml",
                            "-f", "gcc", cwd=self.work, status=0)
        self.assertIn("1 waived", ran.stdout)

    def shell(self, script, *shell, **variables):
        done = subprocess.run([*shell, script], cwd=self.work, text=True, capture_output=True,
                              env=lib.environment(self.home, **variables), check=False)
        self.assertFalse((self.work / "spoiled").exists(), "the change's own script ran")
        self.output = done.stdout + done.stderr
        return done.returncode


class GithubWorkflow(Change):
    def run_steps(self, image):
        """Run the steps as a runner does, each with `bash -e`; returns the last status."""
        self.clone(image)
        temporary = self.folder / f"temp-{self.work.name}"
        temporary.mkdir()
        self.summary = temporary / "summary.md"
        self.sarif = temporary / "pindrift.sarif"
        self.summary.write_text("# a step before\n")
        variables = {"GITHUB_ACTIONS": "true", "RUNNER_TEMP": temporary, "BASE": self.base,
                     "GITHUB_PATH": temporary / "path", "GITHUB_STEP_SUMMARY": self.summary}
        for script in blocks(example("examples/github-workflow.yml")):
            path = temporary / "path"
            if path.exists():
                variables["PATH"] = f"{path.read_text().strip()}:{lib.environment('')['PATH']}"
            status = self.shell(script, "bash", "-e", "-c", **variables)
        return status

    def test_a_pinned_image_passes(self):
        self.assertEqual(self.run_steps(PINNED), 0, self.output)
        self.assertIn("::notice title=pindrift::CLEAN", self.output)

    def test_an_unpinned_image_fails_and_shows_everywhere(self):
        self.assertEqual(self.run_steps("nginx:1.25"), 1, self.output)
        self.assertIn("::error title=unpinned,file=deploy/pod.yaml,line=4,", self.output)
        summary = self.summary.read_text()
        self.assertTrue(summary.startswith("# a step before\n## pindrift: NOT PINNED\n"))
        (result,) = json.loads(self.sarif.read_text())["runs"][0]["results"]
        self.assertEqual(result["ruleId"], "unpinned")

    def test_the_base_branchs_policy_counts(self):
        self.decide("levels: {unpinned: warning}\n")
        self.assertEqual(self.run_steps("nginx:1.25"), 0, self.output)
        self.assertIn("::warning title=unpinned", self.output)

    def test_a_waiver_of_the_change_does_not_count(self):
        self.assertEqual(self.run_steps(WAIVED), 1, self.output)
        self.assert_waived_but_for_the_gate()
        self.assertIn("::error title=unpinned,file=deploy/pod.yaml,line=4,", self.output)

    def test_its_actions_are_pinned(self):
        for used in re.findall(r"uses: (\S+)", example("examples/github-workflow.yml")):
            self.assertRegex(used, r"^[a-z/-]+@[0-9a-f]{40}$")


class GitlabJob(Change):
    def run_job(self, image):
        self.clone(image)
        job = example("examples/gitlab-ci.yml")
        script = "\n".join(items(job, "before_script") + items(job, "script"))
        status = self.shell(script, "bash", "-e", "-o", "pipefail", "-c",
                            CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main")
        for kind, name in re.findall(r"^      (\w+): (\S+)$", job, re.M):
            self.assertTrue((self.work / name).exists(), kind)
        return status

    def test_a_pinned_image_passes(self):
        self.assertEqual(self.run_job(PINNED), 0, self.output)
        self.assertEqual(json.loads((self.work / "pindrift.json").read_text()), [])

    def test_an_unpinned_image_fails_and_is_reported(self):
        self.assertEqual(self.run_job("nginx:1.25"), 1, self.output)
        entries = json.loads((self.work / "pindrift.json").read_text())
        self.assertEqual([one["check_name"] for one in entries], ["pindrift", "unpinned"])
        self.assertEqual(entries[1]["location"]["path"], "deploy/pod.yaml")

    def test_a_waiver_of_the_change_does_not_count(self):
        self.assertEqual(self.run_job(WAIVED), 1, self.output)
        self.assert_waived_but_for_the_gate()


class Jenkinsfile(Change):
    def run_stage(self, image):
        self.clone(image)
        (script,) = re.findall(r"sh '''\n(.*?)'''", example("examples/Jenkinsfile"), re.S)
        return self.shell(textwrap.dedent(script), "sh", "-xe", "-c", CHANGE_TARGET="main")

    def test_a_pinned_image_passes(self):
        self.assertEqual(self.run_stage(PINNED), 0, self.output)

    def test_an_unpinned_image_fails_and_is_reported(self):
        self.assertEqual(self.run_stage("nginx:1.25"), 1, self.output)
        (name,) = re.findall(r"junit '(\S+)'", example("examples/Jenkinsfile"))
        root = ElementTree.parse(self.work / name)
        self.assertEqual(len(root.findall(".//failure")), 1)

    def test_a_waiver_of_the_change_does_not_count(self):
        self.assertEqual(self.run_stage(WAIVED), 1, self.output)
        self.assert_waived_but_for_the_gate()


class PreCommitHook(lib.TestCase):
    def run_hook(self, *names):
        """Run it as pre-commit does: the names that `files` matches behind the entry."""
        hook = example(".pre-commit-hooks.yaml")
        (entry,) = re.findall(r"^  entry: pindrift (.*)$", hook, re.M)
        (pattern,) = re.findall(r"^  files: (.*)$", hook, re.M)
        chosen = [name for name in names if re.search(pattern, name)]
        return self.pindrift(*entry.split(), *chosen)

    def test_it_looks_at_the_files_of_the_commit(self):
        self.write("good.yaml", POD % PINNED)
        self.write("-bad.yml", POD % "nginx:1.25")
        self.write("settings.json", "{}")
        self.write("image.txt", "not looked at")
        self.assertEqual(self.run_hook("good.yaml", "settings.json", "image.txt").status, 0)
        ran = self.run_hook("good.yaml", "-bad.yml")
        self.assertEqual(ran.status, 1)
        self.assertIn("-bad.yml:4:", ran.stdout)


class Syntax(lib.TestCase):
    def test_the_yaml_of_each_is_yaml(self):
        for name in ("examples/github-workflow.yml", "examples/gitlab-ci.yml"):
            self.pindrift("check", lib.ROOT / name, status=0)
        self.write("hooks.yaml", example(".pre-commit-hooks.yaml"))
        self.pindrift("check", "hooks.yaml", status=0)


if __name__ == "__main__":
    unittest.main()
