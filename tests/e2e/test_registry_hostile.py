"""Registries, token servers and proxies that lie, stall or flood."""

import hashlib
import subprocess
import time
import unittest
from email.utils import formatdate

from registries import ProbeCase
from servers import certificates, hostile, images
from servers.hostile import MANIFEST, HostileRegistry
from servers.listener import Handler, Listener

SHA512 = "sha512:" + hashlib.sha512(MANIFEST.data).hexdigest()
FOUND = ("found", MANIFEST.digest)


class HostileCase(ProbeCase):
    def setUp(self):
        super().setUp()
        self.hostile = HostileRegistry()
        self.addCleanup(self.hostile.close)
        self.hostile.sha512 = SHA512

    def name(self, habit, rest=":1"):
        return f"{self.hostile.address}/{habit}/app{rest}"

    def tag(self, habit, *options, **more):
        return self.one_tag(*options, "tag", self.name(habit), **more)

    def found(self, fact):
        return fact["state"], fact["digest"]


class Floods(HostileCase):
    def test_an_endless_manifest_ends_at_4_mib(self):
        facts = self.probe("tag", self.name("endless"), memory=64 << 20)
        self.assert_unknown(facts.tag("endless/app:1"), "more than 4194304 bytes")
        self.assertLessEqual(facts.requests[self.hostile.address]["bytes"], (4 << 20) + 100)

    def test_a_gzip_bomb_ends_at_4_mib_decoded(self):
        facts = self.probe("tag", self.name("bomb"), memory=64 << 20)
        self.assert_unknown(facts.tag("bomb/app:1"), "more than 4194304 bytes")

    def test_headers_without_end_are_too_large(self):
        for habit in ("headers", "header", "hugedigest"):
            with self.subTest(habit):
                self.assert_unknown(self.tag(habit), self.hostile.address, "headers too large")

    def test_a_registry_that_answers_so_is_not_trusted_with_anything(self):
        self.hostile.everything = "headers"
        self.assert_unknown(self.tag("good"), "headers too large")

    def test_no_size_takes_much_memory(self):
        for habit in ("header", "headers", "hugedigest", "drip"):
            with self.subTest(habit):
                self.probe("--first-byte", "3", "--deadline", "5", "tag", self.name(habit),
                           memory=64 << 20)


class Silence(HostileCase):
    def test_silence_and_drips_end_and_delay_nobody_else(self):
        with HostileRegistry() as silent, HostileRegistry() as other:
            silent.everything = "silent"
            facts = self.probe("--first-byte", "3", "tag", self.name("drip"),
                               "tag", f"{silent.address}/a/b:1", "tag", f"{silent.address}/c/d:1",
                               "tag", f"{other.address}/good/app:1")
            last = max(one.at for one in other.requests)
            first = min(one.at for one in other.requests)
        self.assert_unknown(facts.tag("a/b:1"), silent.address, "did not answer within 3 s")
        self.assertEqual(facts.requests[silent.address]["made"], 1)
        self.assert_unknown(facts.tag("drip/app:1"), "less than 1024 bytes a second")
        self.assertEqual(self.found(facts.tag("good/app:1")), FOUND)
        self.assertLess(facts.seconds, 20)
        self.assertLess(last - first, 1)

    def test_the_deadline_ends_what_is_under_way(self):
        facts = self.probe("--deadline", "1", "tag", self.name("silent"),
                           "tag", self.name("good"))
        self.assert_unknown(facts.tag("silent/app:1"), "the deadline passed")
        self.assertEqual(self.found(facts.tag("good/app:1")), FOUND)
        self.assertLess(facts.seconds, 3)

    def test_no_host_gets_more_than_its_share_of_the_time(self):
        """A host that drips delays the next round of questions to others no longer than that."""
        with HostileRegistry() as other:
            facts = self.probe("--host-seconds", "2", "tag", self.name("drip"),
                               "tag", f"{other.address}/good/app:1", "+",
                               "tag", self.name("good", ":7"), "tag", f"{other.address}/good/app:8")
        self.assert_unknown(facts.tag("drip/app:1"), self.hostile.address,
                            "a quarter of the run's time")
        self.assert_unknown(facts.tag("good/app:7"), "a quarter of")
        self.assertEqual(self.found(facts.tag("good/app:8")), FOUND)
        self.assertEqual(facts.requests[self.hostile.address]["refused"], 1)
        self.assertLess(facts.seconds, 5)

    def test_an_answer_that_breaks_off_is_tried_again_and_then_unknown(self):
        fact = self.tag("broken")
        self.assert_unknown(fact, "broke its answer off")
        self.assertEqual(len([one for one in self.hostile.asked("broken")
                              if one.method == "GET"]), 4)

    def test_a_registry_that_hangs_up(self):
        self.hostile.everything = "hangup"
        # It is then asked with TLS, of which it may wait for a line's end.
        self.assert_unknown(self.tag("good", "--first-byte", "2"), self.hostile.address)


