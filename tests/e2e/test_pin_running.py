"""`pindrift pin --from running`, and `--kubectl`: what the last scan saw run is pinned."""

import unittest

import scans

from servers import images


class FromRunning(scans.ScanTest):
    def setUp(self):
        super().setUp()
        self.child = images.image("linux/amd64", "one")
        self.arm = images.image("linux/arm64", "one")
        self.index = images.index([self.child, self.arm])
        self.other = images.index([images.image("linux/amd64", "two"),
                                   images.image("linux/arm64", "two")])
        # One registry serves the class: each test has a repository of its own.
        self.repository = self.id().rsplit(".", 1)[-1].replace("_", "-")

    def here(self, tag="", digest=""):
        return self.reference(self.repository, tag, digest)

    def run_web(self, *image_ids, declared=None, nodes=("node-a", "node-b")):
        """Deployment web in namespace shop, a pod an imageID; scanned."""
        pods = [({"app": one}, {"node": node}) for one, node in zip(image_ids, nodes)]
        self.cluster.deployment("web", "shop", {"app": self.here("1")}, pods)
        self.path = self.declare("web", "shop", {"app": declared or self.here("1")})
        self.scan("-A")

    def pin(self, *arguments, status=0):
        return self.pindrift("pin", "--from", "running", "--db", self.database, *arguments,
                             self.manifests, status=status)

    def assert_pinned(self, digest, tag="1"):
        self.assertIn(f'"{self.here(tag, digest)}"\n', self.path.read_text())

    def assert_untouched(self, *arguments, status, said):
        before = self.path.read_bytes()
        ran = self.pin("--write", *arguments, status=status)
        self.assertIn(said, ran.stderr)
        self.assertEqual(self.path.read_bytes(), before)

    def test_one_platform_runs_and_the_tags_image_index_is_pinned(self):
        self.push(self.index, self.repository, "1")
        self.run_web(self.here(digest=self.child.digest))
        ran = self.pin("--write")
        self.assertEqual(ran.stderr, "")
        self.assert_pinned(self.index.digest)

    def test_several_platforms_run_and_one_image_index_holds_them(self):
        self.push(self.index, self.repository, "1")
        self.run_web(self.here(digest=self.child.digest), self.here(digest=self.arm.digest))
        self.pin("--write")
        self.assert_pinned(self.index.digest)

    def test_the_tag_moved_and_what_runs_is_pinned_all_the_same(self):
        self.push(self.index, self.repository, "1")
        self.run_web(self.here(digest=self.child.digest))
        self.push(self.other, self.repository, "1")
        ran = self.pin("--write")
        self.assertIn("is another image by now", ran.stderr)
        self.assert_pinned(self.index.digest)

    def test_a_pin_that_holds_what_runs_stays(self):
        self.push(self.index, self.repository, "1")
        self.run_web(self.here(digest=self.child.digest),
                     declared=self.here("1", self.index.digest))
        self.assertEqual(self.pin().stdout, "")

    def test_a_pin_that_differs_moves_to_what_runs(self):
        self.push(self.other, self.repository, "2")
        self.push(self.index, self.repository, "1")
        self.run_web(self.here(digest=self.child.digest),
                     declared=self.here("1", self.other.digest))
        self.pin("--write")
        self.assert_pinned(self.index.digest)

    def test_a_config_as_image_id_leads_to_the_index(self):
        self.push(self.index, self.repository, "1")
        self.run_web(self.child.config_digest)
        self.pin("--write")
        self.assert_pinned(self.index.digest)

    def test_the_index_is_gone_and_nothing_is_pinned(self):
        self.push(self.index, self.repository, "1")
        self.run_web(self.here(digest=self.child.digest))
        self.push(self.other, self.repository, "1")
        self.registry.delete(self.repository, self.index.digest)
        self.assert_untouched(status=1, said="no image index in")

    def test_one_platforms_manifest_only_where_it_is_allowed(self):
        self.push(self.other, self.repository, "1")
        self.push(self.child, self.repository)
        self.run_web(self.here(digest=self.child.digest))
        self.assert_untouched(status=1, said="--allow-platform pins one platform's manifest")
        self.pin("--write", "--allow-platform")
        self.assert_pinned(self.child.digest)

    def test_two_images_that_run_are_not_pinned_to_one(self):
        self.push(self.index, self.repository, "1")
        self.push(self.other, self.repository, "2")
        self.run_web(self.here(digest=self.index.digest), self.here(digest=self.other.digest),
                     nodes=("node-a", "node-a"))
        self.assert_untouched(status=1, said="on other nodes other images")
        self.assert_untouched("--allow-platform", status=1, said="on other nodes other images")

    def test_nothing_runs(self):
        self.push(self.index, self.repository, "1")
        self.path = self.declare("web", "shop", {"app": self.here("1")})
        self.scan("-A")
        self.assert_untouched(status=1, said="the last scan saw nothing of it run")

    def test_a_pod_that_has_not_started(self):
        self.push(self.index, self.repository, "1")
        self.run_web("")
        self.assert_untouched(status=1, said="it had not started")

    def test_a_silent_registry_is_no_answer(self):
        self.push(self.index, self.repository, "1")
        self.run_web(self.here(digest=self.child.digest))
        silent = self.registry.address.rsplit(":", 1)[0] + ":1"
        self.path.write_text(self.path.read_text().replace(self.registry.address, silent))
        self.assert_untouched(status=3, said="could not pin")

    def test_without_a_scan_it_says_what_to_do(self):
        self.path = self.declare("web", "shop", {"app": self.here("1")})
        self.assert_untouched(status=4, said="pindrift scan")

    def run_in_two_namespaces(self):
        """One manifest, which names neither of them."""
        self.push(self.index, self.repository, "1")
        for namespace in ("shop", "stage"):
            self.cluster.deployment("web", namespace, {"app": self.here("1")},
                                    [({"app": self.here(digest=self.child.digest)},
                                      {"node": "node-a"})])
        self.path = self.declare("web", "", {"app": self.here("1")})

    def test_manifests_without_a_namespace(self):
        self.run_in_two_namespaces()
        self.scan("-A")
        self.assert_untouched(status=1, said="it runs in several namespaces")
        self.pin("--write", "-n", "stage")
        self.assert_pinned(self.index.digest)

    def test_manifests_for_another_cluster_are_not_pinned_to_what_runs_in_this_one(self):
        self.push(self.index, self.repository, "1")
        self.run_web(self.here(digest=self.child.digest))
        (self.manifests / ".pindrift.yaml").write_text(
            "environments: [{paths: ['**'], cluster: stage}]\n")
        self.assert_untouched(status=1, said="is meant for cluster stage, and the last scan was of")

    def test_the_namespace_of_the_environment(self):
        self.run_in_two_namespaces()
        self.scan("-A", "--cluster-name", "one")
        (self.manifests / ".pindrift.yaml").write_text(
            "environments: [{paths: ['**'], cluster: one, namespace: stage}]\n")
        self.pin("--write")
        self.assert_pinned(self.index.digest)

    def test_options_that_exclude_each_other(self):
        self.path = self.declare("web", "shop", {"app": self.here("1")})
        self.assert_untouched("--unpin", status=2, said="exclude each other")
        self.assert_untouched("--kubectl", status=2, said="exclude each other")
        self.assert_untouched("--unpin", "--allow-platform", status=2,
                              said="--unpin and --allow-platform exclude each other")
        ran = self.pindrift("pin", "--allow-platform", self.manifests, status=2)
        self.assertIn("--from running", ran.stderr)
        ran = self.pindrift("pin", "--from", "elsewhere", self.manifests, status=2)
        self.assertIn("only 'running'", ran.stderr)


