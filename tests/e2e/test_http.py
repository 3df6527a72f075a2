"""The HTTP client itself, through tests/tools/http_probe.c: trust, limits, what it refuses."""

import json
import socket
import ssl
import subprocess
import unittest
from pathlib import Path

import lib
from servers import certificates
from servers.hostile import HostileRegistry
from servers.listener import Handler, Listener

PROBE = Path(lib.program()).parent / "tests/http_probe"
USAGE, LIMIT, NETWORK, DENIED = 1, 3, 4, 5  # enum error_code


@unittest.skipUnless(PROBE.exists(), f"{PROBE} is not built")
class HttpCase(lib.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.authority = certificates.Authority(cls.class_folder())

    def ask(self, *arguments, variables=None):
        """The answers, in the order in which they came."""
        ran = subprocess.run([PROBE] + [str(one) for one in arguments], text=True,
                             capture_output=True, timeout=60, check=False,
                             env=lib.environment(self.home, **(variables or {})))
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        return [json.loads(line) for line in ran.stdout.splitlines()]

    def ask_one(self, *arguments, **options):
        (answer,) = self.ask(*arguments, **options)
        return answer

    def assert_refused(self, answer, code, *words):
        self.assertEqual(answer["code"], code, answer)
        for word in words:
            self.assertIn(word, answer["error"])

    def serve(self, context=None):
        """A server that tells what it was asked, and its list of requests."""
        asked = []
        server = Listener(_Echo, asked, context=context)
        self.addCleanup(server.close)
        return server, asked


class _Echo(Handler):
    def do_GET(self):
        length = int(self.headers.get("Content-Length", 0))
        asked = {"target": self.path, "method": self.command,
                 "headers": {name.lower(): value for name, value in self.headers.items()},
                 "body": self.rfile.read(length).decode()}
        if hasattr(self.connection, "getpeercert"):
            asked["peer"] = dict(one[0] for one in
                                 (self.connection.getpeercert() or {}).get("subject", ()))
        self.server.owner.append(asked)
        size = int(self.path.partition("size=")[2] or 2)
        self.send_response(200 if "missing" not in self.path else 404)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(size))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"x" * size)

    do_POST = do_HEAD = do_GET


