"""Scans over time: what a second one adds, what a narrower one leaves alone, who is who."""

import signal
import subprocess
import time
import unittest

import scans

import lib
from servers import images
from servers.kube_objects import Cluster

OWN_ROW = ('INTO "scan"', "sqlite_sequence", 'INSERT INTO "scan_cluster"')


def index_of(salt):
    return images.index([images.image("linux/amd64", salt), images.image("linux/arm64", salt)])


class Story(scans.ScanTest):
    """A shop with a clean, a drifting and an unpinned workload, and another namespace."""

    def setUp(self):
        super().setUp()
        self.good, self.bad = index_of("good"), index_of("bad")
        for node, tag in ((self.good, "1"), (self.bad, "2")):
            self.push(node, "shop/app", tag)
        self.pinned = self.reference("shop/app", "1", self.good.digest)
        self.runs_good = {"app": f"{self.registry.address}/shop/app@{self.good.digest}"}
        self.runs_bad = {"app": f"{self.registry.address}/shop/app@{self.bad.digest}"}
        self.fill(self.cluster, drifting=self.runs_bad)
        for namespace in ("shop", "bank"):
            for name in ("clean", "drifting"):
                self.declare(f"{namespace}-{name}", namespace, {"app": self.pinned})
        self.declare("shop-loose", "shop", {"app": self.reference("shop/app", "2")})

    def fill(self, cluster, drifting):
        for namespace in ("shop", "bank"):
            cluster.deployment(f"{namespace}-clean", namespace, {"app": self.pinned},
                               [self.runs_good] * 2)
            cluster.deployment(f"{namespace}-drifting", namespace, {"app": self.pinned},
                               [drifting])
        cluster.deployment("shop-loose", "shop", {"app": self.reference("shop/app", "2")},
                           [self.runs_bad])

    def assert_only_own_row_changed(self, before):
        changed = set(scans.dump(self.database)) ^ set(before)
        self.assertEqual([one for one in changed
                          if not any(mark in one for mark in OWN_ROW)], [])


class OverTime(Story):
    def test_an_unchanged_cluster_adds_the_scans_own_row_alone(self):
        self.scan("-A", status=1)
        before = scans.dump(self.database)
        again = self.scan("-A", status=1)
        self.assertEqual({one["state"] for one in again["findings"]}, {"open"})
        self.assert_only_own_row_changed(before)

    def test_a_later_second_scan_says_since_when(self):
        self.scan("-A", status=1, PINDRIFT_NOW="2026-11-20T12:00:00Z")
        report = self.scan("-A", status=1)
        for one in report["findings"]:
            self.assertEqual(one["first_seen"], "2026-11-20T12:00:00Z")
            self.assertEqual(one["last_seen"], lib.NOW)

    def test_a_tag_that_moves_five_times_in_a_week_flaps(self):
        """One scan a day, each of which finds the tag 2 where it was not the day before."""
        seen = []
        for day in range(8):
            self.push((self.bad, self.good)[day % 2], "shop/app", "2")
            report = self.scan("-A", PINDRIFT_NOW=f"2026-11-{day + 1:02}T12:00:00Z")
            seen.append([(one["reference"], one["level"]) for one in report["findings"]
                         if one["rule"] == "tag-flapping"])
        flapping = [(self.reference("shop/app", "2"), "note")]
        self.assertEqual(seen, [[]] * 5 + [flapping] * 3)
        # The moves of days 2 and 3 are more than a week ago on day 10; five are left then.
        for now, state in (("2026-11-10T12:00:00Z", "open"), ("2026-11-11T12:00:00Z", "fixed")):
            report = self.scan("-A", PINDRIFT_NOW=now)
            self.assertEqual([one["state"] for one in report["findings"]
                              if one["rule"] == "tag-flapping"], [state])

    def test_what_was_mended_is_fixed_once(self):
        self.scan("-A", status=1)
        mended = Cluster(nodes=self.cluster.nodes)
        self.fill(mended, drifting=self.runs_good)
        self.serve(mended.world())
        report = self.scan("-A", status=1)
        self.assertEqual(scans.rules(report, states=("fixed",)),
                         {"running-differs": ["bank-drifting/app", "shop-drifting/app"]})
        report = self.scan("-A", status=1)
        self.assertEqual(scans.rules(report, states=("fixed",)), {})

    def test_a_pod_that_starts_anew_fixes_nothing(self):
        """What could not be asked closes no finding: neither fixed now nor new tomorrow."""
        self.scan("-A", status=1)
        for restarted, state in ((True, "unknown"), (False, "open")):
            cluster = Cluster(nodes=self.cluster.nodes)
            self.fill(cluster, drifting={} if restarted else self.runs_bad)
            self.serve(cluster.world())
            report = self.scan("-A", status=1)
            self.assertEqual(scans.rules(report, ("new", "fixed")), {})
            self.assertEqual(scans.rules(report, (state,))["running-differs"],
                             ["bank-drifting/app", "shop-drifting/app"])

    def test_report_renders_the_last_scan_again_byte_for_byte(self):
        self.serve()
        for kind in ("text", "json", "csv", "html"):
            fresh = self.scan_raw("-A", "-f", kind, status=1)
            stored = self.pindrift("report", "--db", self.database, "-f", kind, status=1)
            self.assertEqual(fresh.stdout, stored.stdout)

    def test_many_reports_in_one_run(self):
        self.serve()
        self.scan_raw("-A", "-o", "html=drift.html", "-o", "csv=drift.csv", status=1)
        self.assertIn("Content-Security-Policy", (self.folder / "drift.html").read_text())
        self.assertTrue((self.folder / "drift.csv").read_bytes().startswith(b"record,scan,"))
        self.assertEqual((self.folder / "drift.csv").stat().st_mode & 0o777, 0o600)

    def test_a_second_scan_asks_registries_by_head_alone(self):
        self.scan("-A", status=1)
        self.registry.forget_requests()
        self.scan("-A", status=1)
        asked = self.registry.requests()
        manifests = [one for one in asked if "/manifests/" in one.target]
        self.assertEqual({one.method for one in manifests}, {"HEAD"})
        self.assertEqual(len(manifests), 2, "one for each tag, and the pin is beside one")

    def test_the_database_is_for_its_owner_alone(self):
        self.scan("-A", status=1)
        self.assertEqual(self.database.stat().st_mode & 0o777, 0o600)