class FieldsOfThePolicy(scans.ScanTest):
    def test_the_image_of_a_declared_custom_resource_is_pinned_and_unpinned(self):
        index = images.index([images.image("linux/amd64", "one")])
        self.push(index, "fields/app", "1")
        app = self.reference("fields/app", "1")
        (self.manifests / ".pindrift.yaml").write_text(
            "fields: [{group: example.com, kind: Widget, images: [spec.image]}]\n")
        path = self.manifests / "widget.yaml"
        before = ("apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\n"
                  f"spec:\n  image: {app}\n")
        path.write_text(before)
        self.pindrift("pin", "--write", self.manifests, status=0)
        self.assertIn(f"  image: {app}@{index.digest}\n", path.read_text())
        self.pindrift("pin", "--unpin", "--write", self.manifests, status=0)
        self.assertEqual(path.read_text(), before)


class Kubectl(scans.ScanTest):
    def setUp(self):
        super().setUp()
        self.index = images.index([images.image("linux/amd64", "one")])
        self.push(self.index, "kubectl/app", "1")
        self.app = self.reference("kubectl/app", "1")
        self.pinned = self.reference("kubectl/app", "1", self.index.digest)

    def kubectl(self, *arguments, status):
        return self.pindrift("pin", "--kubectl", *arguments, self.manifests, status=status)

    def test_one_command_a_workload(self):
        self.declare("web", "shop", {"app": self.app, "log": self.app},
                     init={"prepare": self.app})
        self.declare("done", "shop", {"app": self.pinned})
        before = (self.manifests / "web.yaml").read_bytes()
        ran = self.kubectl(status=1)
        self.assertEqual(ran.stdout, f"kubectl set image -n shop deployment/web app={self.pinned}"
                                     f" log={self.pinned} prepare={self.pinned}\n")
        self.assertEqual((self.manifests / "web.yaml").read_bytes(), before)

    def test_a_namespace_for_manifests_that_name_none(self):
        self.declare("web", "", {"app": self.app})
        self.assertIn("image deployment/web ", self.kubectl(status=1).stdout)
        self.assertIn("image -n stage deployment/web ",
                      self.kubectl("-n", "stage", status=1).stdout)

    def test_the_namespace_of_the_environment(self):
        self.declare("web", "", {"app": self.app})
        (self.manifests / ".pindrift.yaml").write_text(
            "environments: [{paths: ['**'], cluster: one, namespace: stage}]\n")
        self.assertIn("image -n stage deployment/web ", self.kubectl(status=1).stdout)

    def test_what_kubectl_cannot_set_is_said(self):
        self.declare("once", "shop", {"app": self.app}, kind="Job", api_version="batch/v1")
        ran = self.kubectl(status=1)
        self.assertEqual(ran.stdout, "")
        self.assertIn("does not take this kind", ran.stderr)

    def test_names_never_reach_a_shell_as_more_than_names(self):
        self.declare("a;touch x", "shop", {"app": self.app})
        self.declare("b", "$(touch x)", {"app": self.app})
        self.declare("c", "shop", {"`touch x`": self.app})
        ran = self.kubectl(status=1)
        self.assertEqual(ran.stdout, "")
        self.assertEqual(ran.stderr.count("its names are none"), 3)

    def test_nothing_to_change(self):
        self.declare("done", "shop", {"app": self.pinned})
        self.assertEqual(self.kubectl(status=0).stdout, "")


if __name__ == "__main__":
    unittest.main()
