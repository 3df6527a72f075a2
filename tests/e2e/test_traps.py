"""Ways in which what a pod reports misleads, each with real images and its verdict.

The imageID depends on the runtime and on whatever else its node holds
(docs/verdicts.md); statuses stand in another order than the spec, and some are absent.
"""

import unittest

import scans

from servers import images
from servers.kube_objects import owner_of

LATER = "2026-11-23T11:59:00Z"
LONG_AGO = "2026-11-01T00:00:00Z"


def both(salt):
    """An image index of two platforms."""
    return images.index([images.image("linux/amd64", salt), images.image("linux/arm64", salt)])


class TrapTest(scans.ScanTest):
    def setUp(self):
        super().setUp()
        self.repository = f"trap/{self._testMethodName.replace('_', '-')}"[:120]

    def pin(self, node, *others, repository=None):
        """Push images; the reference that pins the first one."""
        repository = repository or self.repository
        for one in (node, *others):
            self.push(one, repository)
        self.push(node, repository, "1")
        return self.reference(repository, "1", node.digest)

    def shown(self, node, repository=None):
        return self.reference(repository or self.repository, digest=node.digest)

    def run_pinned(self, name, pinned, *pods, **options):
        """A Deployment that is declared and applied as pinned; the containers of a dict."""
        containers = pinned if isinstance(pinned, dict) else {"app": pinned}
        ids = [one if isinstance(one, (dict, tuple)) else {"app": one} for one in pods]
        self.declare(name, "shop", containers)
        return self.cluster.deployment(name, "shop", containers, ids, **options)

    def judge(self, verdicts, rules=None, gaps=(), arguments=(), **variables):
        """Scan; {workload/container: {(verdict, how)}}, {rule: subjects}, and the gaps."""
        report = self.scan("-A", *arguments, **variables)
        self.assertEqual(scans.verdicts(report), verdicts)
        self.assertEqual(scans.rules(report), rules or {})
        self.assertEqual([gap for gap, _ in scans.gaps(report)], list(gaps))
        return report


EXACT, PLATFORM = {("match", "exact")}, {("match", "platform")}
CONFIG, BOUND = {("match", "config")}, {("match", "bound")}
DRIFT, ROLLING_OUT = {("drift", "layers")}, {("rolling-out", "")}
PENDING, UNDECLARED = {("pending", "")}, {("undeclared", "")}


class Containerd(TrapTest):
    def test_the_smaller_digest_is_shown_for_every_container(self):
        """Two indexes of one image: whoever is pinned to the other is shown this one too."""
        amd64 = images.image("linux/amd64", "smaller")
        pair = sorted((images.index([amd64, images.attestation(amd64, one)])
                       for one in ("first", "second")), key=lambda one: one.digest)
        for name, node in zip(("smaller", "larger"), pair):
            self.run_pinned(name, self.pin(node), self.shown(pair[0]))
        self.judge({"smaller/app": EXACT, "larger/app": PLATFORM})

    def test_the_smaller_digest_of_a_manifest_pushed_again(self):
        amd64 = images.image("linux/amd64", "again")
        twin = images.twin(amd64, docker=False, recompress=True)
        self.run_pinned("web", self.pin(amd64, twin), self.shown(twin))
        self.judge({"web/app": CONFIG})

    def test_another_repository_that_holds_the_same_image_is_shown(self):
        index = both("elsewhere")
        self.pin(index, repository="aaa/mirror")
        self.run_pinned("web", self.pin(index), self.shown(index.children[0], "aaa/mirror"))
        self.judge({"web/app": PLATFORM})

    def test_the_shown_digest_changes_without_a_restart(self):
        """Pods of one workload show the index, and its manifest: the same image, not mixed."""
        index = both("changes")
        self.run_pinned("web", self.pin(index), (
            {"app": self.shown(index)}, {"node": "node-a"}),
            ({"app": self.shown(index.children[0])}, {"node": "node-a"}))
        self.judge({"web/app": EXACT | PLATFORM})

    def test_status_image_is_a_bare_config_or_another_tag(self):
        index = both("status image")
        made = self.run_pinned("web", self.pin(index), self.shown(index), self.shown(index))
        pods = [one for one in made if one["kind"] == "Pod"]
        for pod, text in zip(pods, (index.children[0].config_digest, "other.example/x:9")):
            pod["status"]["containerStatuses"][0]["image"] = text
        self.judge({"web/app": EXACT})

    def test_an_imported_name_that_no_registry_has(self):
        """What the name holds is proved where the pinned repository has it, else bound."""
        index = both("imported")
        name = "docker.io/library/import-2026-11-01@"
        self.run_pinned("known", self.pin(index), name + index.children[0].digest)
        self.run_pinned("unknown", self.pin(index), name + "sha256:" + "ab" * 32)
        self.judge({"known/app": PLATFORM, "unknown/app": BOUND}, gaps=["unreachable"],
                   https_proxy="http://127.0.0.1:9")

    def test_no_repository_is_left_but_the_config(self):
        index = both("loaded")
        self.run_pinned("web", self.pin(index), index.children[0].config_digest)
        self.judge({"web/app": CONFIG})


