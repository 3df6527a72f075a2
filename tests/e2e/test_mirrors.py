"""Mirrors: who is asked, whose word counts, and where they differ."""

import socket
import sqlite3
import unittest

import scans
from registries import ProbeCase
from servers import certificates, images, registry
from servers.any_registry import AnyRegistry
from servers.hostile import MANIFEST, HostileRegistry

ONE = images.image(salt="one")
TWO = images.image(salt="two")


def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"


class Routes(ProbeCase):
    def setUp(self):
        super().setUp()
        self.upstream, self.mirror = HostileRegistry(), HostileRegistry()
        self.addCleanup(self.upstream.close)
        self.addCleanup(self.mirror.close)

    def rule(self, before="", behind=""):
        return f"{self.upstream.address}{before}={self.mirror.address}{behind}"

    def tag(self, rule, name, *options):
        return self.one_tag("--mirror", rule, *options, "tag",
                            f"{self.upstream.address}/{name}")

    def test_a_mirror_that_answers_is_believed_and_nobody_else_asked(self):
        with AnyRegistry() as stand_in:
            facts = self.probe("--mirror", f"docker.io={stand_in.address}", "tag", "nginx:1")
        fact = facts.tag("library/nginx:1")
        self.assertEqual((fact["registry"], fact["state"], fact["digest"]),
                         ("docker.io", "found", stand_in.digest))
        self.assertEqual(set(facts.requests), {stand_in.address})

    def test_a_prefix_is_changed_and_the_name_stays(self):
        fact = self.tag(self.rule("/team", "/copy/of"), "team/app:1")
        self.assertEqual((fact["state"], fact["repository"]), ("found", "team/app"))
        self.assertTrue(self.mirror.asked("/v2/copy/of/app/manifests/1"))
        self.assertEqual(self.upstream.requests, [])

    def test_where_the_mirror_fails_the_registry_is_asked(self):
        for habit in ("forbidden", "login", "hangup"):
            with self.subTest(habit):
                fact = self.tag(self.rule("/good", f"/{habit}"), "good/app:1")
                self.assertEqual((fact["state"], fact["digest"]), ("found", MANIFEST.digest))

    def test_a_mirror_that_is_not_there_is_named_if_the_registry_fails_too(self):
        gone = closed_port()
        fact = self.tag(f"{self.upstream.address}={gone}", "forbidden/app:1")
        self.assertEqual(fact["state"], "denied")
        self.assertIn(f"mirror {gone}: ", fact["reason"])

    def test_the_registrys_404_alone_is_absent(self):
        with registry.Registry() as empty:
            fact = self.tag(f"{self.upstream.address}={empty.address}", "good/app:1")
            self.assertEqual(fact["state"], "found")
            fact = self.tag(f"{self.upstream.address}={empty.address}", "failing/app:1")
            self.assertEqual(fact["state"], "unknown")
            fact = self.one_tag("--mirror", f"{empty.address}/a={self.mirror.address}/failing",
                                "tag", f"{empty.address}/a/app:1")
            self.assertEqual(fact["state"], "absent")

    def test_a_mirror_that_lies_is_found_out_and_the_bytes_come_from_the_registry(self):
        facts = self.probe("--mirror", self.rule("/good", "/liar"), "manifest",
                           f"{self.upstream.address}/good/app@{MANIFEST.digest}")
        fact = facts.digest(MANIFEST.digest)
        self.assertEqual((fact["state"], fact["mismatch"]), ("found", True))
        self.assertIn(f"mirror {self.mirror.address}: ", fact["reason"])
        self.assertEqual(facts.images[MANIFEST.digest]["from"],
                         f"{self.upstream.address}/good/app")

    def test_the_registrys_password_does_not_go_to_the_mirror(self):
        self.mirror.challenges = ['Basic realm="r"']
        config = self.config(**{self.upstream.address: ("jane", "a-canary-password")})
        fact = self.tag(self.rule("/good", "/challenge"), "good/app:1",
                        "--docker-config", config)
        self.assertEqual(fact["state"], "found")
        self.assertTrue(self.mirror.asked("/challenge/"))
        for request in self.mirror.requests:
            self.assertNotIn("authorization", request.headers)

    def test_the_mirrors_own_password_does(self):
        self.mirror.challenges = ['Basic realm="r"']
        config = self.config(**{self.mirror.address: ("jane", "a-canary-password")})
        fact = self.tag(self.rule("/good", "/challenge"), "good/app:1",
                        "--docker-config", config)
        self.assertEqual((fact["state"], self.upstream.requests), ("found", []))

    def test_what_is_no_mirror_ends_the_run_before_any_request(self):
        said = self.probe("--mirror", "nonsense", "tag", f"{self.upstream.address}/good/app:1",
                          status=2)
        self.assertIn("--mirror nonsense", said)
        self.assertEqual(self.upstream.requests, [])


