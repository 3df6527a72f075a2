"""The stand-in API server, held to the recordings of a real one."""

import http.client
import json
import ssl
import sys
import tempfile
import unittest
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from servers import kube_wire as wire  # noqa: E402
from servers.certificates import Authority  # noqa: E402
from servers.kube_api import KubeApi  # noqa: E402
from servers.kube_objects import Cluster  # noqa: E402
from servers.kube_replay import Replay  # noqa: E402
from servers.kube_world import World, scope_of  # noqa: E402

RECORDINGS = Path(__file__).resolve().parents[3] / "shared/kube-recordings"
AUDITOR = "system:serviceaccount:shop:auditor"


def fetch(api, target, method="GET", context=None, **headers):
    """(status, [(header, value)], body) of one request on a connection of its own."""
    where = urlsplit(api.url)
    make = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    options = {"context": context} if context else {}
    connection = make(where.netloc, timeout=10, **options)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, target, headers=dict({"User-Agent": "lab"}, **named))
        response = connection.getresponse()
        return response.status, response.getheaders(), response.read().decode()
    finally:
        connection.close()


def listed(api, target, **headers):
    """(metadata, names) of one page."""
    value = json.loads(fetch(api, target, **headers)[2])
    return value["metadata"], [one["metadata"]["name"] for one in value["items"]]


@unittest.skipUnless(RECORDINGS.is_dir(), "no ../shared/kube-recordings")
class Recorded(unittest.TestCase):
    """What the real server said to a request, the stand-in says too."""

    @classmethod
    def setUpClass(cls):
        cls.recorded = {path.stem: json.loads(path.read_text())
                        for path in sorted(RECORDINGS.glob("*.json"))}
        cls.world = World(cls.objects(), revision=32100)

    @classmethod
    def objects(cls):
        """Everything that the recorded lists hold, kinds put back."""
        found = []
        for recorded in cls.recorded.values():
            request, response = recorded["request"], recorded["response"]
            scope = scope_of(urlsplit(request["target"]).path)
            if response["status"] != 200 or scope is None or "Authorization" in request[
                    "headers"] or "as=Table" in request["headers"]["Accept"]:
                continue
            value = json.loads(response["body"])
            for item in value.get("items", []):
                found.append(dict({"kind": scope.resource.kind,
                                   "apiVersion": wire.api_version(scope.resource)}, **item))
        return found

    def compare(self, name, api, same_body=True):
        request = self.recorded[name]["request"]
        response = self.recorded[name]["response"]
        headers = {key.replace("-", "_"): value for key, value in request["headers"].items()}
        status, got, body = fetch(api, request["target"], **headers)
        changing = ("Date", "X-Kubernetes-Pf-Flowschema-Uid",
                    "X-Kubernetes-Pf-Prioritylevel-Uid")
        want = response["headers"]
        self.assertEqual(status, response["status"])
        self.assertEqual([key for key, _ in got], [key for key, _ in want])
        if same_body:
            self.assertEqual(body, response["body"])
            self.assertEqual([pair for pair in got if pair[0] not in changing],
                             [tuple(pair) for pair in want if pair[0] not in changing])

    def test_lists_and_objects(self):
        names = [name for name in self.recorded if name.endswith("-page1")]
        names += ["pods-shop-page2", "pods-shop-page3", "pods-shop-page4", "namespaces", "nodes",
                  "namespace-kube-system", "pod-absent-404", "group-absent-404",
                  "continue-malformed-400", "version"]
        with KubeApi(self.world) as api:
            for name in names:
                with self.subTest(name):
                    self.compare(name, api)

    def test_discovery(self):
        with KubeApi(self.world) as api:
            for name in ("api", "apis", "apis-apps-v1"):
                with self.subTest(name):
                    got = json.loads(fetch(api, self.recorded[name]["request"]["target"])[2])
                    want = json.loads(self.recorded[name]["response"]["body"])
                    self.assertEqual(list(got), list(want))

    def test_an_expired_token(self):
        with KubeApi(self.world) as api:
            api.add_fault("expired")
            self.compare("continue-expired-410", api)

    def test_refusals(self):
        world = World(self.objects(), revision=32100)
        world.deny(user=AUDITOR)
        world.allow(user=AUDITOR, resource="pods", namespace="shop")
        with KubeApi(world, tokens={"TOKEN": AUDITOR}) as api:
            for name in ("anonymous-403", "sa-cluster-pods-403", "sa-shop-jobs-403",
                         "sa-shop-pods-200"):
                with self.subTest(name):
                    self.compare(name, api)
        with KubeApi(world, tokens={"other": AUDITOR}) as api:
            self.compare("bad-token-401", api)

    def test_replay_gives_pages_of_four(self):
        with KubeApi(Replay(RECORDINGS)) as api:
            for name in ("pods-shop-page1", "nodes", "version", "api", "pod-absent-404",
                         "group-absent-404", "pods-shop-table", "anonymous-403"):
                with self.subTest(name):
                    self.compare(name, api)
            names, token, pages = [], "", 0
            while pages == 0 or token:
                suffix = f"&continue={token}" if token else ""
                metadata, page = listed(api, f"/api/v1/namespaces/shop/pods?limit=500{suffix}")
                names += page
                token = metadata.get("continue")
                pages += 1
            self.assertEqual((pages, len(names)), (4, 15))
            status, _, body = fetch(api, "/apis/apps/v1/namespaces/shop/deployments/web")
            self.assertEqual((status, json.loads(body)["kind"]), (200, "Deployment"))

    def test_replay_forbids_a_namespace(self):
        replay = Replay(RECORDINGS)
        replay.forbid("shop")
        with KubeApi(replay) as api:
            status, _, body = fetch(api, "/apis/batch/v1/namespaces/shop/jobs?limit=500")
            self.assertEqual(body, self.recorded["sa-shop-jobs-403"]["response"]["body"])
            self.assertEqual(status, 403)
            self.assertEqual(fetch(api, "/api/v1/namespaces/kube-system")[0], 200)


