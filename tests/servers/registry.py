"""A real docker-registry on a loopback port, and a client that fills it.

    with Registry() as registry:                       # open, plain HTTP
        registry.push(images.image(), "demo/web", "1.0")
        registry.address                               # "127.0.0.1:40123"
        registry.requests()                            # what was asked so far

    Registry(certificate=server, authority=authority, users={"jane": "secret"})
    Registry(certificate=server, authority=authority, token_server=tokens)
"""

import base64
import ctypes
import http.client
import json
import re
import shutil
import tempfile
from collections import namedtuple
from pathlib import Path
from urllib.parse import urlsplit

from . import images, processes
from .listener import Closing

Request = namedtuple("Request", "method target status agent")

_ACCESS_LINE = re.compile(r'"(\S+) (\S+) \S+" (\d+) \d+ "[^"]*" "([^"]*)"')


def available():
    """Is there a docker-registry to start?"""
    return processes.find_tool("docker-registry") is not None


class Registry(Closing):
    """docker-registry with its storage in a folder that goes when it stops."""

    def __init__(self, *, port=0, certificate=None, authority=None, users=None,
                 token_server=None):
        self.authority = authority
        self.token_server = token_server
        self._folder = Path(tempfile.mkdtemp(prefix="pindrift-registry-"))
        self._certificate = certificate
        self._users = users
        self._port = port
        self._process = None
        try:
            self.start()
        except BaseException:
            self.close()
            raise

    @property
    def scheme(self):
        return "https" if self._certificate else "http"

    @property
    def url(self):
        return f"{self.scheme}://{self.address}"

    def start(self):
        """Start, or start again on the same port with the same content."""
        config = self._folder / "config.yml"
        config.write_text(json.dumps(self._configuration(), indent=1))
        log = self._folder / "log"
        log.write_text("")
        program = processes.find_tool("docker-registry")
        if program is None:
            raise FileNotFoundError("docker-registry: run tests/setup test")
        with open(log, "ab") as log_file, open(self._folder / "access", "ab") as access_file:
            self._process = processes.start((program, "serve", str(config)),
                                            stdout=access_file, stderr=log_file,
                                            cwd=self._folder)
        self._port = processes.wait_until(lambda: self._listening_port(log),
                                          what="docker-registry")
        self.address = f"127.0.0.1:{self._port}"

    def _listening_port(self, log):
        text = log.read_text()
        found = re.search(r"listening on 127\.0\.0\.1:(\d+)", text)
        if found is None and self._process.poll() is not None:
            raise OSError(f"docker-registry ended: {text[-2000:]}")
        return int(found.group(1)) if found else None

    def _configuration(self):
        settings = {"addr": f"127.0.0.1:{self._port}", "secret": "loopback"}
        if self._certificate:
            settings["tls"] = {"certificate": str(self._certificate.certificate),
                               "key": str(self._certificate.key)}
        configuration = {
            "version": 0.1,
            "log": {"level": "info", "accesslog": {"disabled": False}},
            "storage": {
                "filesystem": {"rootdirectory": str(self._folder / "storage")},
                "delete": {"enabled": True},
                "maintenance": {"uploadpurging": {"enabled": False}},
            },
            "http": settings,
        }
        if self._users:
            passwords = self._folder / "htpasswd"
            passwords.write_text("".join(f"{user}:{bcrypt(password)}\n"
                                         for user, password in self._users.items()))
            configuration["auth"] = {"htpasswd": {"realm": "pindrift test",
                                                  "path": str(passwords)}}
        elif self.token_server:
            configuration["auth"] = {"token": self.token_server.registry_settings()}
        return configuration

    def stop(self):
        """Stop listening; the content stays for start()."""
        if self._process:
            processes.stop(self._process)

    def close(self):
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def requests(self):
        """Every request since the start, in order, the client's own included."""
        text = (self._folder / "access").read_text()
        return [Request(m[1], m[2], int(m[3]), m[4]) for m in _ACCESS_LINE.finditer(text)]

    def forget_requests(self):
        with open(self._folder / "access", "r+b") as access:
            access.truncate(0)

    # What goes in and out.

    def _headers(self, repository):
        if self._users:
            user, password = next(iter(self._users.items()))
            pair = base64.b64encode(f"{user}:{password}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}
        if self.token_server:
            access = [{"type": "repository", "name": repository,
                       "actions": ["pull", "push", "delete"]}]
            return {"Authorization": "Bearer " + self.token_server.mint("pusher", access, 300)}
        return {}

    def client(self, repository):
        context = self.authority.client_context() if self._certificate else None
        return Client(self.address, repository, context, self._headers(repository))

    def push(self, node, repository, *tags):
        """Push a node with all that is below it; returns its digest."""
        with self.client(repository) as client:
            return client.push(node, *tags)

    def delete(self, repository, digest):
        """Delete a manifest: afterwards its digest and its tags answer 404."""
        with self.client(repository) as client:
            client.delete(digest)


class Client:
    """Just enough of the distribution API to fill one repository."""

    def __init__(self, address, repository, context=None, headers=None):
        make = http.client.HTTPSConnection if context else http.client.HTTPConnection
        options = {"context": context} if context else {}
        self._connection = make(address, timeout=30, **options)
        self._root = f"/v2/{repository}"
        self._headers = dict(headers or {}, **{"User-Agent": "pindrift-test"})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._connection.close()

    def request(self, method, target, body=None, **headers):
        """One exchange: (status, headers, body)."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request(method, target, body, dict(self._headers, **named))
        response = self._connection.getresponse()
        return response.status, response.headers, response.read()

    def _expect(self, wanted, method, target, body=None, **headers):
        status, answered, text = self.request(method, target, body, **headers)
        if status not in wanted:
            raise OSError(f"{method} {target}: {status} {text[:300]!r}")
        return answered

    def push(self, node, *tags):
        for child in node.children:
            self.push(child)
        for blob in node.blobs:
            self.push_blob(blob)
        for name in tags or (node.digest,):
            self._expect((201,), "PUT", f"{self._root}/manifests/{name}", node.data,
                         Content_Type=node.media_type)
        return node.digest

    def push_blob(self, data):
        digest = images.digest_of(data)
        if self.request("HEAD", f"{self._root}/blobs/{digest}")[0] == 200:
            return
        answered = self._expect((202,), "POST", f"{self._root}/blobs/uploads/", b"")
        where = urlsplit(answered["Location"])
        self._expect((201,), "PUT", f"{where.path}?{where.query}&digest={digest}", data,
                     Content_Type="application/octet-stream")

    def delete(self, digest):
        self._expect((202,), "DELETE", f"{self._root}/manifests/{digest}")


def bcrypt(password, cost=4):
    """A bcrypt hash for htpasswd, by the system's libcrypt."""
    libcrypt = ctypes.CDLL("libcrypt.so.1")
    libcrypt.crypt.restype = ctypes.c_char_p
    setting = f"$2b${cost:02d}$abcdefghijklmnopqrstuu"
    hashed = libcrypt.crypt(password.encode(), setting.encode())
    if not hashed or not hashed.startswith(b"$2b$"):
        raise OSError("this system's libcrypt has no bcrypt")
    return hashed.decode()
