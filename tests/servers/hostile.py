"""A registry that misbehaves: raw sockets, one habit a repository.

    with HostileRegistry() as hostile:
        f"{hostile.address}/endless/app:1"     # a manifest without an end
        hostile.requests                       # what was asked so far

The first part of a repository's name chooses the habit; `Habits` documents them.
Everything else behaves like an open registry that has one image, `images.image()`.
"""

import gzip
import json
import socket
import threading
import time
from collections import namedtuple

from . import images
from .listener import Closing

Request = namedtuple("Request", "method target headers at")

MANIFEST = images.image()
JSON_TYPE = "application/json"


def response(status, body=b"", headers=()):
    """A complete answer; `headers` are (name, value) pairs."""
    lines = [f"HTTP/1.1 {status} X"]
    lines += [f"{name}: {value}" for name, value in headers]
    if not any(name.lower() in ("content-length", "transfer-encoding") for name, _ in headers):
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def manifest(body=MANIFEST.data, media_type=MANIFEST.media_type, digest=None, more=()):
    """A 200 with a manifest; `digest` is the header's, None for no header."""
    headers = [("Content-Type", media_type)]
    if digest is not None:
        headers.append(("Docker-Content-Digest", digest))
    return response(200, body, headers + list(more))


def token(text='{"token": "good"}'):
    return response(200, text.encode(), [("Content-Type", JSON_TYPE)])


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


class Habits:
    """One method a habit: gets the request, returns bytes or yields pieces of them."""

    def __init__(self, owner):
        self.owner = owner
        self.seen = 0

    # What never ends, or hardly begins.

    def endless(self, _):
        yield response(200, headers=[("Content-Type", MANIFEST.media_type),
                                     ("Transfer-Encoding", "chunked")])
        while True:
            yield chunk(b" " * 65536)

    def drip(self, _):
        """One byte in two seconds."""
        yield response(200, headers=[("Content-Type", MANIFEST.media_type),
                                     ("Content-Length", "500")])
        for byte in MANIFEST.data:
            yield bytes([byte])
            time.sleep(2)

    def silent(self, _):
        time.sleep(60)
        yield b""

    def headers(self, _):
        yield b"HTTP/1.1 200 OK\r\n"
        while True:
            yield b"X-More: " + b"x" * 1000 + b"\r\n"

    def header(self, _):
        """One header line without an end."""
        yield b"HTTP/1.1 200 OK\r\nX-More: "
        while True:
            yield b"x" * 65536

    def nul(self, _):
        return manifest(more=[("X-Odd", "a\0b")])

    def interim(self, _):
        """A word before the answer, and one behind it, which are no part of it."""
        body = chunk(MANIFEST.data) + b"0\r\nContent-Type: text/trailer\r\n\r\n"
        return (b"HTTP/1.1 103 Early Hints\r\nContent-Type: text/early\r\n\r\n" +
                response(200, body, [("Transfer-Encoding", "chunked"),
                                     ("Content-Type", MANIFEST.media_type)]))

    def bomb(self, _):
        """64 MiB of blanks in 64 KiB of gzip, which nobody asked for."""
        body = gzip.compress(b" " * (64 * 1024 * 1024))
        return manifest(body, more=[("Content-Encoding", "gzip")])

    def squeezed(self, _):
        """A good manifest in gzip, which nobody asked for."""
        return manifest(gzip.compress(MANIFEST.data), digest=MANIFEST.digest,
                        more=[("Content-Encoding", "gzip")])

    def broken(self, _):
        """Less than the Content-Length promises."""
        yield manifest(MANIFEST.data[:50], more=[("Content-Length", len(MANIFEST.data))])

    # What is not what it says.

    def liar(self, _):
        """Other bytes than any digest asked for, and a header that hides it."""
        other = images.image(salt="other")
        return manifest(other.data, digest=MANIFEST.digest)

    def nodigest(self, _):
        return manifest()

    def shortdigest(self, _):
        return manifest(digest=MANIFEST.digest[:-1])

    def upperdigest(self, _):
        return manifest(digest=MANIFEST.digest.upper().replace("SHA", "sha"))

    def oddalgorithm(self, _):
        return manifest(digest="md5:d41d8cd98f00b204e9800998ecf8427e")

    def hugedigest(self, _):
        return manifest(digest="sha256:" + "a" * 10_000_000)

    def sha512(self, _):
        return manifest(digest=self.owner.sha512)

    def login(self, _):
        return response(200, b"<html>Please sign in</html>",
                        [("Content-Type", "text/html; charset=utf-8")])

    def portal(self, _):
        """A login page that says it is an image index."""
        return manifest(b"<html>Please sign in</html>", images.OCI_INDEX)

    def json(self, _):
        """Some JSON that is no manifest."""
        return response(200, b'{"status": "ok"}', [("Content-Type", JSON_TYPE)])

    def wrongtype(self, _):
        """An image manifest that says it is an image index, inside and outside unlike."""
        return manifest(media_type=images.OCI_INDEX)

    def schema1(self, _):
        return manifest(b'{"schemaVersion": 1}',
                        "application/vnd.docker.distribution.manifest.v1+prettyjws")

    # Redirects.

    def elsewhere(self, request):
        """To another host; asks for a password first."""
        if "authorization" not in request.headers:
            return response(401, headers=[("WWW-Authenticate", 'Basic realm="r"')])
        where = self.owner.elsewhere + request.target.replace("elsewhere", "good")
        return response(307, headers=[("Location", where)])

    def downgrade(self, request):
        where = f"http://{self.owner.address}{request.target}"
        return response(302, headers=[("Location", where)])

    def tofile(self, _):
        return response(302, headers=[("Location", "file:///etc/passwd")])

    def loop(self, request):
        return response(302, headers=[("Location", request.target)])

    def relative(self, request):
        return response(301, headers=[("Location", request.target.replace("relative", "good"))])

    def userinfo(self, request):
        where = f"http://me:secret@{self.owner.address}{request.target}"
        return response(302, headers=[("Location", where)])

    # Signing in.

    def challenge(self, request):
        """Whatever `owner.challenges` says, until something is sent."""
        if "authorization" in request.headers:
            return manifest()
        return response(401, headers=[("WWW-Authenticate", one)
                                      for one in self.owner.challenges])

    def expiring(self, request):
        """Takes the newest token alone, and each for three requests."""
        current = f"Bearer token-{self.owner.tokens_given}"
        if request.headers.get("authorization") == current and self.seen < 3:
            self.seen += 1
            return manifest()
        self.seen = 0
        status = self.owner.expired_status if "authorization" in request.headers else 401
        return response(status, headers=[
            ("WWW-Authenticate", f'Bearer realm="{self.owner.url}/token",service="s"')])

    def insatiable(self, _):
        """401, whatever is sent."""
        return response(401, headers=[
            ("WWW-Authenticate", f'Bearer realm="{self.owner.url}/token",service="s"')])

    def elsewhere403(self, request):
        """To another host, which refuses with words of its own."""
        where = self.owner.elsewhere + request.target.replace("elsewhere403", "forbidden")
        return response(307, headers=[("Location", where)])

    def exhausted(self, _):
        """A manifest, and nothing more for two seconds."""
        return manifest(more=[("RateLimit-Remaining", "0"), ("RateLimit-Reset", "2")])

    def forbidden(self, _):
        return response(403, b"Your authorization token has expired.\nmore",
                        [("Content-Type", "text/plain")])

    # Too much, too often.

    def busy(self, _):
        return response(429, b"toomanyrequests", [("Retry-After", self.owner.retry_after)])

    def later(self, _):
        """429 once, then a manifest."""
        self.seen += 1
        if self.seen == 1:
            return response(429, headers=[("Retry-After", self.owner.retry_after)])
        return manifest()

    def failing(self, _):
        return response(500, b"oops")

    def nohead(self, request):
        return response(405) if request.method == "HEAD" else manifest()

    def hangup(self, _):
        return b""


