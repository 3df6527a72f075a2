"""A cluster of 50,000 pods: memory follows the workloads, not the pods."""

import os
import subprocess
import unittest

import lib
from servers.certificates import Authority
from servers.static_pages import StaticPages

PODS = 50_000
MOST_KIB = 64 * 1024


@unittest.skipIf("/san/" in lib.program(), "sanitizers take memory of their own")
class Size(lib.TestCase):
    def peak_of(self, pods):
        """The peak memory, in KiB, of a scan of that many pods of 500 workloads."""
        folder = self.folder / str(pods)
        folder.mkdir()
        authority = Authority(folder / "ca")
        with StaticPages(folder, authority.issue("api"), pods=pods,
                         pods_a_workload=pods // 500) as api:
            config = lib.kubeconfig(folder / "config", api, authority=authority, token="t")
            process = subprocess.Popen(
                [lib.program(), "scan", "-A", "--kubeconfig", config, "--db", folder / "db",
                 "-o", f"json={folder / 'report.json'}"], env=lib.environment(self.home),
                stdout=subprocess.DEVNULL)
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.assertIn(process.returncode, (0, 1))
        self.assertIn(f"cluster: {pods} pods", (folder / "report.json").read_text())
        return used.ru_maxrss

    def test_memory_does_not_follow_the_pods(self):
        few, many = self.peak_of(5_000), self.peak_of(PODS)
        self.assertLess(many, MOST_KIB)
        self.assertLess(many, few + 4096, "KiB more for ten times the pods")


if __name__ == "__main__":
    unittest.main()