class Lies(HostileCase):
    def test_other_bytes_than_the_digest_says_are_a_mismatch(self):
        digest = images.image(salt="third").digest
        facts = self.probe("manifest", self.name("liar", f"@{digest}"),
                           "blob", self.name("good", f"@{digest}"))
        for blob in (False, True):
            fact = facts.digest(digest, blob)
            self.assertEqual((fact["state"], fact["mismatch"]), ("unknown", True))
            self.assertIn("content whose digest is sha256:", fact["reason"])
        self.assertEqual(facts.images, {})

    def test_a_tag_is_what_its_bytes_are_whatever_the_header_says(self):
        fact = self.tag("liar")
        self.assertEqual(self.found(fact), ("found", images.image(salt="other").digest))

    def test_tags_that_wait_for_the_same_bytes_do_not_take_others_for_them(self):
        for habit, expected in (("liar", "found"), ("broken", "unknown")):
            with self.subTest(habit):
                names = [self.name(habit, f":{number}") for number in range(20)]
                facts = self.probe(*[word for name in names for word in ("tag", name)])
                self.assertEqual({one["state"] for one in facts.value["tags"]}, {expected})
                self.assertNotIn(MANIFEST.digest, facts.images)

    def test_without_a_usable_header_the_bytes_are_hashed(self):
        for habit in ("nodigest", "shortdigest", "upperdigest", "oddalgorithm", "squeezed"):
            with self.subTest(habit):
                self.assertEqual(self.found(self.tag(habit)), FOUND)

    def test_sha512_is_computed_and_verified_as_such(self):
        self.assertEqual(self.found(self.tag("sha512")), ("found", SHA512))
        facts = self.probe("manifest", self.name("good", f"@{SHA512}"))
        self.assertEqual(facts.digest(SHA512)["state"], "found")
        wrong = SHA512[:-1] + ("0" if SHA512[-1] != "0" else "1")
        facts = self.probe("manifest", self.name("good", f"@{wrong}"))
        self.assertTrue(facts.digest(wrong)["mismatch"])

    def test_a_login_page_is_no_image_and_no_mismatch(self):
        for habit in ("login", "json"):
            facts = self.probe("tag", self.name(habit),
                               "manifest", self.name(habit, f"@{MANIFEST.digest}"),
                               "presence", self.name(habit, f"@{images.image(salt='x').digest}"))
            for fact in facts.value["tags"] + facts.value["digests"]:
                with self.subTest(habit=habit, fact=fact):
                    if habit == "json" and fact["digest"] != MANIFEST.digest and "tag" not in fact:
                        continue  # a HEAD cannot tell
                    self.assertEqual(fact["state"], "unknown")
                    self.assertFalse(fact.get("mismatch", False))
            self.assertEqual(facts.images, {})

    def test_types_that_contradict_the_bytes_are_errors(self):
        for habit, words in (("portal", "no JSON object"), ("wrongtype", "calls itself"),
                             ("schema1", "schema 1")):
            with self.subTest(habit):
                self.assert_unknown(self.tag(habit), words)