class Scope(Story):
    def test_one_namespace_says_nothing_about_the_others(self):
        self.scan("-A", status=1)
        before = scans.dump(self.database)
        report = self.scan("-n", "shop", status=1)
        self.assertEqual({one["namespace"] for one in report["findings"]
                          if one["subject"] == "use"}, {"shop"})
        self.assertEqual(scans.rules(report, states=("new", "fixed", "unknown")), {})
        self.assert_only_own_row_changed(before)
        report = self.scan("-A", status=1)
        self.assertEqual(scans.rules(report, states=("new", "fixed", "unknown")), {})
        self.assert_only_own_row_changed(before)

    def test_manifests_for_other_namespaces_alone_are_not_clean(self):
        """The context's namespace is scanned, as kubectl does; nobody would notice."""
        (self.manifests / "shop-loose.yaml").unlink()
        report = self.scan(status=5)
        note = report["coverage"][0]["note"]
        self.assertIn("namespace default: 0 pods; ", note)
        self.assertIn("4 declared images in 4 files meant for namespace bank and others: not "
                      "compared (-A scans all namespaces)", note)
        self.scan("--allow-empty", status=0)
        ran = self.scan_raw("-f", "text", status=5)
        self.assertIn("EMPTY: not one declared image is meant to run in namespace default of "
                      "cluster test\n", ran.stdout)

    def test_a_namespace_with_nothing_in_it_is_not_clean(self):
        """It may be misspelt; the API server answers all the same."""
        self.serve()
        ran = self.scan_raw("-n", "shopp", "-f", "text", paths=[], status=5)
        self.assertIn("EMPTY: not one image was found in namespace shopp of cluster test\n",
                      ran.stdout)
        self.scan("-n", "shopp", "--allow-empty", paths=[], status=0)
        self.scan("-n", "shop", "-l", "app=none", paths=[], status=0)

    def test_a_scan_without_manifests_fixes_nothing_that_rests_on_them(self):
        self.scan("-A", status=1)
        report = self.scan("-A", paths=[])
        self.assertEqual(scans.rules(report, states=("fixed", "unknown")), {})
        report = self.scan("-A", status=1)
        self.assertEqual(scans.rules(report, states=("new", "fixed")), {})

    def test_a_selector_says_nothing_about_the_pods_it_leaves_out(self):
        self.scan("-A", status=1)
        before = scans.dump(self.database)
        pod = next(one["metadata"]["name"] for one in self.cluster.objects
                   if one["kind"] == "Pod" and one["metadata"]["name"].startswith("shop-clean"))
        for selector in (("-l", "app=shop-clean"), ("--field-selector", f"metadata.name={pod}")):
            report = self.scan("-A", *selector)
            self.assertIn(f"; only pods that '{' '.join(selector).removeprefix('-l ')}' selects",
                          report["coverage"][0]["note"])
            self.assertEqual({scans.subject(one) for one in report["running"]},
                             {"shop-clean/app"})
            self.assertEqual(scans.rules(report, states=("new", "fixed", "unknown")), {})
            self.assert_only_own_row_changed(before)
            before = scans.dump(self.database)
        report = self.scan("-A", status=1)
        self.assertEqual(scans.rules(report, states=("new", "fixed", "unknown")), {})

    def test_a_field_selector_that_the_server_refuses_is_a_gap(self):
        report = self.scan("-A", "--field-selector", "spec.image=x", status=1)
        self.assertEqual([gap for gap, _ in scans.gaps(report)], ["unreachable"])
        self.assertIn("field selector", report["gaps"][0]["reason"])

    def test_a_forbidden_namespace_is_one_gap_and_hides_its_findings(self):
        self.scan("-A", status=1)
        world = self.cluster.world()
        world.deny(namespace="shop")
        self.serve(world)
        report = self.scan("-n", "shop")
        self.assertEqual([gap for gap, _ in scans.gaps(report)], ["forbidden"])
        self.assertIn("pods", report["gaps"][0]["reason"])
        self.assertEqual(scans.rules(report, states=("fixed",)), {})
        self.assertIn("running-differs", scans.rules(report, states=("unknown",)))

    def test_two_clusters_in_one_database_never_mix(self):
        first = self.scan("-A", status=1)
        before = scans.dump(self.database)
        other = Cluster(uid="00000000-0000-4000-8000-000000000002", nodes=self.cluster.nodes)
        self.fill(other, drifting=self.runs_good)
        here, self.api = self.api, None
        self.serve(other.world())
        report = self.scan("-A", status=1)
        self.assertNotEqual(report["cluster"]["key"], first["cluster"]["key"])
        self.assertNotIn("running-differs", scans.rules(report))
        self.assertEqual(scans.rules(report, states=("fixed", "unknown")), {})
        lost = set(before) - set(scans.dump(self.database))
        self.assertEqual([one for one in lost if not any(mark in one for mark in OWN_ROW)], [])
        self.api = here
        lib.kubeconfig(self.folder / "config", here)
        again = self.scan("-A", status=1)
        self.assertEqual(scans.rules(again, states=("new", "fixed", "unknown")), {})

    def test_a_uid_learnt_later_is_the_same_cluster(self):
        hidden = self.cluster.world()
        hidden.deny(resource="namespaces")
        self.serve(hidden)
        self.scan("-A", status=1)
        self.serve(self.cluster.world())
        report = self.scan("-A", status=1)
        self.assertEqual(scans.rules(report, states=("new", "fixed", "unknown")), {})

    def test_without_manifests_it_says_what_runs_unpinned(self):
        report = self.scan("-A", paths=[], status=0)
        self.assertEqual(scans.rules(report),
                         {"running-unpinned": ["shop-loose/app"]})