class CriO(TrapTest):
    def test_a_cross_product_that_never_existed(self):
        """The repository of one image with the digest of another form of it."""
        index = both("cross product")
        other = images.image("linux/amd64", "something else")
        self.pin(other, repository="team/other")
        pinned = self.pin(index)
        self.run_pinned("list", pinned, self.shown(index, "team/other"))
        self.run_pinned("manifest", pinned, self.shown(index.children[0], "team/other"))
        self.judge({"list/app": EXACT, "manifest/app": PLATFORM})

    def test_a_cross_product_does_not_hide_another_image(self):
        index, other = both("pinned"), both("what runs")
        self.run_pinned("web", self.pin(index, other), self.shown(other, "team/nothing"))
        self.judge({"web/app": DRIFT}, {"running-differs": ["web/app"]})

    def test_64_digits_without_a_prefix_are_each_meaning(self):
        index, other = both("bare"), both("bare, another")
        amd64, pinned = index.children[0], self.pin(index, other)
        for name, digest in (("config", amd64.config_digest), ("manifest", amd64.digest),
                             ("index", index.digest),
                             ("another", other.children[0].config_digest)):
            self.run_pinned(name, pinned, digest.partition(":")[2])
        self.judge({"config/app": CONFIG, "manifest/app": PLATFORM, "index/app": EXACT,
                    "another/app": DRIFT}, {"running-differs": ["another/app"]})


class Dockershim(TrapTest):
    def test_docker_pullable_shows_the_first_repository(self):
        index = both("pullable")
        self.pin(index, repository="aaa/first")
        self.run_pinned("web", self.pin(index),
                        "docker-pullable://" + self.shown(index.children[0], "aaa/first"))
        self.judge({"web/app": PLATFORM})

    def test_docker_without_repository_is_a_config(self):
        index = both("docker")
        self.run_pinned("web", self.pin(index), "docker://" + index.children[0].config_digest)
        self.judge({"web/app": CONFIG})


class Statuses(TrapTest):
    def test_statuses_are_sorted_by_name_and_init_statuses_are_not(self):
        one, two = both("one"), both("two")
        first, second = self.pin(one), self.pin(two, repository="trap/second")
        containers, init = {"z": first, "a": second}, {"y": second, "b": first}
        shown = {"z": self.shown(one), "a": self.shown(two, "trap/second")}
        shown.update(y=shown["a"], b=shown["z"])
        self.declare("web", "shop", containers, init=init)
        made = self.cluster.deployment("web", "shop", containers, [shown], init=init)
        status = made[-1]["status"]
        self.assertEqual([each["name"] for each in status["containerStatuses"]], ["a", "z"])
        self.assertEqual([each["name"] for each in status["initContainerStatuses"]], ["y", "b"])
        self.judge({f"web/{name}": EXACT for name in "zayb"})

    def test_a_lost_container_has_no_image_id(self):
        """The node forgot it: nothing can be said, and nothing is."""
        index = both("lost")
        made = self.run_pinned("web", self.pin(index), {"app": ""})
        made[-1]["status"]["containerStatuses"][0]["state"] = {
            "terminated": {"exitCode": 137, "reason": "ContainerStatusUnknown"}}
        self.judge({"web/app": PENDING})

    def test_a_crash_loop_keeps_the_image_id_of_the_last_container(self):
        index, other = both("good"), both("crashes")
        pinned, crashing = self.pin(index, other), {"waiting": {"app": "CrashLoopBackOff"}}
        self.run_pinned("same", pinned, ({"app": self.shown(index)}, crashing))
        self.run_pinned("other", pinned, ({"app": self.shown(other)}, crashing))
        self.judge({"same/app": EXACT, "other/app": DRIFT}, {"running-differs": ["other/app"]})

    def test_a_pod_that_is_not_scheduled_has_no_statuses(self):
        self.declare("web", "shop", {"app": self.pin(both("unscheduled"))})
        pinned = self.reference(self.repository, "1", both("unscheduled").digest)
        made = self.cluster.deployment("web", "shop", {"app": pinned}, [None])
        self.assertNotIn("containerStatuses", made[-1]["status"])
        self.judge({"web/app": PENDING})

    def test_an_image_that_cannot_be_pulled_is_no_drift(self):
        index = both("unpulled")
        self.run_pinned("web", self.pin(index),
                        ({"app": ""}, {"waiting": {"app": "ImagePullBackOff"}}))
        self.judge({"web/app": PENDING}, {"image-pull-failing": ["web/app"]})


