"""Waivers and the baseline in scans: what the database keeps of them, and what comes back."""

import json
import unittest

import scans

from servers import images

OWN_ROW = ('INTO "scan"', "sqlite_sequence", 'INSERT INTO "scan_cluster"')
POLICY = """\
waivers:
- {{rule: running-differs, object: "Deployment/web", until: {until}, reason: rebuilt by hand}}
"""


class Shop(scans.ScanTest):
    """One Deployment that runs what it does not declare, and one with a tag alone."""

    def setUp(self):
        super().setUp()
        self.good = images.index([images.image("linux/amd64", "good")])
        self.bad = images.index([images.image("linux/amd64", "bad")])
        self.push(self.good, "shop/app", "1")
        self.push(self.bad, "shop/app", "2")
        self.pinned = self.reference("shop/app", "1", self.good.digest)
        self.loose = self.reference("shop/app", "2")
        runs = {"app": f"{self.registry.address}/shop/app@{self.bad.digest}"}
        for name, image in (("web", self.pinned), ("loose", self.loose)):
            self.cluster.deployment(name, "shop", {"app": image}, [runs])
            self.declare(name, "shop", {"app": image})
        self.policy("")

    def policy(self, text):
        (self.folder / "policy.yaml").write_text(text)

    def comment(self, name, text):
        """Write a comment behind the image of a manifest, or take it away."""
        path = self.manifests / f"{name}.yaml"
        lines = [line.split(" # ")[0] for line in path.read_text().splitlines()]
        (at,) = [i for i, line in enumerate(lines) if "image" in line and "shop/app" in line]
        lines[at] += f" # {text}" if text else ""
        path.write_text("\n".join(lines) + "\n")

    def scan(self, *arguments, day="2026-11-23", **options):
        return super().scan("-A", "--policy", "policy.yaml", *arguments,
                            PINDRIFT_NOW=f"{day}T12:00:00Z", **options)

    def state(self, report, rule):
        """(state, first seen, why waived) of the one finding of a rule."""
        (one,) = [one for one in report["findings"] if one["rule"] == rule]
        return one["state"], one["first_seen"][:10], one["waived_reason"]

    @staticmethod
    def names(report, state):
        """The rules of the findings in one state."""
        return [one["rule"] for one in report["findings"] if one["state"] == state]

    def waive_all(self, until="2026-11-30"):
        self.policy(POLICY.format(until=until))
        self.comment("loose", f"pindrift:ignore unpinned until={until} reason=a test image")

    def changed(self, before):
        return [one for one in set(scans.dump(self.database)) ^ set(before)
                if not any(mark in one for mark in OWN_ROW)]