def small_cluster():
    cluster = Cluster(nodes={"node-0": "amd64", "node-1": "arm64"})
    cluster.deployment("web", "shop", {"web": "r.example/web:1"},
                       pods=[{"web": "r.example/web@sha256:" + "a" * 64}] * 3)
    cluster.pod("debug", "ops", {"tool": "r.example/tool:1"}, {"tool": ""})
    return cluster


class Worlds(unittest.TestCase):
    def setUp(self):
        self.cluster = small_cluster()
        self.api = KubeApi(self.cluster.world())
        self.addCleanup(self.api.close)

    def test_pages_of_all_namespaces(self):
        metadata, first = listed(self.api, "/api/v1/pods?limit=3")
        self.assertEqual((len(first), metadata["remainingItemCount"]), (3, 1))
        metadata, second = listed(self.api,
                                  f"/api/v1/pods?limit=3&continue={metadata['continue']}")
        self.assertEqual((len(second), "continue" in metadata), (1, False))
        self.assertEqual(len(set(first + second)), 4)

    def test_selectors(self):
        for query, count in (("labelSelector=app%3Dweb", 3), ("labelSelector=app!=web", 1),
                             ("labelSelector=app", 3), ("labelSelector=app%3Dweb,x%3Dy", 0),
                             ("fieldSelector=spec.nodeName%3Dnode-1", 1),
                             ("fieldSelector=status.phase%3DRunning,metadata.name%3Ddebug", 1),
                             ("resourceVersion=0&limit=1", 4)):
            with self.subTest(query):
                self.assertEqual(len(listed(self.api, f"/api/v1/pods?{query}")[1]), count)
        self.assertEqual(fetch(self.api, "/api/v1/pods?fieldSelector=spec.image%3Dx")[0], 400)

    def test_metadata_only(self):
        accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
        body = fetch(self.api, "/apis/apps/v1/replicasets", Accept=accept)[2]
        value = json.loads(body)
        self.assertEqual(value["kind"], "PartialObjectMetadataList")
        self.assertEqual(value["items"][0]["metadata"]["ownerReferences"][0]["name"], "web")
        self.assertNotIn("spec", value["items"][0])

    def test_indented_for_curl(self):
        self.assertIn('\n  "items"', fetch(self.api, "/api/v1/pods", User_Agent="curl/8")[2])
        self.assertNotIn("\n ", fetch(self.api, "/api/v1/pods?pretty=false",
                                      User_Agent="curl/8")[2])

    def test_gzip_when_large_and_asked_for(self):
        for number in range(200):
            self.cluster.pod(f"more-{number}", "ops", {"tool": "r.example/tool:1"}, {"tool": ""})
        self.api.world.replace(self.cluster.objects)
        headers = dict(fetch(self.api, "/api/v1/nodes", Accept_Encoding="gzip")[1])
        self.assertNotIn("Content-Encoding", headers)
        where = http.client.HTTPConnection(self.api.address)
        self.addCleanup(where.close)
        where.request("GET", "/api/v1/pods", headers={"Accept-Encoding": "gzip"})
        self.assertEqual(where.getresponse().headers["Content-Encoding"], "gzip")

    def test_denied_resources(self):
        self.api.world.deny(resource="pods", namespace="shop")
        self.assertEqual(fetch(self.api, "/api/v1/namespaces/shop/pods")[0], 403)
        self.assertEqual(fetch(self.api, "/api/v1/namespaces/ops/pods")[0], 200)
        self.assertEqual(fetch(self.api, "/api/v1/pods")[0], 200)

    def test_absent_groups(self):
        self.assertEqual(fetch(self.api, "/apis/argoproj.io/v1alpha1/rollouts")[0], 200)
        self.api.world.absent_groups.add("argoproj.io")
        self.assertEqual(fetch(self.api, "/apis/argoproj.io/v1alpha1/rollouts")[0], 404)
        self.assertNotIn("argoproj", fetch(self.api, "/apis")[2])

    def test_requests_are_recorded(self):
        fetch(self.api, "/api/v1/pods?limit=1", User_Agent="pindrift/0")
        asked = self.api.requests[-1]
        self.assertEqual((asked.method, asked.target, asked.agent, asked.status),
                         ("GET", "/api/v1/pods?limit=1", "pindrift/0", 200))