class HostsDir(ProbeCase):
    """containerd's hosts.toml files."""

    def setUp(self):
        super().setUp()
        self.upstream, self.mirror = HostileRegistry(), HostileRegistry()
        self.addCleanup(self.upstream.close)
        self.addCleanup(self.mirror.close)

    def hosts(self, text, folder=None):
        path = self.folder / "certs.d" / (folder or self.upstream.address)
        path.mkdir(parents=True, exist_ok=True)
        (path / "hosts.toml").write_text(text)
        return path.parent

    def mirror_text(self, path="", **fields):
        lines = [f'[host."http://{self.mirror.address}{path}"]']
        return "\n".join(lines + [f"{key} = {value}" for key, value in fields.items()])

    def tag(self, hosts, name="good/app:1", *options):
        return self.one_tag("--hosts-dir", hosts, *options, "tag",
                            f"{self.upstream.address}/{name}")

    def test_the_host_is_asked_and_told_for_whom(self):
        fact = self.tag(self.hosts(self.mirror_text()))
        self.assertEqual((fact["state"], fact["registry"]), ("found", self.upstream.address))
        self.assertEqual(self.upstream.requests, [])
        (asked, *_) = self.mirror.asked("/good/")
        self.assertEqual(asked.target, f"/v2/good/app/manifests/1?ns={self.upstream.address}")

    def test_the_folder_of_all_and_the_name_with_underscores_count(self):
        host, port = self.upstream.address.split(":")
        self.hosts(f'server = "http://{self.upstream.address}"', "_default")
        hosts = self.hosts(self.mirror_text(), f"{host}_{port}_")
        self.assertEqual(self.tag(hosts)["state"], "found")
        self.assertEqual(self.upstream.requests, [])
        (hosts / f"{host}_{port}_" / "hosts.toml").unlink()
        (hosts / f"{host}_{port}_").rmdir()
        self.hosts(self.mirror_text(), "_default")
        self.assertEqual(self.tag(hosts)["state"], "found")
        self.assertEqual(self.upstream.requests, [])

    def test_where_the_host_fails_the_registry_is_asked_without_ns(self):
        hosts = self.hosts(self.mirror_text("/v2/forbidden", override_path="true"))
        self.assertEqual(self.tag(hosts)["state"], "found")
        self.assertTrue(self.mirror.asked("/v2/forbidden/good/app/"))
        (asked, *_) = self.upstream.asked("/good/")
        self.assertEqual(asked.target, "/v2/good/app/manifests/1")

    def test_who_may_only_be_pulled_from_is_not_asked_for_tags(self):
        hosts = self.hosts(self.mirror_text(capabilities='["pull"]'))
        self.assertEqual(self.tag(hosts)["state"], "found")
        self.assertEqual(self.mirror.requests, [])
        self.probe("--hosts-dir", hosts, "manifest",
                   f"{self.upstream.address}/good/app@{MANIFEST.digest}")
        self.assertTrue(self.mirror.asked(MANIFEST.digest))

    def test_a_server_stands_in_the_registrys_place(self):
        hosts = self.hosts(f'server = "http://{self.mirror.address}"')
        self.assertEqual(self.tag(hosts)["state"], "found")
        self.assertEqual(self.upstream.requests, [])

    def test_the_registry_among_its_own_hosts_is_asked_once(self):
        self.assertEqual(self.one_tag("tag", f"{self.upstream.address}/forbidden/app:1")["state"],
                         "denied")
        alone = [(one.method, one.target) for one in self.upstream.requests]
        self.upstream.forget()
        hosts = self.hosts(f'[host."http://{self.upstream.address}"]')
        self.assertEqual(self.tag(hosts, "forbidden/app:1")["state"], "denied")
        self.assertEqual([(one.method, one.target) for one in self.upstream.requests], alone)

    def test_the_registrys_password_does_not_go_to_the_host(self):
        self.mirror.challenges = ['Basic realm="r"']
        hosts = self.hosts(self.mirror_text("/v2/challenge", override_path="true"))
        config = self.config(**{self.upstream.address: ("jane", "a-canary-password")})
        self.assertEqual(self.tag(hosts, "good/app:1", "--docker-config", config)["state"],
                         "found")
        self.assertTrue(self.mirror.asked("/challenge/"))
        for request in self.mirror.requests:
            self.assertNotIn("authorization", request.headers)

    def test_what_is_not_understood_ends_the_run_before_any_request(self):
        hosts = self.hosts(self.mirror_text(client='"me.pem"'))
        said = self.probe("--hosts-dir", hosts, "tag", f"{self.upstream.address}/good/app:1",
                          status=2)
        self.assertIn("hosts.toml: line 2: client: not supported", said)
        self.assertEqual(self.upstream.requests + self.mirror.requests, [])

    def test_a_file_alone_does_not_allow_plain_http(self):
        hosts = self.hosts('[host."http://mirror.invalid:5000"]')
        fact = self.tag(hosts, "forbidden/app:1")
        self.assertIn("no --plain-http mirror.invalid:5000 allows it", fact["reason"])
        fact = self.tag(hosts, "forbidden/app:1", "--plain-http", "mirror.invalid")
        self.assertNotIn("--plain-http", fact["reason"])
        self.assertIn("mirror.invalid", fact["reason"])

    def test_ca_and_skip_verify_count_for_that_host_alone(self):
        (self.folder / "ca").mkdir()
        authority = certificates.Authority(self.folder / "ca")
        context = certificates.server_context(authority.issue("server"))
        with HostileRegistry(context) as mirror:
            for fields, expected in ((f'ca = "{authority.path}"', True),
                                     ("skip_verify = true", True), ("", False)):
                with self.subTest(fields):
                    self.tag(self.hosts(f'[host."https://{mirror.address}"]\n{fields}'))
                    self.assertEqual(bool(mirror.asked("/good/")), expected)
                    mirror.forget()


