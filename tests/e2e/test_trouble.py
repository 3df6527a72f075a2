"""What goes wrong: one clear line, a gap where the rest could go on, never a clean result."""

import json
import os
import sqlite3
import unittest
from pathlib import Path

import scans

import lib
from servers import images
from servers.certificates import Authority
from servers.kube_api import KubeApi


def free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Trouble(scans.ScanTest):
    def setUp(self):
        super().setUp()
        node = images.image()
        self.push(node, "shop/app", "1")
        self.pinned = self.reference("shop/app", "1", node.digest)
        self.runs = {"app": f"{self.registry.address}/shop/app@{node.digest}"}
        self.cluster.deployment("app", "shop", {"app": self.pinned}, [self.runs])
        self.declare("app", "shop", {"app": self.pinned})

    def assert_one_line(self, ran, *words):
        """Nothing on standard output; one line that names the thing."""
        self.assertEqual(ran.stdout, "")
        self.assertEqual(len(ran.stderr.strip().splitlines()), 1, ran.stderr)
        for word in words:
            self.assertIn(word, ran.stderr)

    def test_a_clean_scan_is_clean(self):
        report = self.scan("-A", status=0)
        self.assertEqual(report["summary"]["verdict"], "clean")

    # The command line and the manifests.

    def test_a_wrong_path(self):
        self.serve()
        self.assert_one_line(self.scan_raw("-A", paths=["nowhere"], status=2), "nowhere")

    def test_a_wrong_option_suggests_the_right_one(self):
        ran = self.pindrift("scan", "--kubeconfg", "x", status=2)
        self.assert_one_line(ran, "--kubeconfig")

    def test_a_wrong_command_suggests_the_right_one(self):
        self.assert_one_line(self.pindrift("sacn", status=2), "scan")

    def test_a_manifest_that_is_not_yaml(self):
        self.write("manifests/broken.yaml", "a: [1, 2\nb: }")
        report = self.scan("-A", status=3)
        (gap,) = report["gaps"]
        self.assertEqual(gap["id"], "not-yaml")
        self.assertIn("broken.yaml", gap["subject"])
        self.assertEqual(report["summary"]["verdict"], "incomplete")
        self.scan("-A", "--allow-incomplete", "not-yaml:*broken.yaml", status=0)

    def test_an_empty_folder(self):
        empty = self.folder / "empty"
        empty.mkdir()
        self.scan("-A", paths=[empty], status=5)
        self.scan("-A", "--allow-empty", paths=[empty], status=0)

    # The cluster.

    def test_no_kubeconfig(self):
        ran = self.pindrift("scan", "--db", self.database, status=2)
        self.assert_one_line(ran, "kubeconfig")

    def test_an_unreachable_api_server_is_a_gap_beside_manifests(self):
        self.serve()
        lib.kubeconfig(self.folder / "config", self.api,
                       server=f"http://127.0.0.1:{free_port()}")
        report = json.loads(self.scan_raw("-A", status=3).stdout)
        self.assertEqual([gap for gap, _ in scans.gaps(report)], ["unreachable"])

    def test_an_unreachable_api_server_alone_is_fatal(self):
        self.serve()
        port = free_port()
        lib.kubeconfig(self.folder / "config", self.api, server=f"http://127.0.0.1:{port}")
        self.assert_one_line(self.scan_raw("-A", paths=[], status=4), str(port))

    def test_findings_outlive_an_outage_of_the_api_server(self):
        self.declare("gone", "shop", {"app": self.pinned})
        self.scan("-A", status=0)
        url = self.api.url
        self.api.close()
        self.api = None
        report = json.loads(self.scan_raw("-A", status=3).stdout)
        self.assertIn(url.split("//")[1], report["gaps"][0]["reason"])
        self.assertEqual(scans.rules(report, states=("unknown",)), {"not-running": ["gone/app"]})
        self.assertEqual(scans.rules(report, states=("fixed",)), {})

    def test_an_outage_after_the_first_lists_overwrites_no_history(self):
        """Its controllers were listed, its pods are not: nothing ended, nothing is new."""
        self.declare("gone", "shop", {"app": self.pinned})
        self.scan("-A", status=0)
        spans = [one for one in scans.dump(self.database) if "running_span" in one]
        self.assertEqual(len([one for one in spans if one.startswith("INSERT")]), 1)
        self.api.add_fault("close", resource="pods", times=None)
        report = self.scan("-A", status=3)
        self.assertEqual([gap for gap, _ in scans.gaps(report)], ["unreachable"])
        self.assertIn("list pods", report["gaps"][0]["reason"])
        self.assertTrue(any("deployments" in one.target and one.status == 200
                            for one in self.api.requests))
        self.assertEqual(scans.rules(report, states=("unknown",)), {"not-running": ["gone/app"]})
        self.assertEqual(scans.rules(report, states=("new", "open", "fixed")), {})
        self.assertEqual([one for one in scans.dump(self.database) if "running_span" in one],
                         spans)
        self.api.faults.clear()
        self.assertEqual(self.scan("-A", status=0)["gaps"], [])

    def test_a_server_that_is_not_verified_has_a_banner_and_a_field(self):
        authority = Authority(self.folder / "ca")
        self.api = KubeApi(self.cluster.world(), certificate=authority.issue("server"))
        self.addCleanup(self.api.close)
        path = Path(lib.kubeconfig(self.folder / "config", self.api))
        path.write_text(path.read_text().replace(
            "server:", "insecure-skip-tls-verify: true\n      server:"))
        report = self.scan("-A", "-o", f"text={self.folder / 'report.txt'}",
                           "-o", f"html={self.folder / 'report.html'}", status=0)
        self.assertTrue(report["cluster"]["insecure"])
        for name in ("report.txt", "report.html"):
            with self.subTest(name):
                self.assertIn("not verified", (self.folder / name).read_text())

    def test_401(self):
        authority = Authority(self.folder / "ca")
        self.api = KubeApi(self.cluster.world(), tokens={"right": "jane"},
                           certificate=authority.issue("server"))
        self.addCleanup(self.api.close)
        lib.kubeconfig(self.folder / "config", self.api, token="a-wrong-token",
                       authority=authority)
        ran = self.scan_raw("-A", paths=[], status=4)
        self.assert_one_line(ran, "credentials")
        self.assertNotIn("a-wrong-token", ran.stderr)
        report = json.loads(self.scan_raw("-A", status=3).stdout)
        self.assertEqual([gap for gap, _ in scans.gaps(report)], ["unauthorized"])

    def test_403_on_one_list_names_the_verb(self):
        world = self.cluster.world()
        world.deny(resource="statefulsets")
        self.serve(world)
        report = self.scan("-A", status=3)
        (gap,) = report["gaps"]
        self.assertEqual(gap["id"], "forbidden")
        self.assertIn("list", gap["reason"])
        self.assertIn("statefulsets", gap["reason"])
        self.assertNotIn("deployments", gap["reason"])

    def test_a_page_that_ends_too_early(self):
        self.serve()
        self.api.add_fault("truncate", resource="pods", times=None)
        report = self.scan("-A", status=3)
        self.assertEqual([gap for gap, _ in scans.gaps(report)], ["unreachable"])

    # Certificates.

    def tls(self, names=None, **issue):
        authority = Authority(self.folder / "ca")
        if names:
            issue["names"] = names
        self.api = KubeApi(self.cluster.world(), certificate=authority.issue("server", **issue),
                           client_authority=authority)
        self.addCleanup(self.api.close)
        return authority

    def test_a_client_certificate(self):
        authority = self.tls()
        client = authority.issue("jane", client=True)
        lib.kubeconfig(self.folder / "config", self.api, authority=authority, client=client)
        self.scan_raw("-A", status=0)

    def test_an_expired_certificate(self):
        authority = self.tls(expired=True)
        lib.kubeconfig(self.folder / "config", self.api, authority=authority)
        self.assert_one_line(self.scan_raw("-A", paths=[], status=4), "expired")

    def test_a_certificate_for_another_name(self):
        authority = self.tls(names=("DNS:elsewhere.example",))
        lib.kubeconfig(self.folder / "config", self.api, authority=authority)
        self.assert_one_line(self.scan_raw("-A", paths=[], status=4), "name")

    def test_an_unknown_authority(self):
        self.tls()
        other = Authority(self.folder / "other")
        lib.kubeconfig(self.folder / "config", self.api, authority=other)
        self.assert_one_line(self.scan_raw("-A", paths=[], status=4), "CA")

    # Registries.

    def test_a_registry_that_is_down_is_one_gap(self):
        self.serve()
        self.registry.stop()
        self.addCleanup(self.registry.start)
        report = self.scan("-A", status=3)
        (gap,) = report["gaps"]
        self.assertEqual(gap["id"], "unreachable")
        self.assertIn(self.registry.address, gap["subject"] + gap["reason"])
        (figures,) = [one for one in report["requests"] if one["host"] == self.registry.address]
        self.assertEqual((figures["made"], figures["failed"]), (1, 1))
        self.assertGreaterEqual(figures["refused"], 1)
        self.assertNotIn("pin-gone", scans.rules(report))
        self.assertNotIn("tag-gone", scans.rules(report))

    # The database.

    def test_a_database_that_is_not_ours(self):
        with sqlite3.connect(self.database) as connection:
            connection.execute("CREATE TABLE notes (text)")
        before = self.database.read_bytes()
        self.serve()
        self.assert_one_line(self.scan_raw("-A", status=4), str(self.database))
        self.assertEqual(self.database.read_bytes(), before)

    def test_a_database_that_is_no_database(self):
        self.database.write_text("hello, this is a diary and no database at all\n" * 50)
        self.serve()
        self.assert_one_line(self.scan_raw("-A", status=4), str(self.database))

    @unittest.skipIf(os.geteuid() == 0, "root writes everything")
    def test_a_database_that_is_read_only(self):
        self.scan("-A", status=0)
        self.database.chmod(0o400)
        self.assert_one_line(self.scan_raw("-A", status=4), str(self.database))

    def test_a_database_in_a_folder_that_cannot_be_made(self):
        self.write("file", "")
        self.database = self.folder / "file" / "observations.db"
        self.serve()
        self.assert_one_line(self.scan_raw("-A", status=4), "file")

    def test_a_report_that_cannot_be_written(self):
        self.serve()
        ran = self.scan_raw("-A", "-o", "csv=/dev/full/drift.csv", status=4)
        self.assertIn("/dev/full", ran.stderr)

    def test_standard_output_that_is_full(self):
        self.serve()
        ran = self.pindrift("report", "--db", self.database, status=4)
        self.assertIn(str(self.database), ran.stderr)


if __name__ == "__main__":
    unittest.main()