class HostileRegistry(Closing):
    """Serves from construction until close(), in threads of its own."""

    def __init__(self, context=None):
        self.requests = []
        self.connections = 0
        self.challenges = []
        self.token_text = '{"token": "good"}'
        self.tokens_given = 0
        self.expired_status = 401
        self.retry_after = "0"
        self.elsewhere = ""
        self.sha512 = ""
        self.everything = None  # a habit for all requests, GET /v2/ included
        self._context = context
        self._habits = {}
        self._lock = threading.Lock()
        self._closing = False
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.url = f"{'https' if context else 'http'}://{self.address}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._closing = True
        # shutdown() wakes a thread in accept(); close() alone does not.
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        finally:
            self._socket.close()

    def forget(self):
        """Begin all habits anew."""
        self._habits.clear()
        self.requests.clear()

    def asked(self, part):
        """The requests whose target holds `part`."""
        return [one for one in self.requests if part in one.target]

    def _accept(self):
        while not self._closing:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as stream:
                while self._serve_one(connection, stream):
                    pass
        except OSError:
            pass  # the client hung up, which is what some habits are for

    def _serve_one(self, connection, stream):
        line = stream.readline(65536).decode("latin-1").split()
        if len(line) != 3:
            return False
        headers = {}
        while True:
            name, _, value = stream.readline(65536).decode("latin-1").partition(":")
            if not name.strip():
                break
            headers[name.strip().lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", 0)))
        request = Request(line[0], line[1], dict(headers, body=body.decode()),
                          time.monotonic())
        self.requests.append(request)
        return self._answer(connection, request)

    def _answer(self, connection, request):
        with self._lock:
            answer = self._choose(request)
        pieces = [answer] if isinstance(answer, bytes) else answer
        for piece in pieces:
            if request.method == "HEAD" and b"\r\n\r\n" in piece:
                connection.sendall(piece.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
                break
            connection.sendall(piece)
        return answer != b"" and isinstance(answer, bytes)

    def _choose(self, request):
        parts = request.target.split("?")[0].strip("/").split("/")
        if self.everything:
            return self._habit(self.everything)(request)
        if parts[0] == "token":
            self.tokens_given += 1
            text = self.token_text.replace("NUMBER", str(self.tokens_given))
            return token(text)
        if parts == ["v2"]:
            return response(200, b"{}")
        habit = self._habit(parts[1]) if len(parts) > 1 else None
        if habit:
            return habit(request)
        if "/blobs/" in request.target:
            return response(200, MANIFEST.config)
        return manifest(digest=MANIFEST.digest)

    def _habit(self, name):
        if name not in self._habits:
            self._habits[name] = getattr(Habits(self), name, None)
        return self._habits[name]


def nested(depth=100_000):
    """JSON that is nested deeper than any reader should follow."""
    return "[" * depth


def duplicate():
    return json.dumps({"token": "one"})[:-1] + ', "token": "two"}'
