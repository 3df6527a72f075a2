"""What the tests of the registry source share: tests/tools/registry_probe.c and its JSON."""

import json
import resource
import subprocess
import time
import unittest
from pathlib import Path

import lib

PROBE = Path(lib.program()).parent / "tests/registry_probe"


class Facts:
    """What the probe printed."""

    def __init__(self, value, seconds):
        self.value = value
        self.seconds = seconds

    def tag(self, name):
        """The fact about a tag, by "repository:tag"."""
        (found,) = [one for one in self.value["tags"]
                    if f"{one['repository']}:{one['tag']}" == name]
        return found

    def digest(self, digest, blob=False):
        (found,) = [one for one in self.value["digests"]
                    if one["digest"] == digest and one["blob"] == blob]
        return found

    @property
    def images(self):
        return {one["digest"]: one for one in self.value["images"]}

    @property
    def requests(self):
        return self.value["requests"]

    @property
    def text(self):
        return json.dumps(self.value)


@unittest.skipUnless(PROBE.exists(), f"{PROBE} is not built")
class ProbeCase(lib.TestCase):
    """Runs the probe; `options` come before the wants."""

    def probe(self, *arguments, status=0, variables=None, memory=None):
        """`memory`: most bytes of it, where no sanitizer needs more."""
        def confine():
            if memory and b"__asan_init" not in PROBE.read_bytes():
                resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))

        start = time.monotonic()
        ran = subprocess.run([PROBE] + [str(one) for one in arguments], text=True,
                             capture_output=True, timeout=120, check=False, preexec_fn=confine,
                             env=lib.environment(self.home, **(variables or {})))
        seconds = time.monotonic() - start
        self.assertEqual(ran.returncode, status, ran.stderr)
        if status:
            return ran.stderr
        self.assertEqual(ran.stderr, "")
        return Facts(json.loads(ran.stdout), seconds)

    def one_tag(self, *arguments, **options):
        """The fact of the only tag that was asked for."""
        (fact,) = self.probe(*arguments, **options).value["tags"]
        return fact

    def assert_unknown(self, fact, *words):
        """No verdict, and a reason that names the image and says why."""
        self.assertEqual((fact["state"], fact["digest"]), ("unknown", ""), fact)
        self.assertIn(f"{fact['registry']}/{fact['repository']}", fact["reason"])
        for word in words:
            self.assertIn(word, fact["reason"])

    def config(self, **credentials):
        """A config.json with {host: (user, password)}; returns its path."""
        return lib.docker_config(self.folder / "docker", **credentials) / "config.json"