class Faults(unittest.TestCase):
    def setUp(self):
        self.api = KubeApi(small_cluster().world())
        self.addCleanup(self.api.close)

    def second_page(self):
        metadata, _ = listed(self.api, "/api/v1/pods?limit=3")
        return f"/api/v1/pods?limit=3&continue={metadata['continue']}"

    def test_expired_at_the_second_page(self):
        self.api.add_fault("expired", resource="pods", page=2)
        status, _, body = fetch(self.api, self.second_page())
        self.assertEqual(status, 410)
        token = json.loads(body)["metadata"]["continue"]
        self.assertEqual(len(listed(self.api, f"/api/v1/pods?limit=3&continue={token}")[1]), 1)

    def test_throttled_once(self):
        self.api.add_fault("throttled", retry_after=2)
        status, headers, body = fetch(self.api, "/api/v1/nodes")
        self.assertEqual((status, dict(headers)["Retry-After"]), (429, "2"))
        self.assertEqual(body, "Too many requests, please try again later.\n")
        self.assertEqual(fetch(self.api, "/api/v1/nodes")[0], 200)

    def test_error_for_ever(self):
        self.api.add_fault("error", resource="deployments", namespace="shop", times=None)
        for _ in range(3):
            self.assertEqual(fetch(self.api, "/apis/apps/v1/namespaces/shop/deployments")[0], 500)
        self.assertEqual(fetch(self.api, "/apis/apps/v1/deployments")[0], 200)

    def test_broken_connections(self):
        self.api.add_fault("close")
        with self.assertRaises(http.client.RemoteDisconnected):
            fetch(self.api, "/api/v1/pods")
        self.api.add_fault("truncate")
        with self.assertRaises(http.client.IncompleteRead):
            fetch(self.api, "/api/v1/pods")

    def test_an_empty_page_that_goes_on(self):
        target = self.second_page()
        self.api.add_fault("empty", page=2)
        metadata, names = listed(self.api, target)
        self.assertEqual(names, [])
        self.assertEqual(target.rpartition("=")[2], metadata["continue"])
        self.assertEqual(len(listed(self.api, target)[1]), 1)


class Secured(unittest.TestCase):
    def test_tokens_and_client_certificates_over_tls(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority(folder)
            with KubeApi(small_cluster().world(), certificate=authority.issue("server"),
                         client_authority=authority, tokens={"secret": AUDITOR}) as api:
                nobody = authority.client_context()
                jane = authority.client_context(authority.issue("jane", client=True))
                self.assertEqual(fetch(api, "/api/v1/pods", context=nobody)[0], 403)
                self.assertEqual(fetch(api, "/version", context=nobody)[0], 200)
                self.assertEqual(fetch(api, "/api/v1/pods", context=jane)[0], 200)
                self.assertEqual(api.requests[-1].user, "jane")
                for token, status in (("secret", 200), ("wrong", 401)):
                    got = fetch(api, "/api/v1/pods", context=nobody,
                                Authorization=f"Bearer {token}")
                    self.assertEqual(got[0], status)
                with self.assertRaises(ssl.SSLError):
                    fetch(api, "/api/v1/pods", context=ssl.create_default_context())


if __name__ == "__main__":
    unittest.main()