class Waived(Shop):
    def test_inline_and_policy_waivers_cover_what_they_name(self):
        self.scan(status=1)
        self.waive_all()
        report = self.scan(day="2026-11-24", status=0)
        self.assertEqual(self.state(report, "running-differs"),
                         ("waived", "2026-11-23", "rebuilt by hand"))
        self.assertEqual(self.state(report, "unpinned"),
                         ("waived", "2026-11-23", "a test image"))
        self.assertEqual([(one["id"], one["inline"], one["used"]) for one in report["waivers"]],
                         [("running-differs", False, 1), ("unpinned", True, 1)])

    def test_no_inline_waivers_heeds_those_of_the_policy_alone(self):
        self.waive_all()
        report = self.scan("--no-inline-waivers", status=1)
        self.assertEqual(self.state(report, "running-differs")[0], "waived")
        self.assertEqual(self.state(report, "unpinned")[0], "new")
        self.assertEqual(report["summary"]["ignored_waivers"], 1)

    def test_an_unchanged_cluster_adds_the_scans_own_row_alone(self):
        self.waive_all()
        self.scan(status=0)
        before = scans.dump(self.database)
        self.scan(day="2026-11-24", status=0)
        self.assertEqual(self.changed(before), [])

    def test_a_report_is_the_same_when_the_waivers_are_gone(self):
        self.waive_all()
        self.comment("web", "pindrift:ignore parameter until=2026-11-30 reason=no gap here")
        self.serve()
        fresh = {}
        for kind in ("text", "json", "csv", "html", "sarif", "junit", "markdown", "gcc",
                     "github", "gitlab"):
            fresh[kind] = self.scan_raw("-A", "--policy", "policy.yaml", "-f", kind,
                                        status=0).stdout
            self.policy("")
            self.comment("loose", "")
            self.comment("web", "")
            stored = self.pindrift("report", "--db", self.database, "-f", kind, status=0)
            self.assertEqual(fresh[kind], stored.stdout, kind)
            self.waive_all()
            self.comment("web", "pindrift:ignore parameter until=2026-11-30 reason=no gap here")
        self.assertIn("a test image", fresh["text"])
        self.assertIn("waiver-unused", fresh["text"])

    def test_one_that_is_over_opens_the_finding_that_was_there(self):
        self.waive_all(until="2026-11-25")
        self.scan(day="2026-11-23", status=0)
        self.scan(day="2026-11-25", status=0)
        report = self.scan(day="2026-11-26", status=1)
        self.assertEqual(self.state(report, "running-differs"), ("open", "2026-11-23", ""))
        self.assertEqual(self.state(report, "unpinned"), ("open", "2026-11-23", ""))
        self.assertEqual(self.names(report, "new"), ["waiver-expired"] * 2)

    def test_one_that_is_taken_away_leaves_nothing_behind(self):
        self.waive_all(until="2026-11-25")
        self.scan(day="2026-11-26", status=1)
        self.policy("")
        self.comment("loose", "")
        report = self.scan(day="2026-11-27", status=1)
        self.assertEqual(self.names(report, "fixed"), ["waiver-expired"] * 2)
        self.assertEqual(self.state(report, "unpinned")[0], "open")

    def test_unheeded_comments_are_not_taken_for_removed_ones(self):
        self.waive_all(until="2026-11-25")
        self.scan(day="2026-11-26", status=1)
        self.policy("")
        report = self.scan("--no-inline-waivers", day="2026-11-27", status=1)
        self.assertEqual(self.names(report, "fixed"), ["waiver-expired"])  # the policy's
        self.assertEqual(self.names(report, "unknown"), ["waiver-expired"])
        report = self.scan(day="2026-11-28", status=1)
        self.assertEqual(self.state(report, "waiver-expired"), ("open", "2026-11-26", ""))

    def test_what_is_mended_is_fixed_and_its_waiver_unused(self):
        self.waive_all()
        self.scan(status=0)
        self.declare("loose", "shop", {"app": self.reference("shop/app", "2", self.bad.digest)})
        self.comment("loose", "pindrift:ignore unpinned until=2026-11-30 reason=a test image")
        report = self.scan(day="2026-11-24")
        self.assertEqual(self.state(report, "unpinned")[0], "fixed")
        self.assertEqual(len(scans.rules(report)["waiver-unused"]), 1)

    def test_a_gap_makes_a_waived_finding_unknown_and_its_waiver_not_unused(self):
        self.waive_all()
        self.scan(status=0)
        world = self.cluster.world()
        world.deny()
        self.serve(world)
        report = self.scan(day="2026-11-24", status=3)
        self.assertEqual(self.state(report, "running-differs")[0], "unknown")
        self.assertNotIn("waiver-unused", scans.rules(report))
        self.serve(self.cluster.world())
        report = self.scan(day="2026-11-25", status=0)
        self.assertEqual(self.state(report, "running-differs"),
                         ("waived", "2026-11-23", "rebuilt by hand"))

    def test_a_waived_gap_hides_what_it_hid(self):
        self.scan(status=1)
        self.policy("waivers:\n- {gap: forbidden, cluster: test, until: 2026-11-30, reason: not ours}\n")
        self.comment("loose", "pindrift:ignore unpinned until=2026-11-30 reason=a test image")
        world = self.cluster.world()
        world.deny(resource="pods")
        self.serve(world)
        report = self.scan(day="2026-11-24", status=0)
        self.assertEqual({one["waived_reason"] for one in report["gaps"]}, {"not ours"})
        self.assertEqual(self.state(report, "running-differs")[0], "unknown")
        self.assertNotIn("fixed", [one["state"] for one in report["findings"]])
        stored = self.pindrift("report", "--db", self.database, "-f", "json", status=0)
        self.assertEqual(json.loads(stored.stdout), report)
        self.scan(day="2026-12-01", status=1)  # unpinned stands again
        self.comment("loose", "pindrift:ignore unpinned until=2026-12-30 reason=a test image")
        self.scan(day="2026-12-01", status=3)  # and so does the gap

    def test_a_part_of_the_cluster_says_nothing_of_the_rest(self):
        self.waive_all()
        self.scan(status=0)
        before = scans.dump(self.database)
        report = super(Shop, self).scan("-n", "elsewhere", "--policy", "policy.yaml", status=5)
        self.assertEqual(scans.rules(report, states=("new", "open", "fixed", "unknown")), {})
        self.assertEqual(self.changed(before), [])


class Baseline(Shop):
    def test_what_stood_then_is_known_and_what_is_new_fails(self):
        report = self.scan(status=1)
        self.write("base.json", json.dumps(report))
        report = self.scan("--baseline", "base.json", day="2026-11-24", status=0)
        self.assertEqual({one["state"] for one in report["findings"]
                          if one["level"] == "error"}, {"known"})
        before = scans.dump(self.database)
        self.scan("--baseline", "base.json", day="2026-11-25", status=0)
        self.assertEqual(self.changed(before), [])
        self.declare("new", "shop", {"app": self.reference("shop/app", "1")})
        report = self.scan("--baseline", "base.json", day="2026-11-26", status=1)
        new = [(one["rule"], one["name"]) for one in report["findings"] if one["state"] == "new"]
        self.assertIn(("unpinned", "new"), new)
        stored = self.pindrift("report", "--db", self.database, "-f", "json", status=1)
        self.assertEqual(json.loads(stored.stdout), report)

    def test_a_gap_fails_it_all_the_same(self):
        self.write("base.json", json.dumps(self.scan(status=1)))
        world = self.cluster.world()
        world.deny()
        self.serve(world)
        self.scan("--baseline", "base.json", status=3)


if __name__ == "__main__":
    unittest.main()
