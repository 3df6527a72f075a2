"""How long lists are read: page by page, from near and far, whatever breaks off."""

import time
import unittest
from pathlib import Path

import lib
from kube_probe import WEB, WEB_ID, ProbeCase, shop
from servers import kube_wire as wire
from servers.certificates import Authority
from servers.distant import DistantWire
from servers.kube_api import KubeApi
from servers.kube_objects import Cluster

PAGE = 500


class Paging(ProbeCase):
    PODS = 2 * PAGE + 100

    def setUp(self):
        super().setUp()
        cluster = shop(pods=0)
        cluster.stateful_set("db", "shop", {"db": WEB}, [{"db": WEB_ID}] * self.PODS)
        self.world = cluster.world()

    def test_every_pod_once(self):
        with KubeApi(self.world) as api:
            seen = self.probe(api)
            pages = [one for one in api.targets() if "/pods?" in one]
        self.assert_observed(seen, self.PODS)
        self.assertEqual(len(seen["running"]), 1)
        self.assertEqual(len(pages), 3)
        self.assertTrue(all(f"limit={PAGE}" in one for one in pages))

    def test_an_expired_token_begins_the_list_anew(self):
        with KubeApi(self.world) as api:
            api.add_fault("expired", resource="pods", page=3)
            seen = self.probe(api)
        self.assert_observed(seen, self.PODS)
        self.assertEqual(seen["pod_count"], self.PODS)

    def test_tokens_that_always_expire(self):
        with KubeApi(self.world) as api:
            api.add_fault("expired", resource="pods", page=2, times=None)
            seen = self.probe(api)
        self.assert_gap(seen, "unreachable", "list pods", "410")
        self.assertEqual(seen["running"], [])

    def test_a_truncated_page_is_discarded_whole(self):
        for page in (1, 2, 3):
            with self.subTest(page=page), KubeApi(self.world) as api:
                api.add_fault("truncate", resource="pods", page=page)
                seen = self.probe(api)
                self.assert_observed(seen, self.PODS)
                self.assertEqual(seen["pod_count"], self.PODS)

    def test_pages_that_are_always_truncated(self):
        with KubeApi(self.world) as api:
            api.add_fault("truncate", resource="pods", page=2, times=None)
            seen = self.probe(api)
        self.assert_gap(seen, "unreachable", "list pods")
        self.assertEqual(seen["running"], [])

    def test_an_object_that_cannot_be_read_fails_the_list_wherever_it_stands(self):
        for number in (0, PAGE // 2, PAGE - 1, PAGE, self.PODS - 1):
            cluster = shop(pods=0)
            pods = cluster.stateful_set("db", "shop", {"db": WEB}, [{"db": WEB_ID}] * self.PODS)[1:]
            for _ in range(70):
                pods[number]["spec"]["tolerations"] = [pods[number]["spec"].get("tolerations")]
            with self.subTest(pod=number), KubeApi(cluster.world()) as api:
                seen = self.probe(api)
                self.assert_gap(seen, "unreachable", "list pods", "nested too deep")
                self.assertEqual(seen["running"], [])

    def test_an_empty_page_is_not_the_last_one(self):
        for page in (1, 2):
            with self.subTest(page=page), KubeApi(self.world) as api:
                api.add_fault("empty", resource="pods", page=page)
                self.assert_observed(self.probe(api), self.PODS)

    def test_a_list_without_end(self):
        with KubeApi(self.world) as api:
            api.add_fault("empty", resource="pods", times=None)
            seen = self.probe(api)
            self.assertLess(len(api.targets()), 200)
        self.assert_gap(seen, "unreachable", "does not end")

    def test_a_token_that_leads_to_its_own_page(self):
        with KubeApi(self.world) as api:
            api.add_fault("repeat", resource="pods", page=2, times=None)
            seen = self.probe(api)
            self.assertLess(len(api.targets()), 20)
        self.assert_gap(seen, "unreachable", "list pods", "leads to the same page")
        self.assertEqual(seen["running"], [])

    def test_too_many_requests(self):
        """In plain text (priority and fairness), or as a Status (a cold watch cache)."""
        for fault in ("throttled", "cold"):
            with self.subTest(fault), KubeApi(self.world) as api:
                api.add_fault(fault, resource="pods", page=2, retry_after=1)
                start = time.monotonic()
                self.assert_observed(self.probe(api), self.PODS)
                self.assertGreaterEqual(time.monotonic() - start, 1)
                self.assertEqual([one.status for one in api.requests].count(429), 1)

    def test_other_lists_have_pages_too(self):
        cluster = Cluster()
        for number in range(PAGE + 5):
            cluster.deployment(f"web-{number}", "shop", {"web": WEB}, [{"web": WEB_ID}])
        with KubeApi(cluster.world()) as api:
            seen = self.probe(api)
        self.assert_observed(seen, PAGE + 5)
        self.assertEqual(len(seen["live"]), PAGE + 5)
        self.assertTrue(all(len(one["owners"]) == 2 for one in seen["running"]))
        self.assertTrue(all(one["revision"] for one in seen["live"]))

    def test_a_page_of_more_than_64_mib_is_asked_for_in_halves(self):
        cluster = shop(pods=0)
        for pod in cluster.stateful_set("db", "shop", {"db": WEB}, [{"db": WEB_ID}] * 300)[1:]:
            pod["metadata"]["annotations"] = {"filler": "x" * 300_000}
        with KubeApi(cluster.world()) as api:
            seen = self.probe(api)
            limits = {one.partition("limit=")[2].partition("&")[0]
                      for one in api.targets() if "/pods?" in one}
        self.assert_observed(seen, 300)
        self.assertEqual(limits, {"500", "250", "125"})


class Distance(ProbeCase):
    """Lists come compressed from far away, and as they are from nearby."""

    PODS = 600

    def setUp(self):
        super().setUp()
        cluster = shop(pods=0)
        self.pods = cluster.stateful_set("db", "shop", {"db": WEB}, [{"db": WEB_ID}] * self.PODS)
        self.world = cluster.world()
        self.authority = Authority(self.folder / "authority")

    def read(self, delay=0.03, setting="", faults=()):
        """Read it through a wire; what was seen, which requests asked for gzip, bytes read."""
        api = KubeApi(self.world, certificate=self.authority.issue("api"))
        self.addCleanup(api.close)
        for fault in faults:
            api.add_fault(*fault, resource="pods", page=1)
        wire = DistantWire(api.address, delay)
        self.addCleanup(wire.close)
        path = lib.kubeconfig(self.folder / "config", api, authority=self.authority,
                              server=f"https://{wire.address}")
        if setting:
            text = Path(path).read_text()
            Path(path).write_text(text.replace("server:", f"{setting}\n      server:"))
        seen = self.probe(api, config=path)
        self.targets = api.targets()
        zipped = ["gzip" in one.headers.get("Accept-Encoding", "") for one in api.requests]
        return seen, zipped, wire.received

    def test_lists_come_compressed_once_the_first_answer_has_shown_the_distance(self):
        seen, zipped, compressed = self.read()
        self.assert_observed(seen, self.PODS)
        self.assertEqual(zipped, [False] + [True] * (len(zipped) - 1))
        self.assertGreater(len(zipped), 8)
        seen, zipped, plain = self.read(setting="disable-compression: true")
        self.assert_observed(seen, self.PODS)
        self.assertFalse(any(zipped), "the kubeconfig forbids it")
        self.assertLess(compressed, plain / 4)

    def test_a_compressed_page_that_breaks_off_is_discarded_whole(self):
        seen, zipped, _ = self.read(faults=[("truncate",)])
        self.assert_observed(seen, self.PODS)
        self.assertTrue(zipped[-1])
        first = [one for one in self.targets if one.endswith("/pods?limit=500")]
        self.assertEqual(len(first), 2, self.targets)

    def test_without_tls_nothing_is_compressed(self):
        with KubeApi(self.world) as api:
            self.assert_observed(self.probe(api), self.PODS)
            self.assertFalse(any("gzip" in one.headers.get("Accept-Encoding", "")
                                 for one in api.requests))

    def test_the_limit_of_a_page_is_on_what_it_unpacks_to(self):
        for pod in self.pods[1:]:
            pod["metadata"]["annotations"] = {"filler": "x" * 150_000}
        seen, zipped, compressed = self.read()
        self.assert_observed(seen, self.PODS)
        self.assertTrue(zipped[-1])
        self.assertLess(compressed, 64 << 20)
        self.assertTrue(any("/pods?limit=250" in one for one in self.targets), self.targets)


if __name__ == "__main__":
    unittest.main()
