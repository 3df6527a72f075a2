"""Waivers in manifests, and the baseline."""

import json
import unittest

import lib

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: a
    image: %s
"""
PINNED = "nginx:1@sha256:6c3c624b58dbbcd3c0dd82b4c53f04194d1247c6eebdaab7c610cf7d66709b3b"
GOOD = "nginx:1 # pindrift:ignore unpinned until=2026-11-23 reason=a test"
HEX = "7681a2ca5581475e00189d0215693a88283d22d43c1b08ce5d1f1ace40524d2b"


class Waivers(lib.TestCase):
    def check(self, image, *arguments, status, now="2026-11-23T23:59:59Z", **environment):
        self.write("pod.yaml", POD % image)
        return json.loads(self.pindrift("check", "--now", now, "-f", "json", "pod.yaml",
                                        *arguments, status=status, **environment).stdout)

    def states(self, *arguments, **options):
        return sorted((finding["rule"], finding["state"])
                      for finding in self.check(*arguments, **options)["findings"])

    def test_it_holds_to_the_end_of_its_last_day(self):
        self.assertEqual(self.states(GOOD, status=0), [("unpinned", "waived")])
        self.assertEqual(self.states(GOOD, status=1, now="2026-11-24T00:00:00Z"),
                         [("unpinned", "new"), ("waiver-expired", "new")])

    def test_what_is_wrong_with_it_is_said_and_nothing_is_covered(self):
        for rest in ("unpinned until=2026-02-30 reason=x", "unpinned until=2027-01-31",
                     "unpinned reason=x", "unpinned until=2028-01-31 reason=x",
                     "nope until=2027-01-31 reason=x", "", "unpinned 2027-01-31 reason=x"):
            with self.subTest(rest):
                self.assertEqual(self.states(f"nginx:1 # pindrift:ignore {rest}", status=1),
                                 [("unpinned", "new"), ("waiver-unused", "new")])

    def test_a_mistyped_rule_or_gap_is_told_the_nearest(self):
        self.write("pod.yaml", POD % "nginx:1 # pindrift:ignore unpined until=2027-01-31 reason=x")
        self.assertIn("did you mean 'unpinned'?", self.pindrift("check", "pod.yaml").stdout)
        for gap, hint in (("not-yml:a/*", "did you mean not-yaml?"), ("nope", "in brackets")):
            ran = self.pindrift("check", "pod.yaml", "--allow-incomplete", gap, status=2)
            self.assertIn(hint, ran.stderr)

    def test_one_that_covers_nothing_is_a_finding(self):
        image = f"nginx:1@sha256:{HEX} # pindrift:ignore unpinned until=2027-01-31 reason=x"
        self.assertEqual(self.states(image, status=0), [("waiver-unused", "new")])

    def test_rules_that_check_does_not_ask_are_not_called_unused(self):
        image = f"nginx:1@sha256:{HEX} # pindrift:ignore tag-moved until=2027-01-31 reason=x"
        self.assertEqual(self.states(image, status=0), [])

    def test_text_in_quotes_is_no_comment(self):
        self.assertEqual(self.states('"nginx:1" # pindrift:ignore unpinned until=2027-01-31 '
                                     "reason=x", status=0), [("unpinned", "waived")])
        self.assertEqual(self.states('"nginx:1 # pindrift:ignore unpinned until=2027-01-31 '
                                     'reason=x"', status=1), [("bad-reference", "new")])

    def test_inline_ones_can_be_left_out_and_are_counted(self):
        report = self.check(GOOD, "--no-inline-waivers", status=1)
        self.assertEqual(report["summary"]["ignored_waivers"], 1)
        self.assertEqual(report["waivers"], [])

    def test_a_gap_is_waived_by_name(self):
        image = "$(x) # pindrift:ignore parameter until=2027-01-31 reason=filled in later"
        report = self.check(image, status=0)
        self.assertEqual(report["gaps"][0]["waived_reason"], "filled in later")

    def test_sarif_suppresses(self):
        self.write("pod.yaml", POD % GOOD)
        run = json.loads(self.pindrift("check", "--now", "2026-11-23T12:00:00Z", "-f", "sarif",
                                       "pod.yaml", status=0).stdout)["runs"][0]
        self.assertEqual(run["results"][0]["suppressions"][0]["kind"], "inSource")

    def test_the_page_shows_what_is_waived_at_once_where_there_is_nothing_else(self):
        box = '<input type="checkbox" name="accepted"{}> Waived or known <b>1</b>'
        for images, status, checked in (([GOOD], 0, " checked"), ([GOOD, "nginx:2"], 1, "")):
            self.write("pod.yaml", "".join(POD % image + "---\n" for image in images))
            page = self.pindrift("check", "--now", "2026-11-23T12:00:00Z", "-f", "html",
                                 "pod.yaml", status=status).stdout
            self.assertIn(box.format(checked), page)

    def test_a_reviewer_is_told_of_waivers(self):
        self.write("pod.yaml", POD % GOOD)
        for kind, said in (("github", "::notice title=unpinned,file=pod.yaml,line=7,"),
                           ("gitlab", '"severity": "info"'), ("junit", "<skipped type="),
                           ("markdown", "| waived |"), ("text", "pod.yaml:7:12: waived:")):
            ran = self.pindrift("check", "--now", "2026-11-23T12:00:00Z", "-f", kind,
                                "pod.yaml", status=0)
            self.assertIn(said, ran.stdout, kind)
            self.assertIn("waived until 2026-11-23 by pod", ran.stdout.replace("\n", " "), kind)

    def test_a_baseline_fails_for_new_findings_only(self):
        self.write("base.json", json.dumps(self.check("nginx:1", status=1)))
        self.assertEqual(self.states("nginx:2", "--baseline", "base.json", status=0),
                         [("unpinned", "known")])
        self.assertEqual(self.states("nginx@sha256:abc", "--baseline", "base.json", status=1),
                         [("bad-reference", "new")])

    def test_all_that_a_baseline_without_findings_does_not_know_is_new(self):
        self.write("base.json", json.dumps(self.check(PINNED, status=0)))
        self.assertEqual(self.states("nginx:1", "--baseline", "base.json", status=1),
                         [("unpinned", "new")])

    def test_a_baseline_does_not_hold_on_to_what_was_waived(self):
        self.write("base.json", json.dumps(self.check(GOOD, status=0)))
        self.assertEqual(self.states("nginx:1", "--baseline", "base.json", status=1),
                         [("unpinned", "new")])

    def test_a_gap_is_a_gap_again_when_its_waiver_is_over(self):
        image = "$(x) # pindrift:ignore parameter until=2026-11-23 reason=filled in later"
        self.check(image, status=0)
        report = self.check(image, now="2026-11-24T00:00:00Z", status=3)
        self.assertEqual(report["gaps"][0]["waived"], False)
        self.assertEqual([one["rule"] for one in report["findings"]], ["waiver-expired"])

    def test_its_last_day_is_one_of_utc_wherever_it_is_read(self):
        for zone in ("Pacific/Kiritimati", "America/Los_Angeles", "UTC-14", "UTC+12"):
            with self.subTest(zone):
                self.assertEqual(self.states(GOOD, status=0, TZ=zone), [("unpinned", "waived")])
                self.assertEqual(self.states(GOOD, status=1, TZ=zone,
                                             now="2026-11-24T00:00:00Z")[0], ("unpinned", "new"))

    def test_a_baseline_that_is_none_is_said(self):
        self.write("pod.yaml", POD % "nginx:1")
        for text in ("", "{}", "[]", '{"schema": "pindrift/v1"}', "\0\1", "[" * 100000):
            with self.subTest(text[:9]):
                self.write("base.json", text)
                done = self.pindrift("check", "--baseline", "base.json", "pod.yaml", status=2)
                self.assertEqual(len(done.stderr.splitlines()), 1)


if __name__ == "__main__":
    unittest.main()