class Redirects(HostileCase):
    def test_a_password_does_not_cross_to_another_port(self):
        with HostileRegistry() as other:
            self.hostile.elsewhere = other.url
            config = self.config(**{self.hostile.address: ("jane", "open-sesame")})
            fact = self.tag("elsewhere", "--docker-config", config)
            asked = list(other.requests)
        self.assertEqual(self.found(fact), FOUND)
        self.assertTrue(asked)
        self.assertTrue(self.hostile.asked("elsewhere")[-1].headers["authorization"])
        self.assertFalse([one for one in asked if "authorization" in one.headers])

    def test_the_same_place_may_be_named_relatively(self):
        self.assertEqual(self.found(self.tag("relative")), FOUND)

    def test_another_host_s_words_do_not_get_into_reports(self):
        with HostileRegistry() as other:
            self.hostile.elsewhere = other.url
            fact = self.tag("elsewhere403")
        self.assertEqual(fact["state"], "denied")
        self.assertNotIn("expired", fact["reason"])

    def test_what_is_not_followed_is_named(self):
        for habit, words in (("tofile", "another scheme"), ("loop", "too many redirects"),
                             ("userinfo", "user name or password")):
            with self.subTest(habit):
                self.assert_unknown(self.tag(habit), self.hostile.address, words)
        self.assertEqual(len(self.hostile.asked("loop")), 6)

    def test_https_is_never_left(self):
        authority = certificates.Authority(self.folder / "ca")
        context = certificates.server_context(authority.issue("server"))
        with HostileRegistry(context) as secure:
            fact = self.one_tag("--ca", authority.path, "tag", f"{secure.address}/downgrade/app:1")
        self.assert_unknown(fact, "from https to http")


class Challenges(HostileCase):
    """What a registry may say of how it wants to be signed in to."""

    def sign_in(self, *challenges, **options):
        self.hostile.challenges = challenges
        return self.tag("challenge", *options.get("options", ()))

    def bearer(self, more=""):
        return f'Bearer realm="{self.hostile.url}/token",service="s"{more}'

    def test_the_known_scheme_is_found_among_others(self):
        for challenges in (
                [self.bearer()],
                ["Negotiate", self.bearer()],
                [f'Basic realm="r", {self.bearer()}'],
                [f"Negotiate abc==, NTLM, {self.bearer()}"],
                [self.bearer(',scope="repository:user/image:pull"')],
                [self.bearer().replace("Bearer realm", "bEARER REALM")],
                [self.bearer(f',realm="{self.hostile.url}/other"')],
                ['Bearer realm="unbalanced', self.bearer()],
        ):
            with self.subTest(challenges):
                self.hostile.requests.clear()
                self.assertEqual(self.found(self.sign_in(*challenges)), FOUND)
                (asked,) = self.hostile.asked("token")
                self.assertIn("repository%3achallenge%2fapp%3apull", asked.target.lower())

    def test_hostile_ones_end_in_denial(self):
        for challenge in ('Bearer realm="' + "x" * 50_000, "Bearer", "Bearer realm=", '"""', "=",
                          "Bearer " + ",".join(f'a{n}="b"' for n in range(2000)),
                          'Basic realm="r"', "Negotiate", ""):
            with self.subTest(challenge[:40]):
                self.assertEqual(self.sign_in(challenge)["state"], "denied")

    def test_a_megabyte_of_challenge_is_too_large(self):
        self.assert_unknown(self.sign_in('Bearer realm="' + "x" * 1_000_000), "headers too large")

    def test_realms_that_are_not_asked(self):
        with HostileRegistry() as victim:
            for realm, words in (
                    (f"http://{victim.address}/token", "it is a loopback address"),
                    ("http://169.254.169.254/latest", "it is a link-local address"),
                    ("http://0.0.0.0:1/token", "it is an unspecified address"),
                    ("http://[::ffff:127.0.0.1]:1/token", "it is a loopback address"),
                    (f"http://jane:x@{self.hostile.address}/token", "with a user name"),
                    ("file:///etc/passwd", "another scheme"),
                    ("not a URL", "a space"),
            ):
                with self.subTest(realm):
                    fact = self.sign_in(f'Bearer realm="{realm}",service="s"')
                    self.assert_unknown(fact, words)
            self.assertEqual(victim.requests, [])

    def test_credentials_go_to_a_trusted_host_alone(self):
        config = self.config(**{self.hostile.address: ("jane", "open-sesame")})
        with HostileRegistry() as tokens:
            challenge = f'Bearer realm="{tokens.url}/token",service="s"'
            options = ["--docker-config", config, "--token-host", tokens.address]
            self.assertEqual(self.found(self.sign_in(challenge, options=options)), FOUND)
            self.assertIn("authorization", tokens.requests[0].headers)

    def test_a_hop_of_the_token_server_is_judged_as_well(self):
        config = self.config(**{self.hostile.address: ("jane", "open-sesame")})
        with HostileRegistry() as victim:
            self.hostile.elsewhere = victim.url
            challenge = f'Bearer realm="{self.hostile.url}/v2/elsewhere/x/manifests/1"'
            fact = self.sign_in(challenge, options=["--docker-config", config])
            self.assertEqual(victim.requests, [])
        self.assert_unknown(fact, "is not followed")


class TokenAnswers(HostileCase):
    def token(self, text):
        self.hostile.token_text = text
        self.hostile.challenges = [f'Bearer realm="{self.hostile.url}/token",service="s"']
        return self.tag("challenge")

    def test_what_is_no_token_is_an_error(self):
        for text, words in (
                (hostile.nested(), "more than 65536 bytes"),
                (hostile.nested(1000), "no usable token"),
                (hostile.duplicate(), "no usable token"),
                ("<html>", "no usable token"),
                ("", "no usable token"),
                ("{}", "no usable token"),
                ('{"token": ""}', "no usable token"),
                ('{"token": 7}', "no usable token"),
                ('{"token": "a\\r\\nX-Injected: 1"}', "no usable token"),
                ('{"token": "a b"}', "no usable token"),
                ('{"token": "' + "x" * 70_000 + '"}', "more than 65536 bytes"),
        ):
            with self.subTest(text[:40]):
                self.hostile.requests.clear()
                fact = self.token(text)
                self.assert_unknown(fact, words)
                self.assertFalse([one for one in self.hostile.requests
                                  if "x-injected" in one.headers])

    def test_a_token_is_never_shown(self):
        self.hostile.token_text = '{"token": "very-secret-token"}'
        facts = self.probe("tag", self.name("insatiable"))
        self.assertEqual(facts.tag("insatiable/app:1")["state"], "denied")
        self.assertNotIn("very-secret-token", facts.text)

    def test_an_expired_token_is_renewed_and_the_run_goes_on(self):
        self.hostile.token_text = '{"token": "token-NUMBER"}'
        for status in (401, 400):
            with self.subTest(status):
                self.hostile.requests.clear()
                self.hostile.tokens_given = 0
                self.hostile.expired_status = status
                rounds = [word for number in range(6)
                          for word in ("tag", self.name("expiring", f":{number}"), "+")][:-1]
                facts = self.probe(*rounds)
                self.assertEqual({self.found(one) for one in facts.value["tags"]}, {FOUND})
                self.assertLess(len(self.hostile.asked("token")), 7)

    def test_a_second_401_stops(self):
        facts = self.probe(*["tag", self.name("insatiable")] * 20)
        self.assertEqual({one["state"] for one in facts.value["tags"]}, {"denied"})
        self.assertEqual(len(self.hostile.asked("token")), 1)
        self.assertLessEqual(len(self.hostile.asked("/v2/insatiable")), 40)


class Patience(HostileCase):
    def test_retry_after_is_obeyed_within_reason(self):
        for value, least, most in (("2", 1.9, 5), ("0", 0, 2), ("garbage", 0, 2),
                                   (lambda: formatdate(time.time() + 3, usegmt=True), 1, 6)):
            with self.subTest(value):
                self.hostile.retry_after = value() if callable(value) else value
                self.hostile.forget()
                facts = self.probe("tag", self.name("later"))
                self.assertEqual(self.found(facts.tag("later/app:1")), FOUND)
                self.assertGreaterEqual(facts.seconds, least)
                self.assertLess(facts.seconds, most)

    def test_a_ratelimit_that_is_used_up_is_waited_for(self):
        facts = self.probe("tag", self.name("exhausted"))
        self.assertEqual(self.found(facts.tag("exhausted/app:1")), FOUND)
        self.assertGreaterEqual(facts.seconds, 1.9)
        self.assertLess(facts.seconds, 4)

    def test_who_asks_for_too_much_patience_gets_none(self):
        self.hostile.retry_after = "1000000000"
        facts = self.probe("tag", self.name("busy"))
        self.assert_unknown(facts.tag("busy/app:1"), "answers 429", "1000000000",
                            "too many requests")
        self.assertLess(facts.seconds, 2)
        self.assertEqual(len(self.hostile.asked("busy")), 1)

    def test_no_wait_goes_beyond_the_deadline(self):
        self.hostile.retry_after = "30"
        facts = self.probe("--deadline", "5", "tag", self.name("busy"))
        self.assert_unknown(facts.tag("busy/app:1"), "answers 429")
        self.assertLess(facts.seconds, 2)

    def test_429_for_500_images_opens_the_breaker(self):
        wants = [word for number in range(500) for word in ("tag", self.name("busy", f":{number}"))]
        facts = self.probe(*wants)
        self.assertEqual({one["state"] for one in facts.value["tags"]}, {"unknown"})
        self.assertIn("given up", facts.tag("busy/app:499")["reason"])
        self.assertLessEqual(len(self.hostile.asked("busy")), 48)
        figures = facts.requests[self.hostile.address]
        self.assertEqual(figures["made"], len(self.hostile.requests))
        self.assertGreaterEqual(figures["refused"], 500 - 48)

    def test_a_server_error_is_tried_again_and_named(self):
        self.assert_unknown(self.tag("failing"), "answers 500")
        self.assertEqual(len(self.hostile.asked("failing")), 2)

    def test_without_head_get_serves(self):
        self.assertEqual(self.found(self.tag("nohead")), FOUND)
        facts = self.probe("presence", self.name("nohead", f"@{MANIFEST.digest}"))
        self.assertEqual(facts.digest(MANIFEST.digest)["state"], "found")

    def test_a_403_gives_the_server_s_reason(self):
        fact = self.tag("forbidden")
        self.assertEqual(fact["state"], "denied")
        self.assertIn("(Your authorization token has expired.)", fact["reason"])


class Certificates(ProbeCase):
    """Distinct words for what is wrong, and no second try without verification."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.class_folder()
        cls.authority = certificates.Authority(folder / "ours")
        cls.stranger = certificates.Authority(folder / "stranger", "a stranger")
        cls.namesake = certificates.Authority(folder / "namesake")

    def ask(self, certificate, *options, ca=None):
        with HostileRegistry(certificates.server_context(certificate)) as registry:
            fact = self.one_tag("--ca", ca or self.authority.path, *options,
                                "tag", f"{registry.address}/good/app:1")
            return fact, registry

    def test_a_private_ca(self):
        fact, _ = self.ask(self.authority.issue("good"))
        self.assertEqual((fact["state"], fact["digest"]), FOUND)

    def test_what_is_wrong_is_said(self):
        cases = [
            (self.authority.issue("old", expired=True), ("has expired", "clock")),
            (self.authority.issue("named", names=("DNS:other.example",)), ("another name",)),
            (self.stranger.issue("unknown"), ("CA that is not trusted",)),
            (self.namesake.issue("unknown"), ("CA that is not trusted", "here")),
            (certificates.Certificate(self.stranger.path, self.stranger.key), ("self-signed",)),
        ]
        for certificate, words in cases:
            with self.subTest(words):
                fact, registry = self.ask(certificate)
                self.assert_unknown(fact, "the certificate of 127.0.0.1", *words)
                self.assertEqual(registry.requests, [])

    def test_a_listed_host_is_not_verified_and_others_are(self):
        with HostileRegistry(certificates.server_context(self.stranger.issue("s"))) as one, \
                HostileRegistry(certificates.server_context(self.stranger.issue("t"))) as other:
            facts = self.probe("--insecure", one.address, "tag", f"{one.address}/good/one:1",
                               "tag", f"{other.address}/good/other:1")
        self.assertEqual(facts.tag("good/one:1")["state"], "found")
        self.assertEqual(facts.tag("good/other:1")["state"], "unknown")

    def test_an_insecure_host_does_not_make_its_redirects_insecure(self):
        stranger = certificates.server_context(self.stranger.issue("u"))
        with HostileRegistry(stranger) as one, HostileRegistry(stranger) as other:
            one.elsewhere = other.url
            config = self.config(**{one.address: ("jane", "open-sesame")})
            fact = self.one_tag("--insecure", one.address, "--docker-config", config,
                                "tag", f"{one.address}/elsewhere/app:1")
        self.assert_unknown(fact, f"the certificate of {other.address}")

    def test_files_that_cannot_be_used_end_the_run_before_any_request(self):
        empty = self.folder / "empty.pem"
        empty.write_text("nothing")
        broken = self.folder / "config.json"
        broken.write_text('{"auths": ')
        for options, words in ((("--ca", self.folder / "none.pem"), "none.pem"),
                               (("--ca", empty), "no PEM certificate"),
                               (("--docker-config", self.folder / "none"), "none"),
                               (("--docker-config", broken), "no JSON object")):
            with self.subTest(words):
                errors = self.probe(*options, "tag", "127.0.0.1:1/a/b:1", status=2)
                self.assertIn(words, errors)


def curl_version():
    """(major, minor) of the curl that is installed with the library."""
    text = subprocess.run(("curl", "--version"), check=True, capture_output=True, text=True).stdout
    return tuple(int(one) for one in text.split()[1].split(".")[:2])


class Proxies(HostileCase):
    """A proxy from the environment; only names that are not loopback go through it."""

    def setUp(self):
        super().setUp()
        self.proxy = Listener(_Proxy, self)
        self.addCleanup(self.proxy.close)
        self.connects = []

    def ask(self, **variables):
        url = f"http://jane:proxy-secret@{self.proxy.address}"
        return self.probe("tag", "registry.example.com/a/b:1",
                          variables={"https_proxy": url, **variables})

    def test_407_is_named_and_the_password_is_not(self):
        facts = self.ask()
        self.assert_unknown(facts.tag("a/b:1"), "the proxy does not connect to "
                            "registry.example.com", "407")
        self.assertNotIn("proxy-secret", facts.text)
        self.assertEqual(self.connects, ["registry.example.com:443"])

    def test_no_proxy_is_honoured_for_names(self):
        self.assertIn("does not resolve",
                      self.ask(no_proxy="registry.example.com").tag("a/b:1")["reason"])
        self.assertEqual(self.connects, [])

    @unittest.skipIf(curl_version() < (7, 86), "this libcurl knows no networks in no_proxy")
    def test_no_proxy_is_honoured_for_networks(self):
        facts = self.probe("--deadline", "2", "tag", "192.0.2.7/a/b:1",
                           variables={"https_proxy": f"http://{self.proxy.address}",
                                      "no_proxy": "192.0.2.0/24"})
        self.assertEqual(facts.tag("a/b:1")["state"], "unknown")
        self.assertEqual(self.connects, [])


class _Proxy(Handler):
    def do_CONNECT(self):
        self.server.owner.connects.append(self.path)
        self.send_response(407)
        self.send_header("Proxy-Authenticate", 'Basic realm="p"')
        self.send_header("Content-Length", "0")
        self.end_headers()


if __name__ == "__main__":
    unittest.main()