class Classes(TrapTest):
    def test_a_sidecar_stands_among_the_init_statuses(self):
        index, other = both("sidecar"), both("another sidecar")
        pinned = self.pin(index, other)
        made = self.run_pinned("web", pinned, {"app": self.shown(index),
                                               "proxy": self.shown(other)},
                               sidecars={"proxy": pinned})
        names = [one["name"] for one in made[-1]["status"]["initContainerStatuses"]]
        self.assertEqual(names, ["proxy"])
        report = self.judge({"web/app": EXACT, "web/proxy": UNDECLARED},
                            {"injected": ["web/proxy"]})
        self.assertEqual({one["container"]: one["class"] for one in report["running"]},
                         {"app": "container", "proxy": "sidecar"})

    def test_an_ephemeral_container_is_in_no_template(self):
        index, tool = both("app"), both("tool")
        self.pin(tool, repository="trap/tool")
        pod = {"ephemeral": {"debug": self.shown(tool, "trap/tool")}}
        self.run_pinned("web", self.pin(index), (
            {"app": self.shown(index), "debug": self.shown(tool, "trap/tool")}, pod))
        report = self.judge({"web/app": EXACT, "web/debug": UNDECLARED},
                            {"injected": ["web/debug"]})
        self.assertIn("ephemeral", {one["class"] for one in report["running"]})

    def test_an_image_volume_has_no_status_unless_its_digest_is_reported(self):
        index, model, other = both("app"), images.artifact("model"), images.artifact("other")
        pinned = self.pin(index)
        volume = self.pin(model, other, repository="trap/model")
        for name, digest in (("silent", None), ("same", model), ("other", other)):
            path = self.declare(name, "shop", {"app": pinned})
            path.write_text(path.read_text() + '      volumes:\n        - name: model\n'
                            f'          image:\n            reference: "{volume}"\n')
            made = self.cluster.deployment(name, "shop", {"app": pinned},
                                           [{"app": self.shown(index)}],
                                           volumes={"model": volume})
            if digest:
                made[-1]["status"]["containerStatuses"][0]["volumeMounts"] = [
                    {"name": "model", "mountPath": "/model", "volumeStatus": {
                        "image": {"imageRef": self.shown(digest, "trap/model")}}}]
        self.judge({"silent/app": EXACT, "same/app": EXACT, "other/app": EXACT,
                    "silent/model": PENDING, "same/model": EXACT, "other/model": DRIFT},
                   {"running-differs": ["other/model"]})