@unittest.skipUnless(registry.available(), "docker-registry is not installed")
class Differs(scans.ScanTest):
    def setUp(self):
        super().setUp()
        self.mirror = registry.Registry()
        self.addCleanup(self.mirror.close)
        self.rule = f"{self.registry.address}={self.mirror.address}"

    def run_it(self, node, mirrored, *options, status, tag="1"):
        self.push(node, "shop/app", tag)
        if mirrored:
            self.mirror.push(mirrored, "shop/app", tag)
        pinned = self.reference("shop/app", tag, node.digest)
        self.cluster.deployment("app", "shop", {"app": pinned}, [{"app": pinned}])
        self.declare("app", "shop", {"app": pinned})
        return self.scan("-A", "--mirror", self.rule, *options, status=status)

    def test_another_image_is_a_finding_and_no_move(self):
        report = self.run_it(ONE, TWO, status=0)
        (one,) = [one for one in report["findings"] if one["rule"] == "mirror-differs"]
        self.assertEqual((one["level"], one["resolved_digest"]), ("warning", ONE.digest))
        self.assertIn(self.mirror.address, one["message"])
        self.assertNotIn("tag-moved", scans.rules(report))
        with sqlite3.connect(self.database) as database:
            self.assertEqual(database.execute("SELECT digest FROM tag_span").fetchall(),
                             [(ONE.digest,)])

    def test_the_same_image_is_none(self):
        self.assertEqual(scans.rules(self.run_it(ONE, ONE, status=0, tag="2")), {})

    def test_the_same_image_in_another_wrapping_is_none(self):
        report = self.run_it(images.index([ONE]), images.index([ONE, images.attestation(ONE, "x")]),
                             status=0, tag="3")
        self.assertNotIn("mirror-differs", scans.rules(report))

    def test_a_mirror_without_the_tag_is_none_and_no_gap(self):
        report = self.run_it(ONE, None, status=0, tag="4")
        self.assertEqual((scans.rules(report), scans.gaps(report)), ({}, []))

    def test_a_mirror_that_is_silent_is_a_gap_and_hides_the_finding(self):
        self.run_it(ONE, TWO, status=0, tag="5")
        self.mirror.stop()
        report = self.scan("-A", "--mirror", self.rule, status=3)
        self.assertEqual(scans.gaps(report), [
            ("unreachable", f"mirror {self.mirror.address} of {self.registry.address}")])
        self.assertIn("mirror-differs", scans.rules(report, states=("unknown",)))

    def test_mended_it_is_fixed(self):
        self.run_it(ONE, TWO, status=0, tag="6")
        self.mirror.push(ONE, "shop/app", "6")
        report = self.scan("-A", "--mirror", self.rule, status=0)
        self.assertIn("mirror-differs", scans.rules(report, states=("fixed",)))

    def test_resolve_says_which_mirror_it_asked(self):
        self.mirror.push(TWO, "shop/app", "7")
        ran = self.pindrift("resolve", "-v", "--mirror", self.rule,
                            self.reference("shop/app", "7"), status=0)
        self.assertIn(f"mirror {self.mirror.address}: ", ran.stdout)
        self.assertIn(TWO.digest, ran.stdout)

    def test_a_wrong_rule_is_a_usage_error(self):
        ran = self.pindrift("resolve", "--mirror", "docker.io", "nginx", status=2)
        self.assertIn("--mirror docker.io", ran.stderr)


if __name__ == "__main__":
    unittest.main()