class Rollouts(Story):
    def rolling(self, progressing, **options):
        cluster = Cluster(nodes=self.cluster.nodes)
        old = {"app": self.reference("shop/app", "2", self.bad.digest)}
        cluster.deployment("shop-clean", "shop", {"app": self.pinned}, [self.runs_good],
                           old=(old, [self.runs_bad]), progressing=progressing, **options)
        for one in cluster.objects:
            one["metadata"]["creationTimestamp"] = progressing
        self.serve(cluster.world())
        return self.scan("-n", "shop", paths=[self.manifests / "shop-clean.yaml"])

    def test_pods_of_the_old_revision_are_rolling_out(self):
        report = self.rolling("2026-11-23T11:55:00Z")
        self.assertEqual(scans.rules(report), {})
        self.assertIn("rolling-out", {one["state"] for one in report["running"]})

    def test_after_the_deadline_they_differ(self):
        report = self.rolling("2026-11-23T11:00:00Z")
        self.assertEqual(scans.rules(report)["running-differs"], ["shop-clean/app"])

    def test_the_workloads_own_deadline_counts(self):
        report = self.rolling("2026-11-23T11:00:00Z", deadline=7200)
        self.assertEqual(scans.rules(report), {})


    def test_a_rollout_that_no_pod_has_followed_is_late_whoever_ordered_it(self):
        """An OnDelete strategy, or a broken webhook: the managed fields tell since when."""
        for manager, ordered, rules in (
                ("kubectl", "2026-11-23T11:30:00Z", {}),
                ("kubectl", "2026-11-22T12:00:00Z", {"running-differs": ["db/app"]}),
                ("kustomize-controller", "2026-11-22T12:00:00Z",
                 {"running-differs": ["db/app"]})):
            cluster = Cluster(nodes=self.cluster.nodes)
            made = cluster.stateful_set("db", "shop", {"app": self.pinned}, [self.runs_bad] * 2)
            made[0]["metadata"]["managedFields"] = [
                {"manager": manager, "operation": "Apply", "time": ordered,
                 "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": {"f:template": {}}}},
                {"manager": "kube-controller-manager", "subresource": "status",
                 "time": lib.NOW, "fieldsV1": {"f:status": {}}}]
            for pod in made[1:]:
                pod["metadata"]["labels"]["controller-revision-hash"] = "db-before"
            self.serve(cluster.world())
            path = self.declare("db", "shop", {"app": self.pinned}, kind="StatefulSet")
            with self.subTest(manager=manager, ordered=ordered):
                self.assertEqual(scans.rules(self.scan("-A", paths=[path])), rules)
            self.database.unlink()