class Pods(TrapTest):
    def test_a_mirror_pod_belongs_to_no_workload_though_its_node_controls_it(self):
        index = both("static")
        pinned, node = self.pin(index), self.cluster.objects[0]
        self.declare("web", "shop", {"app": pinned})
        self.cluster.deployment("web", "shop", {"app": pinned}, [{"app": self.shown(index)}])
        pod = self.cluster.pod("proxy-node-a", "shop", {"proxy": pinned},
                               {"proxy": self.shown(index)}, owner=owner_of(node), node="node-a")
        pod["metadata"]["annotations"] = {"kubernetes.io/config.mirror": "5f1e",
                                          "kubernetes.io/config.source": "file"}
        report = self.judge({"web/app": EXACT, "proxy-node-a/proxy": UNDECLARED},
                            {"undeclared": ["proxy-node-a/proxy"]})
        kinds = {one["name"]: one["kind"] for one in report["running"]}
        self.assertEqual(kinds, {"web": "Deployment", "proxy-node-a": "Pod"})

    def test_two_replica_sets_are_live_during_a_rollout(self):
        """Old pods roll out until the deadline; then they differ.  Hashes are labels."""
        index, old = both("new"), both("old")
        pinned, before = self.pin(index, old), self.reference(self.repository, "1", old.digest)
        for name, progressing in (("under-way", LATER), ("stuck", LONG_AGO)):
            self.run_pinned(name, pinned, self.shown(index), progressing=progressing,
                            old=({"app": before}, [{"app": self.shown(old)}]))
        report = self.judge({"under-way/app": EXACT | ROLLING_OUT, "stuck/app": EXACT | DRIFT},
                            {"running-differs": ["stuck/app"], "mixed-digests": ["stuck/app"],
                             "tag-moved": [self.reference(self.repository, "1")]})
        self.assertIn("rolling", str(report["running"]))

    def test_a_canary_may_be_paused_for_days(self):
        """Argo Rollouts: who waits for a promotion is not late; who was aborted differs."""
        index, old = both("canary"), both("stable")
        pinned, before = self.pin(index, old), self.reference(self.repository, "1", old.digest)
        for phase in ("Paused", "Progressing", "Degraded"):
            name = phase.lower()
            self.declare(name, "shop", {"app": pinned}, kind="Rollout",
                         api_version="argoproj.io/v1alpha1")
            made = self.cluster.rollout(
                name, "shop", {"app": pinned}, [{"app": self.shown(index)}], progressing=LONG_AGO,
                old=({"app": before}, [{"app": self.shown(old)}]))
            made[0]["status"].update(phase=phase, observedGeneration="1")
        self.judge({"paused/app": EXACT | ROLLING_OUT, "progressing/app": EXACT | ROLLING_OUT,
                    "degraded/app": EXACT | DRIFT},
                   {"running-differs": ["degraded/app"], "mixed-digests": ["degraded/app"],
                    "tag-moved": [self.reference(self.repository, "1")]})

    def test_a_rollout_that_takes_the_template_of_a_deployment_runs_what_that_declares(self):
        """Argo Rollouts, spec.workloadRef: the Deployment has no pods, and all that is said."""
        index, other = both("declared"), both("other")
        pinned = self.pin(index, other)
        for name, runs in (("right", index), ("wrong", other)):
            self.run_pinned(name, pinned)
            rollout = self.cluster.rollout(f"{name}-rollout", "shop", {"app": pinned},
                                           [{"app": self.shown(runs)}])[0]
            del rollout["spec"]["template"]
            rollout["spec"]["workloadRef"] = {"apiVersion": "apps/v1", "kind": "Deployment",
                                              "name": name}
        self.judge({"right/app": EXACT, "wrong/app": DRIFT}, {"running-differs": ["wrong/app"]})

    def test_a_pod_that_ends_takes_its_grace_period(self):
        """A rollout is over long before its old pods are: they drain.  A stuck one is seen."""
        index, old = both("stays"), both("drains")
        pinned, before = self.pin(index, old), self.reference(self.repository, "1", old.digest)
        for name, ends in (("drains", "2026-11-23T14:00:00Z"), ("stuck", "2026-11-23T11:00:00Z")):
            made = self.run_pinned(name, pinned, self.shown(index), progressing=LONG_AGO,
                                   old=({"app": before}, [{"app": self.shown(old)}]))
            made[-1]["metadata"].update(deletionTimestamp=ends, deletionGracePeriodSeconds=14400)
        self.judge({"drains/app": EXACT | ROLLING_OUT, "stuck/app": EXACT | DRIFT},
                   {"running-differs": ["stuck/app"], "mixed-digests": ["stuck/app"],
                    "tag-moved": [self.reference(self.repository, "1")]})

    def test_ended_pods_linger_with_old_image_ids(self):
        index, old = both("now"), both("then")
        pinned = self.pin(index, old)
        ended = [({"app": self.shown(old)}, {"phase": phase}) for phase in ("Succeeded", "Failed")]
        self.run_pinned("web", pinned, self.shown(index), *ended)
        self.judge({"web/app": EXACT})
        self.judge({"web/app": EXACT | DRIFT},
                   {"running-differs": ["web/app"], "mixed-digests": ["web/app"]},
                   arguments=["--all-phases"])

    def test_a_pod_patched_in_place_differs_from_its_template(self):
        index, other = both("template"), both("patched")
        pinned = self.pin(index, other)
        made = self.run_pinned("web", pinned, self.shown(other))
        made[-1]["spec"]["containers"][0]["image"] = self.reference(
            self.repository, "1", other.digest)
        self.judge({"web/app": DRIFT},
                   {"running-differs": ["web/app"],
                    "tag-moved": [self.reference(self.repository, "1")]})


if __name__ == "__main__":
    unittest.main()
