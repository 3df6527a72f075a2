"""`pindrift check`: the gate.  No network, no process; every finding at its place."""

import json
import shutil
import subprocess
import unittest

import scans

import lib

HEX = "7681a2ca5581475e00189d0215693a88283d22d43c1b08ce5d1f1ace40524d2b"

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: {name}
spec:
  containers:
  - name: app
    image: {image}
"""


class Check(lib.TestCase):
    def check(self, text, *arguments, status=None, name="pod.yaml"):
        self.write(name, text)
        return json.loads(self.pindrift("check", "-f", "json", name, *arguments,
                                        status=status).stdout)

    def rules_of(self, image, status=1):
        return sorted(scans.rules(self.check(POD.format(name="one", image=image),
                                             status=status)))

    def test_pinned_images_pass(self):
        self.assertEqual(self.rules_of(f"registry.example.com/app:2.3.0@sha256:{HEX}", 0), [])

    def test_what_is_not_pinned_fails(self):
        for image in ("nginx", "nginx:latest", "nginx:1.25", "registry.example.com:5000/a/b:1"):
            with self.subTest(image):
                self.assertEqual(self.rules_of(image), ["unpinned"])

    def test_what_is_no_reference_is_called_that(self):
        for image in ("app@sha256:abc", "registry.example.com/myapp@sha256:newdigest...",
                      "registry.example.com/UPPER:1", '"app:"', f"app@sha256:{HEX.upper()}"):
            with self.subTest(image):
                self.assertEqual(self.rules_of(image), ["bad-reference"])

    def test_a_digest_of_nothing_is_called_that(self):
        empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        for digest in (empty, "0" * 64, "a" * 64):
            with self.subTest(digest):
                rules = self.rules_of(f"registry.example.com/myapp:1@sha256:{digest}")
                self.assertEqual(rules, ["placeholder-digest"])

    def test_a_placeholder_is_a_gap(self):
        for image in ("$(params.image)", "${IMAGE}", "<image>"):
            with self.subTest(image):
                report = self.check(POD.format(name="one", image=f'"{image}"'), status=3)
                self.assertEqual([gap for gap, _ in scans.gaps(report)], ["parameter"])
                self.assertEqual(scans.rules(report), {})

    def test_two_image_keys_are_one_too_many(self):
        text = POD.format(name="one", image=f"a:1@sha256:{HEX}") + f"    image: b:1@sha256:{HEX}\n"
        self.assertIn("duplicate-key", scans.rules(self.check(text, status=1)))

    def test_a_finding_stands_at_its_place(self):
        text = "# a comment\n---\n" + POD.format(name="one", image="nginx:1.25")
        (finding,) = self.check(text, status=1)["findings"]
        self.assertEqual((finding["file"], finding["line"], finding["column"]),
                         ("pod.yaml", 10, 12))

    def test_gcc_output_is_for_editors(self):
        self.write("pod.yaml", POD.format(name="one", image="nginx:1.25"))
        ran = self.pindrift("check", "-f", "gcc", "pod.yaml", status=1)
        self.assertRegex(ran.stdout, r"^pod\.yaml:8:12: error: .*nginx:1\.25.* \[unpinned\]\n")

    def test_json_and_lists_and_streams(self):
        pods = [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
                 "spec": {"containers": [{"name": "app", "image": "nginx"}]}}
                for name in ("one", "two")]
        value = json.dumps({"apiVersion": "v1", "kind": "List", "items": pods}, indent=1)
        report = self.check(value, status=1, name="list.json")
        self.assertEqual(scans.rules(report), {"unpinned": ["one/app", "two/app"]})
        ran = self.pindrift("check", "-", "-f", "json", status=1,
                            stdin=POD.format(name="one", image="a") + "---\n" +
                            POD.format(name="two", image="b"))
        self.assertEqual(scans.rules(json.loads(ran.stdout)),
                         {"unpinned": ["one/app", "two/app"]})

    def test_a_pipe_of_the_shell(self):
        self.write("pod.yaml", POD.format(name="one", image="nginx"))
        ran = subprocess.run(["bash", "-c", '"$PINDRIFT" check -f gcc <(cat pod.yaml)'],
                             cwd=self.folder, capture_output=True, text=True, timeout=30,
                             env=lib.environment(self.folder, PINDRIFT=lib.program()))
        self.assertEqual(ran.returncode, 1)
        self.assertRegex(ran.stdout, r"^/dev/fd/\d+:8:\d+: error: nginx has no digest")

    def test_every_built_in_kind(self):
        kinds = [("v1", "ReplicationController"), ("apps/v1", "Deployment"),
                 ("apps/v1", "ReplicaSet"), ("apps/v1", "StatefulSet"), ("apps/v1", "DaemonSet"),
                 ("batch/v1", "Job"), ("argoproj.io/v1alpha1", "Rollout")]
        spec = {"initContainers": [{"name": "first", "image": "a"}],
                "containers": [{"name": "app", "image": "b"}],
                "volumes": [{"name": "data", "image": {"reference": "c"}}]}
        objects = [{"apiVersion": version, "kind": kind, "metadata": {"name": kind.lower()},
                    "spec": {"template": {"spec": spec}}} for version, kind in kinds]
        objects.append({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "cron"},
                        "spec": {"jobTemplate": {"spec": {"template": {"spec": spec}}}}})
        objects.append({"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "template"},
                        "template": {"spec": spec}})
        objects.append({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod"},
                        "spec": dict(spec, ephemeralContainers=[{"name": "debug", "image": "d"}])})
        report = self.check("---\n".join(lib.yaml_of(one) for one in objects), status=1)
        self.assertEqual(len(report["declared"]), 3 * len(objects) + 1)
        self.assertEqual({one["class"] for one in report["declared"]},
                         {"container", "init", "image-volume", "ephemeral"})

    def test_other_files_are_ignored_and_counted(self):
        self.write("tree/pod.yaml", POD.format(name="one", image=f"a:1@sha256:{HEX}"))
        self.write("tree/settings.yaml", "color: blue\n")
        self.write("tree/.git/config.yaml", "not: [ ours\n")
        report = json.loads(self.pindrift("check", "tree", "-f", "json", status=0).stdout)
        self.assertEqual(report["summary"]["ignored_files"], 1)
        self.assertEqual(report["summary"]["files"], 1)

    def test_json_that_is_not_read_and_holds_no_object_is_ignored(self):
        self.write("tree/pod.yaml", POD.format(name="one", image=f"a:1@sha256:{HEX}"))
        self.write("tree/tsconfig.json", '{ // a comment\n  "image": "a:1", }\n')
        self.write("tree/package-lock.json", '{"a": "' + "b" * 9_000_000 + '"}')
        report = json.loads(self.pindrift("check", "tree", "-f", "json", status=0).stdout)
        self.assertEqual(report["summary"]["ignored_files"], 2)
        for name, text in (("a.json", '{"apiVersion": // 1\n}'), ("b.json", r'{"\u0061" //}'),
                           ("values.json", "{ // a\n}"), ("docker-compose.json", "{,}")):
            with self.subTest(name):
                self.write(name, text)
                self.pindrift("check", name, status=3)
        (self.folder / "c.json").write_bytes('{"apiVersion": "v1"}'.encode("utf-16"))
        self.pindrift("check", "c.json", status=3)

    def test_a_folder_without_images_is_nothing(self):
        self.write("tree/settings.yaml", "color: blue\n")
        self.pindrift("check", "tree", status=5)
        self.pindrift("check", "tree", "--allow-empty", status=0)
        self.pindrift("check", "tree/settings.yaml", status=0)
        self.pindrift("check", "nowhere", status=2)

    def test_the_files_after_a_broken_one_are_checked_too(self):
        self.write("tree/a.yaml", "a: [1\n")
        self.write("tree/b.yaml", POD.format(name="one", image="nginx"))
        report = json.loads(self.pindrift("check", "tree", "-f", "json", status=1).stdout)
        self.assertEqual(scans.rules(report), {"unpinned": ["one/app"]})
        self.assertEqual([gap for gap, _ in scans.gaps(report)], ["not-yaml"])
        self.pindrift("check", "tree", "--fail-on", "never", status=3)

    def test_the_first_resource_of_a_kustomization_that_is_not_read_is_a_gap(self):
        pinned = f"registry.example.com/app:1@sha256:{HEX}"
        self.write("tree/base/kustomization.yaml", "resources: [./pod.yaml]\n")
        self.write("tree/base/pod.yaml", POD.format(name="one", image=pinned))
        self.write("tree/overlays/prod/own/pod.yaml", POD.format(name="two", image=pinned))
        self.write("tree/overlays/prod/kustomization.yaml",
                   "resources:\n- ../../base/\n- own/pod.yaml\n- none.yaml\n"
                   "- ../../../../../../../../../../../../base\n")
        folder, line = "tree/overlays/prod", "tree/overlays/prod/kustomization.yaml:"
        for in_git in (False, True):
            if in_git:
                self.write("tree/.git/config", "")
            outside = [4] if in_git else [2]
            for paths, lines in (([folder], outside), ([folder, "tree/base"], [4]),
                                 (["tree"], [4]), ([folder + "/kustomization.yaml"], outside)):
                with self.subTest(paths=paths, in_git=in_git):
                    ran = self.pindrift("check", "-f", "json", *paths, status=3)
                    gaps = json.loads(ran.stdout)["gaps"]
                    self.assertEqual([(gap["id"], gap["subject"]) for gap in gaps],
                                     [("kustomize-not-evaluated", line + str(n)) for n in lines])

    def test_fail_on_takes_levels_and_rules(self):
        self.write("pod.yaml", POD.format(name="one", image="nginx"))
        for fail_on, status in (("error", 1), ("note", 1), ("never", 0), ("bad-reference", 0),
                                ("unpinned", 1), ("nonsense", 2)):
            with self.subTest(fail_on):
                self.pindrift("check", "pod.yaml", "--fail-on", fail_on, status=status)
        self.pindrift("check", "pod.yaml", PINDRIFT_FAIL_ON="never", status=0)

    def test_deep_nesting_is_not_checked_and_takes_no_time(self):
        for text in ("[" * 100000, "{a: " * 100000, "- " * 100000, "? " * 100000):
            with self.subTest(text[:8]):
                self.write("deep.yaml", text)
                self.pindrift("check", "deep.yaml", status=3, timeout=10)

    def test_a_great_many_keys_take_no_time(self):
        keys = "".join(f"  k{i}: {{}}\n" for i in range(100_000))
        self.write("values.yaml", "all:\n" + keys)
        self.write("compose.yaml", "services:\n" + keys)
        self.write("custom.yaml", "apiVersion: example.com/v1\nkind: Thing\nspec:\n" +
                   keys.replace("k", "image").replace("{}", "'A b'").replace(":", "Name:"))
        for name in ("values.yaml", "compose.yaml", "custom.yaml"):
            with self.subTest(name):
                self.pindrift("check", name, timeout=5)

    def listed(self, names, *arguments, status):
        data = b"".join(name.encode() + b"\0" for name in names)
        (self.folder / "list").write_bytes(data)
        return self.pindrift("check", "--files-from0", "list", *arguments, status=status)

    def test_a_list_names_the_files(self):
        pinned = f"registry.example.com/app:1@sha256:{HEX}"
        self.write("good.yaml", POD.format(name="good", image=pinned))
        self.write("bad.yaml", POD.format(name="bad", image="nginx"))
        self.write("README.md", "image: nginx")
        self.assertIn("bad.yaml:8", self.listed(["good.yaml", "bad.yaml", "README.md"],
                                                "-f", "gcc", status=1).stdout)
        self.listed(["good.yaml"], status=0)
        self.listed(["bad.yaml"], "good.yaml", status=1)
        for names in ([], ["README.md", "gone.md"]):
            self.listed(names, status=0)

    def test_a_list_with_deleted_files_is_a_mistake(self):
        self.assertIn("--diff-filter=d", self.listed(["gone.yaml"], status=2).stderr)

    def test_a_list_of_lines_is_a_mistake(self):
        self.write("bad.yaml", POD.format(name="bad", image="nginx"))
        self.write("list", "bad.yaml\n")
        for name in ("list", "absent"):
            result = self.pindrift("check", "--files-from0", name, status=2)
            self.assertIn(f"--files-from0 {name}: ", result.stderr)

    @unittest.skipUnless(shutil.which("strace"), "strace is not here")
    def test_it_makes_no_connection_and_starts_no_process(self):
        self.write("pod.yaml", POD.format(name="one", image="nginx"))
        trace = self.folder / "trace"
        subprocess.run(["strace", "-f", "-o", trace, "-e", "trace=network,process",
                        lib.program(), "check", "pod.yaml"], cwd=self.folder,
                       env=dict(lib.environment(self.home), ASAN_OPTIONS="detect_leaks=0"),
                       capture_output=True, check=False)
        calls = trace.read_text()
        if "execve(" not in calls:
            self.skipTest("strace may not trace here")
        self.assertEqual(calls.count("execve("), 1)
        self.assertNotIn("connect(", calls)
        self.assertNotIn("fork(", calls)


if __name__ == "__main__":
    unittest.main()