class CustomResources(Story):
    def test_pods_of_a_declared_custom_resource_are_not_undeclared(self):
        for namespace in ("shop", ""):
            cluster = Cluster(nodes=self.cluster.nodes)
            self.fill(cluster, drifting=self.runs_good)
            cluster.deployment("watch", "shop", {"prometheus": self.pinned},
                               [{"prometheus": self.runs_good["app"]}],
                               kind="Prometheus", api_version="monitoring.coreos.com/v1")
            metadata = {"name": "watch", **({"namespace": namespace} if namespace else {})}
            (self.manifests / "watch.yaml").write_text(lib.yaml_of({
                "apiVersion": "monitoring.coreos.com/v1", "kind": "Prometheus",
                "metadata": metadata, "spec": {"image": self.pinned}}))
            self.serve(cluster.world())
            found = scans.rules(self.scan("-A"))
            self.assertEqual([rule for rule in ("undeclared", "injected") if rule in found], [])


class Killed(Story):
    def start(self):
        command = [lib.program(), "scan", str(self.manifests), "-A", "--kubeconfig",
                   str(self.folder / "config"), "--db", str(self.database)]
        return subprocess.Popen(command, env=lib.environment(self.home), cwd=self.folder,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def end_in_mid_scan(self, number):
        """Start a scan against a cluster that keeps it waiting, and end it."""
        self.api.add_fault("throttled", resource="pods", times=None, retry_after=30)
        asked = len(self.api.requests)
        process = self.start()
        deadline = time.monotonic() + 20
        while len(self.api.requests) < asked + 3 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(number)
        status = process.wait(10)
        self.api.faults.clear()
        return status

    def test_kill_leaves_the_last_complete_scan_as_it_was(self):
        first = self.scan("-A", status=1)
        self.assertEqual(self.end_in_mid_scan(signal.SIGKILL), -signal.SIGKILL)
        stored = self.pindrift_json("report", "--db", self.database, status=1)
        self.assertEqual(stored, first)
        again = self.scan("-A", status=1)
        self.assertEqual(scans.rules(again, states=("new", "fixed", "unknown")), {})

    def test_one_writer_at_a_time(self):
        self.scan("-A", status=1)
        self.api.add_fault("throttled", resource="pods", times=None, retry_after=30)
        asked = len(self.api.requests)
        process = self.start()
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        while len(self.api.requests) < asked + 3:
            time.sleep(0.02)
        ran = self.scan_raw("-A", status=75)
        self.assertIn("another", ran.stderr)


if __name__ == "__main__":
    unittest.main()
