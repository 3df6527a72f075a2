"""Servers that are far away: every answer takes a while, and is right.

    with DistantRegistry(delay=0.05) as registry:
        registry.hold(images.image(), "demo/web", "1.0")
        registry.address
        registry.asked                            # "HEAD /v2/demo/web/manifests/1.0", …

    with DistantWire(api.address, delay=0.03) as wire:   # to any other server
        wire.address
        wire.received                             # bytes that came back
"""

import socket
import threading
import time

from . import images
from .listener import Closing, Handler, Listener


class DistantRegistry(Closing):
    """Serves image manifests from construction until close()."""

    def __init__(self, delay):
        self.delay = delay  # seconds
        self.asked = []
        self._content = {"/v2/": (b"{}", "application/json")}
        self._listener = Listener(_Answers, self)
        self.address = self._listener.address
        self.url = f"http://{self.address}"

    def hold(self, node, repository, tag):
        """Have an image under a tag and its digest; returns the digest."""
        for name in (tag, node.digest):
            self._content[f"/v2/{repository}/manifests/{name}"] = (node.data, node.media_type)
        self._content[f"/v2/{repository}/blobs/{node.config_digest}"] = (node.config, "")
        return node.digest

    def find(self, target):
        return self._content.get(target)

    def close(self):
        self._listener.close()


class _Answers(Handler):
    def do_GET(self):
        registry = self.server.owner
        registry.asked.append(f"{self.command} {self.path}")
        time.sleep(registry.delay)
        found = registry.find(self.path)
        body, media_type = found or (b"{}", "application/json")
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", media_type or "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Docker-Content-Digest", images.digest_of(body))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET


class DistantWire(Closing):
    """A tunnel to `target`, "host:port", through which bytes take `delay` seconds each way."""

    def __init__(self, target, delay):
        self.delay = delay
        self.received = 0
        host, _, port = target.rpartition(":")
        self._target = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.close()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(self._target)
            for pair in ((near, far, False), (far, near, True)):
                threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, source, sink, back):
        try:
            while data := source.recv(1 << 20):
                self.received += len(data) if back else 0
                time.sleep(self.delay)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass
