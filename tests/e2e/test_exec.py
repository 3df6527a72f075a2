"""Clusters whose credentials come from a program: `exec` of a kubeconfig's user."""

import base64
import json
import shlex
import time
import unittest
from pathlib import Path

import scans

import lib
from servers import images
from servers import kube_wire as wire
from servers.certificates import Authority
from servers.kube_api import KubeApi

V1 = "client.authentication.k8s.io/v1"
V1BETA1 = "client.authentication.k8s.io/v1beta1"
AGAIN_SECONDS = 5.5  # a program is not run again sooner


def is_running(number):
    """Whether a process still does anything; init takes away the ended ones when it likes."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class PluginTest(scans.ScanTest):
    """An API server over TLS that wants to know who is there, and a clean cluster."""

    def setUp(self):
        super().setUp()
        node = images.image()
        self.push(node, "shop/app", "1")
        pinned = self.reference("shop/app", "1", node.digest)
        running = f"{self.registry.address}/shop/app@{node.digest}"
        self.cluster.deployment("app", "shop", {"app": pinned}, [{"app": running}])
        self.declare("app", "shop", {"app": pinned})
        self.authority = Authority(self.folder / "ca")
        self.api = KubeApi(self.cluster.world(), certificate=self.authority.issue("server"),
                           client_authority=self.authority, tokens={"plugin-token": "jane"})
        self.addCleanup(self.api.close)

    def kubeconfig(self, command, *, path="home/.kube/config", cluster=None, **fields):
        """A kubeconfig that its user alone may write to; `fields` of `exec`."""
        program = {"apiVersion": V1, "command": str(command), "interactiveMode": "Never", **fields}
        config = {
            "current-context": "test",
            "clusters": [{"name": "test", "cluster": {
                "server": self.api.url, "certificate-authority": str(self.authority.path),
                **(cluster or {})}}],
            "users": [{"name": "test", "user": {"exec": program}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
        }
        written = self.write(path, lib.yaml_of(config))
        written.chmod(0o600)
        return written

    def plugin(self, *lines, path="bin/get-credential"):
        """A shell script that notes each of its runs in `runs`."""
        text = "\n".join(("#!/bin/sh", f"echo x >> {shlex.quote(str(self.folder / 'runs'))}")
                         + lines)
        written = self.write(path, text + "\n")
        written.chmod(0o700)
        return written

    def runs(self):
        path = self.folder / "runs"
        return len(path.read_text().splitlines()) if path.exists() else 0

    def scan_with(self, config, *arguments, status, paths=None, **options):
        chosen = [self.manifests] if paths is None else paths
        return self.pindrift("scan", *chosen, "-A", "--kubeconfig", config, "--db",
                             self.database, "-f", "json", *arguments, status=status, **options)

    def users(self):
        return {one.user for one in self.api.requests}


def credential(version=V1, **status):
    """A line of shell that prints an ExecCredential."""
    value = {"kind": "ExecCredential", "apiVersion": version, "status": status}
    return f"echo {shlex.quote(json.dumps(value))}"


class Credentials(PluginTest):
    def test_a_token(self):
        config = self.kubeconfig(self.plugin(credential(token="plugin-token")))
        report = json.loads(self.scan_with(config, status=0).stdout)
        self.assertEqual(report["summary"]["verdict"], "clean")
        self.assertEqual(self.users(), {"jane"})
        self.assertEqual(self.runs(), 1)

    def test_a_certificate(self):
        client = self.authority.issue("jill", client=True)
        answer = self.write("answer.json", json.dumps({
            "kind": "ExecCredential", "apiVersion": V1,
            "status": {"clientCertificateData": client.certificate.read_text(),
                       "clientKeyData": client.key.read_text()}}))
        config = self.kubeconfig(self.plugin(f"cat {shlex.quote(str(answer))}"))
        self.scan_with(config, status=0)
        self.assertEqual(self.users(), {"jill"})

    def test_the_older_version_of_the_protocol(self):
        plugin = self.plugin(credential(V1BETA1, token="plugin-token"))
        config = self.kubeconfig(plugin, apiVersion=V1BETA1)
        self.scan_with(config, status=0)

    def test_a_command_in_path_and_one_beside_the_kubeconfig(self):
        line = credential(token="plugin-token")
        self.plugin(line, path="tools/aws")
        self.plugin(line, path="home/.kube/bin/aws")
        path = f"{self.folder}/tools:{lib.environment(self.home)['PATH']}"
        self.scan_with(self.kubeconfig("aws"), status=0, PATH=path)
        self.scan_with(self.kubeconfig("./bin/aws"), status=0)
        self.assertEqual(self.runs(), 2)

    def test_what_the_program_is_told(self):
        told = shlex.quote(str(self.folder / "told"))
        config = self.kubeconfig(
            self.plugin(f'printf "%s\\n" "$KUBERNETES_EXEC_INFO" "$STAGE" "$@" > {told}',
                        credential(token="plugin-token")),
            args=["two words", "$HOME"], env=[{"name": "STAGE", "value": "test"}],
            provideClusterInfo=True,
            cluster={"extensions": [{"name": "client.authentication.k8s.io/exec",
                                     "extension": {"audience": "shop"}}]})
        self.scan_with(config, status=0)
        info, *rest = (self.folder / "told").read_text().splitlines()
        self.assertEqual(rest, ["test", "two words", "$HOME"])
        authority = base64.b64encode(self.authority.path.read_bytes()).decode()
        self.assertEqual(json.loads(info), {
            "kind": "ExecCredential", "apiVersion": V1,
            "spec": {"interactive": False,
                     "cluster": {"server": self.api.url, "certificate-authority-data": authority,
                                 "config": {"audience": "shop"}}}})

    def test_a_program_that_warns_is_heard(self):
        config = self.kubeconfig(self.plugin("echo 'this plugin is deprecated' >&2",
                                             credential(token="plugin-token")))
        ran = self.scan_with(config, status=0)
        self.assertIn("this plugin is deprecated", ran.stderr)

    def test_the_token_is_kept_nowhere(self):
        config = self.kubeconfig(self.plugin("echo 'debug: got plugin-token' >&2",
                                             credential(token="plugin-token")))
        ran = self.scan_with(config, status=0)
        kept = b"".join(path.read_bytes() for path in self.folder.glob("observations.db*"))
        self.assertIn("debug: got", ran.stderr)
        for text in (ran.stdout.encode(), ran.stderr.encode(), kept):
            self.assertNotIn(b"plugin-token", text)


class Renewal(PluginTest):
    """The API server lets time go by before it answers once."""

    def delay(self, resource, then):
        original, waited = self.api.answer, []

        def answer(request):
            if f"/{resource}" in request.path and not waited:
                waited.append(True)
                time.sleep(AGAIN_SECONDS)
                return then(request) or original(request)
            return original(request)

        self.api.answer = answer

    def token_file(self, **status):
        """A program whose answer can be changed."""
        path = self.folder / "answer"

        def tell(token):
            path.write_text(json.dumps({"kind": "ExecCredential", "apiVersion": V1,
                                        "status": {"token": token, **status}}))

        tell("plugin-token")
        return self.kubeconfig(self.plugin(f"cat {shlex.quote(str(path))}")), tell

    def test_a_refused_token_is_renewed_in_the_middle_of_a_list(self):
        config, tell = self.token_file()

        def revoke(_):
            tell("second-token")
            self.api.tokens = {"second-token": "jane"}
            return wire.unauthorized()

        self.delay("pods", revoke)
        report = json.loads(self.scan_with(config, status=0).stdout)
        self.assertEqual(report["summary"]["verdict"], "clean")
        self.assertEqual(self.runs(), 2)

    def test_a_token_that_runs_out_is_renewed_before_it_is_refused(self):
        config, tell = self.token_file(expirationTimestamp="2020-01-01T00:00:00Z")

        def rotate(_):
            tell("second-token")
            self.api.tokens["second-token"] = "jill"

        self.delay("nodes", rotate)
        self.scan_with(config, status=0)
        pods = [one for one in self.api.requests if "/pods" in one.target]
        self.assertEqual([one.user for one in pods], ["jill"])
        self.assertEqual(self.runs(), 2)


class Failures(PluginTest):
    """A gap where there is something else to look at, else one line and exit 4."""

    def assert_gap(self, config, *words, **options):
        report = json.loads(self.scan_with(config, status=3, **options).stdout)
        (gap,) = report["gaps"]
        self.assertEqual(gap["id"], "unauthorized")
        for word in words:
            self.assertIn(word, gap["reason"])
        self.assertEqual(self.api.requests, [])
        return gap["reason"]

    def test_a_program_that_fails(self):
        config = self.kubeconfig(self.plugin("echo 'session expired: run aws login' >&2",
                                             "exit 255"))
        self.assert_gap(config, "exit status 255: session expired: run aws login")
        ran = self.scan_with(config, status=4, paths=[])
        self.assertEqual(len(ran.stderr.splitlines()), 1, ran.stderr)
        self.assertIn("session expired", ran.stderr)

    def test_a_program_that_prints_1_gb(self):
        config = self.kubeconfig(self.plugin("exec head -c 1000000000 /dev/zero"))
        start = time.monotonic()
        self.assert_gap(config, "wrote more than 1048576 bytes")
        self.assertLess(time.monotonic() - start, 10)

    def test_a_program_that_hangs_is_ended_with_what_it_started(self):
        mark = self.folder / "started"
        config = self.kubeconfig(self.plugin(f"sleep 300 & echo $! >{mark}", "wait"))
        start = time.monotonic()
        self.assert_gap(config, "did not end within 30 seconds")
        self.assertLess(time.monotonic() - start, 45)
        self.assertFalse(is_running(mark.read_text().strip()))

    def test_a_program_that_gives_no_credential(self):
        config = self.kubeconfig(self.plugin("echo '<html>sign in</html>'"))
        self.assertNotIn("html", self.assert_gap(config, "JSON"))

    def test_a_program_that_needs_a_terminal(self):
        plugin = self.plugin(credential(token="plugin-token"))
        self.assert_gap(self.kubeconfig(plugin, interactiveMode="Always"), "terminal")
        self.assertEqual(self.runs(), 0)

    def test_a_program_that_is_not_installed(self):
        config = self.kubeconfig("pindrift-no-such-tool", installHint="ask your admin")
        self.assert_gap(config, "pindrift-no-such-tool", "not found in PATH", "ask your admin")

    def test_a_token_that_the_server_does_not_know(self):
        config = self.kubeconfig(self.plugin(credential(token="stale-token")))
        report = json.loads(self.scan_with(config, status=3).stdout)
        self.assertEqual([gap for gap, _ in scans.gaps(report)], ["unauthorized"])
        self.assertIn("refused the credentials", report["gaps"][0]["reason"])
        self.assertEqual(self.runs(), 1)


class Trust(PluginTest):
    """A kubeconfig that somebody else may have written starts nothing."""

    def assert_not_started(self, config, *arguments, **options):
        ran = self.scan_with(config, *arguments, status=2, **options)
        self.assertEqual(len(ran.stderr.splitlines()), 1, ran.stderr)
        self.assertIn("--allow-exec", ran.stderr)
        self.assertEqual(self.runs(), 0)

    def script(self):
        return self.plugin(credential(token="plugin-token"))

    def test_in_the_scanned_folder(self):
        config = self.kubeconfig(self.script(), path="manifests/kubeconfig")
        self.assert_not_started(config)

    def test_a_shell_in_the_scanned_folder(self):
        self.script()
        config = self.kubeconfig("sh", args=["-c", str(self.folder / "bin/get-credential")],
                                 path="manifests/kubeconfig")
        self.assert_not_started(config)

    def test_elsewhere_in_the_work_tree(self):
        (self.folder / "checkout/.git").mkdir(parents=True)
        config = self.kubeconfig(self.script(), path="checkout/ci/kubeconfig")
        self.manifests = self.manifests.rename(self.folder / "checkout/deploy")
        self.assert_not_started(config)
        self.assert_not_started(config, paths=["checkout/deploy/app.yaml"])

    def test_in_the_current_folder_while_manifests_come_on_standard_input(self):
        config = self.kubeconfig(self.script(), path="kubeconfig")
        manifest = (self.manifests / "app.yaml").read_text()
        self.assert_not_started(config, paths=["-"], stdin=manifest)

    def test_by_a_link_in_the_scanned_folder(self):
        link = self.manifests / "kubeconfig"
        link.symlink_to(self.kubeconfig(self.script()))
        self.assert_not_started(link)

    def test_a_file_that_others_may_write_to(self):
        config = self.kubeconfig(self.script())
        for mode in (0o620, 0o602):
            config.chmod(mode)
            self.assert_not_started(config)

    def test_the_command_that_was_allowed(self):
        config = self.kubeconfig(script := self.script(), path="manifests/kubeconfig")
        self.assert_not_started(config, "--allow-exec", "get-credential")
        self.scan_with(config, "--allow-exec", script, status=0)
        self.assertEqual(self.runs(), 1)

    def test_without_manifests_nothing_is_scanned_that_could_hold_it(self):
        config = self.kubeconfig(self.script(), path="kubeconfig")
        self.scan_with(config, status=0, paths=[])
        self.assertEqual(self.runs(), 1)


if __name__ == "__main__":
    unittest.main()
