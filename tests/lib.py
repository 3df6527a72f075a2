"""What the end-to-end tests share: running pindrift, kubeconfigs, golden files.

    class Scan(lib.TestCase):
        def test_it(self):
            config = lib.kubeconfig(self.folder / "config", api, authority=authority)
            ran = self.pindrift("scan", "--kubeconfig", config, status=1)
            self.assertIn("tag-moved", ran.stdout)

The program is $PINDRIFT.  It runs in an environment of its own: an empty home in
the test's folder, the C locale in UTF-8, a fixed clock, no KUBECONFIG.
"""

import difflib
import json
import os
import subprocess
import sys
import tempfile
import unittest
from collections import namedtuple
from pathlib import Path

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
SHARED = ROOT.parent / "shared"
NOW = "2026-11-23T12:00:00Z"
SANITIZER_STATUS = 99
UPDATE_GOLDEN = os.environ.get("UPDATE_GOLDEN") == "1"

sys.path.insert(0, str(TESTS))

from servers import processes  # noqa: E402,F401 (for the tests)

Ran = namedtuple("Ran", "status stdout stderr")


def program():
    """The pindrift under test, as an absolute path."""
    return str(Path(os.environ.get("PINDRIFT", ROOT / "build/debug/pindrift")).resolve())


def environment(home, **more):
    """The whole environment of a run; None removes a variable."""
    values = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PINDRIFT_NOW": NOW,
        "XDG_STATE_HOME": str(Path(home) / "state"),
        "ASAN_OPTIONS": f"exitcode={SANITIZER_STATUS}:detect_leaks=1",
        "UBSAN_OPTIONS": f"exitcode={SANITIZER_STATUS}:print_stacktrace=1",
    }
    values.update({name: value if value is None else str(value) for name, value in more.items()})
    return {name: value for name, value in values.items() if value is not None}


def run(*arguments, home, cwd=None, stdin="", timeout=120, text=True, **variables):
    """Run pindrift to its end.  `variables` are added to its environment."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run([program()] + [str(one) for one in arguments], input=data,
                          capture_output=True, cwd=cwd or home, timeout=timeout,
                          env=environment(home, **variables), check=False)
    errors = done.stderr.decode(errors="replace")
    if done.returncode == SANITIZER_STATUS or "Sanitizer" in errors:
        raise AssertionError(f"a sanitizer stopped {arguments}:\n{errors}")
    return Ran(done.returncode, done.stdout.decode() if text else done.stdout, errors)


def kubeconfig(path, api, *, authority=None, token=None, client=None, namespace=None,
               server=None, name="test"):
    """Write a kubeconfig for a stand-in API server; returns its path.

    `client` is a certificates.Certificate; `server` stands in for the server's own URL.
    """
    cluster = {"server": server or api.url}
    if authority:
        cluster["certificate-authority"] = str(authority.path)
    user = {"token": token} if token else {}
    if client:
        user.update({"client-certificate": str(client.certificate),
                     "client-key": str(client.key)})
    context = {"cluster": name, "user": name}
    if namespace:
        context["namespace"] = namespace
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": name, "user": user}],
        "contexts": [{"name": name, "context": context}],
    }
    Path(path).write_text(yaml_of(config))
    return str(path)


def yaml_of(value, indent=0):
    """Block-style YAML of dicts, lists and scalars (kubeconfigs, kube manifests)."""
    pad = "  " * indent
    if isinstance(value, dict) and value:
        return "".join(f"{pad}{key}:{_yaml_child(one, indent)}" for key, one in value.items())
    if isinstance(value, list) and value:
        return "".join(f"{pad}- {yaml_of(one, indent + 1).lstrip()}" for one in value)
    return f"{pad}{json.dumps(value)}\n"


def _yaml_child(value, indent):
    if isinstance(value, (dict, list)) and value:
        return "\n" + yaml_of(value, indent + 1)
    return " " + yaml_of(value)


def docker_config(folder, **credentials):
    """Write a config.json; docker_config(home, **{"host:1": ("jane", "secret")})."""
    import base64

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    auths = {host: {"auth": base64.b64encode(":".join(pair).encode()).decode()}
             for host, pair in credentials.items()}
    (folder / "config.json").write_text(json.dumps({"auths": auths}))
    return folder


class TestCase(unittest.TestCase):
    """A test with a folder of its own, `self.folder`, that goes with it."""

    maxDiff = None

    @classmethod
    def class_folder(cls):
        """A new folder that goes with the class."""
        folder = tempfile.TemporaryDirectory(prefix="pindrift-test-")
        cls.addClassCleanup(folder.cleanup)
        return Path(folder.name)

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="pindrift-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.home = self.folder / "home"
        self.home.mkdir()

    def pindrift(self, *arguments, status=None, **options):
        """Run pindrift; `status` is the exit status it must have."""
        options.setdefault("home", self.home)
        options.setdefault("cwd", self.folder)
        ran = run(*arguments, **options)
        if status is not None and ran.status != status:
            self.fail(f"exit status {ran.status}, not {status}\n"
                      f"--- stdout\n{ran.stdout}\n--- stderr\n{ran.stderr}")
        return ran

    def pindrift_json(self, *arguments, **options):
        """Run pindrift with `-f json`; returns what it wrote as a value."""
        return json.loads(self.pindrift(*arguments, "-f", "json", **options).stdout)

    def write(self, name, text):
        """Write a file below the test's folder; returns its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def assert_golden(self, path, actual):
        """Compare with a file; UPDATE_GOLDEN=1 (`make golden`) rewrites it."""
        path = Path(path)
        if UPDATE_GOLDEN:
            path.write_text(actual)
            return
        expected = path.read_text() if path.exists() else ""
        if actual != expected:
            lines = difflib.unified_diff(expected.splitlines(True), actual.splitlines(True),
                                         str(path), "what came out")
            self.fail("".join(lines))