class Requests(HttpCase):
    def test_what_is_sent(self):
        server, asked = self.serve()
        answer = self.ask_one("--header", "X-One: 1", f"http://{server.address}/a?b=c")
        self.assertEqual((answer["status"], answer["body"], answer["type"]),
                         (200, "xx", "text/plain"))
        headers = asked[0]["headers"]
        self.assertEqual(headers["x-one"], "1")
        self.assertTrue(headers["user-agent"].startswith("pindrift/"))
        self.assertEqual(headers["accept-encoding"], "identity")
        self.assertNotIn("authorization", headers)
        self.assertNotIn("cookie", headers)

    def test_a_netrc_is_not_read(self):
        server, asked = self.serve()
        (self.home / ".netrc").write_text("machine 127.0.0.1 login jane password secret\n")
        (self.home / ".netrc").chmod(0o600)
        self.ask_one(f"http://{server.address}/")
        self.assertNotIn("authorization", asked[0]["headers"])

    def test_a_form_is_posted(self):
        server, asked = self.serve()
        self.ask_one("--form", "a=b&c=d", f"http://{server.address}/")
        self.assertEqual((asked[0]["method"], asked[0]["body"]), ("POST", "a=b&c=d"))

    def test_connections_are_kept(self):
        with HostileRegistry() as server:
            self.ask(*[word for _ in range(20) for word in (f"{server.url}/v2/", "+")])
            self.assertEqual(len(server.requests), 20)
            self.assertEqual(server.connections, 1)

    def test_eight_at_once_to_a_host(self):
        with HostileRegistry() as server:
            self.ask(*[f"{server.url}/v2/"] * 100)
            self.assertEqual(len(server.requests), 100)
            self.assertLessEqual(server.connections, 8)

    def test_line_ends_and_controls_are_refused(self):
        server, asked = self.serve()
        for arguments in (("--header", "X: a\r\nY: b", f"http://{server.address}/"),
                          ("--header", "X: a\nY: b", f"http://{server.address}/"),
                          (f"http://{server.address}/\r\nX: y",),
                          (f"http://{server.address}/a b",)):
            with self.subTest(arguments):
                self.assert_refused(self.ask_one(*arguments), USAGE)
        self.assertEqual(asked, [])

    def test_other_schemes_and_users_are_refused(self):
        for url in ("file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "/etc/passwd"):
            with self.subTest(url):
                self.assert_refused(self.ask_one(url), USAGE)


class Limits(HttpCase):
    def test_the_limit_of_a_body_is_exact(self):
        server, _ = self.serve()
        fits = self.ask_one("--limit", "1000", f"http://{server.address}/?size=1000")
        self.assertEqual((fits["code"], len(fits["body"])), (0, 1000))
        self.assert_refused(self.ask_one("--limit", "1000", f"http://{server.address}/?size=1001"),
                            LIMIT, server.address, "more than 1000 bytes")

    def test_a_stream_is_taken_in_pieces(self):
        server, _ = self.serve()
        answer = self.ask_one("--limit", 9 << 20, "--chunk",
                              f"http://{server.address}/?size={8 << 20}")
        self.assertEqual((answer["streamed"], answer["body"]), (8 << 20, ""))
        self.assert_refused(self.ask_one("--limit", "1000", "--chunk",
                                         f"http://{server.address}/?size=1001"), LIMIT)

    def test_a_stream_can_be_stopped(self):
        server, _ = self.serve()
        self.assert_refused(self.ask_one("--chunk", "--stop", f"http://{server.address}/"), LIMIT)

    def test_errors_are_no_part_of_a_stream(self):
        server, _ = self.serve()
        answer = self.ask_one("--chunk", f"http://{server.address}/missing")
        self.assertEqual((answer["status"], answer["streamed"], answer["body"]), (404, 0, "xx"))


class Headers(HttpCase):
    def ask_hostile(self, habit):
        with HostileRegistry() as server:
            return self.ask_one(f"{server.url}/v2/{habit}/app/manifests/1")

    def test_they_are_those_of_the_answer_itself(self):
        answer = self.ask_hostile("interim")
        self.assertEqual((answer["code"], answer["status"]), (0, 200), answer)
        self.assertEqual(answer["type"], "application/vnd.oci.image.manifest.v1+json")

    def test_one_that_holds_a_nul_is_refused(self):
        self.assert_refused(self.ask_hostile("nul"), NETWORK,
                            "does not answer in HTTP")

    def test_too_many_and_too_long_ones_are_refused(self):
        for habit in ("headers", "header"):
            with self.subTest(habit):
                self.assert_refused(self.ask_hostile(habit), LIMIT, "headers too large")


class Trust(HttpCase):
    def test_a_ca_as_file_and_as_text_stands_in_for_the_system_s(self):
        context = certificates.server_context(self.authority.issue("server"))
        server, _ = self.serve(context)
        for option in ("--ca-file", "--ca-pem"):
            with self.subTest(option):
                answer = self.ask_one(option, self.authority.path, f"https://{server.address}/")
                self.assertEqual(answer["status"], 200, answer)

    def test_a_client_certificate_from_text(self):
        jane = self.authority.issue("jane", client=True)
        context = certificates.server_context(self.authority.issue("server"), self.authority,
                                              require_client=True)
        server, asked = self.serve(context)
        url = f"https://{server.address}/"
        answer = self.ask_one("--ca-file", self.authority.path, "--certificate", jane.certificate,
                              "--key", jane.key, url)
        self.assertEqual(answer["status"], 200, answer)
        self.assertEqual(asked[0]["peer"]["commonName"], "jane")
        self.assertEqual(self.ask_one("--ca-file", self.authority.path, url)["code"], NETWORK)

    def test_a_broken_client_certificate_is_named(self):
        server, _ = self.serve(certificates.server_context(self.authority.issue("server")))
        broken = self.folder / "broken.pem"
        broken.write_text("nothing")
        answer = self.ask_one("--ca-file", self.authority.path, "--certificate", broken,
                              f"https://{server.address}/")
        self.assert_refused(answer, USAGE, "client certificate")

    def test_another_name_is_verified_and_the_host_stays(self):
        inner = self.authority.issue("inner", names=("DNS:inner.example",))
        server, asked = self.serve(certificates.server_context(inner))
        url = f"https://{server.address}/"
        answer = self.ask_one("--ca-file", self.authority.path, "--server-name", "inner.example",
                              url)
        self.assertEqual(answer["status"], 200, answer)
        self.assertEqual(asked[0]["headers"]["host"], server.address)
        other = self.ask_one("--ca-file", self.authority.path, "--server-name", "other.example",
                             url)
        self.assert_refused(other, NETWORK, "another name")
        self.assert_refused(self.ask_one("--ca-file", self.authority.path, url), NETWORK,
                            "another name")

    def test_a_connection_is_not_shared_with_other_trust(self):
        stranger = certificates.Authority(self.folder / "stranger")
        server, asked = self.serve(certificates.server_context(stranger.issue("server")))
        url = f"https://{server.address}/"
        first, second = self.ask("--insecure", url, "+", "--verified", "--ca-file",
                                 self.authority.path, url)
        self.assertEqual(first["status"], 200)
        self.assert_refused(second, NETWORK, "not trusted")
        self.assertEqual(len(asked), 1)

    def test_old_tls_is_refused(self):
        context = certificates.server_context(self.authority.issue("server"))
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
        server, asked = self.serve(context)
        answer = self.ask_one("--ca-file", self.authority.path, f"https://{server.address}/")
        self.assert_refused(answer, NETWORK, "no TLS connection")
        self.assertEqual(asked, [])


class Redirects(HttpCase):
    """registry tests cover registries; these cover what they do not use."""

    def test_the_same_host_only(self):
        with HostileRegistry() as one, HostileRegistry() as other:
            one.elsewhere = other.url
            url = f"{one.url}/v2/elsewhere/app/manifests/1"
            answer = self.ask_one("--same-host", "--header", "Authorization: Basic x", url)
            self.assert_refused(answer, NETWORK, "to another host")
            self.assertEqual(other.requests, [])

    def test_a_form_is_not_sent_on(self):
        with HostileRegistry() as server:
            answer = self.ask_one("--form", "secret=1", f"{server.url}/v2/relative/a/manifests/1")
            self.assert_refused(answer, NETWORK, "a form is not sent on")
            self.assertEqual(len(server.requests), 1)


class Addresses(HttpCase):
    """refuse_private: by literal, after resolution, and on a connection that is there."""

    def test_literals_are_not_connected_to(self):
        server, asked = self.serve()
        port = server.address.rpartition(":")[2]
        for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0.0.0.0",
                     "0", "127.1", "x.localhost"):
            with self.subTest(host):
                answer = self.ask_one("--refuse-private", f"http://{host}:{port}/")
                self.assert_refused(answer, DENIED, "not asked")
        self.assertEqual(asked, [])

    def test_names_are_judged_by_what_they_resolve_to(self):
        server, asked = self.serve()
        answer = self.ask_one("--refuse-private", self.by_name(server))
        self.assert_refused(answer, DENIED, "it has a loopback address")
        self.assertEqual(asked, [])

    def test_a_connection_that_is_there_is_judged_again(self):
        server, asked = self.serve()
        url = self.by_name(server)
        first, second = self.ask(url, "+", "--refuse-private", url)
        self.assertEqual(first["status"], 200)
        self.assert_refused(second, DENIED, "it has a loopback address")
        self.assertEqual(len(asked), 1)

    def by_name(self, server):
        port = server.address.rpartition(":")[2]
        return f"http://{loopback_name()}:{port}/"


def loopback_name():
    """A name that leads to loopback and does not say so."""
    for name in {socket.gethostname(), "localhost4"} - {"localhost"}:
        try:
            found = {one[4][0] for one in socket.getaddrinfo(name, None)}
        except OSError:
            continue
        if found == {"127.0.0.1"}:
            return name
    raise unittest.SkipTest("no name but localhost leads to loopback here")


if __name__ == "__main__":
    unittest.main()
