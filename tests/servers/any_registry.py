"""A registry that has every tag of every repository: they are all one image.

    with AnyRegistry() as registry:
        f"{registry.address}/whatever/app:1"
        registry.meanwhile = function          # called before each answer
"""

from . import images
from .listener import Closing, Handler, Listener

IMAGE = images.image()


class AnyRegistry(Closing):
    def __init__(self):
        self._listener = Listener(_Handler, self)
        self.address = self._listener.address
        self.digest = IMAGE.digest
        self.meanwhile = lambda: None

    def close(self):
        self._listener.close()


class _Handler(Handler):
    def do_GET(self):  # noqa: N802 (http.server's name)
        self._answer(IMAGE.data)

    def do_HEAD(self):  # noqa: N802
        self._answer(b"")

    def _answer(self, body):
        self.server.owner.meanwhile()
        self.send_response(200)
        self.send_header("Content-Type", IMAGE.media_type)
        self.send_header("Content-Length", str(len(IMAGE.data)))
        self.send_header("Docker-Content-Digest", IMAGE.digest)
        self.end_headers()
        self.wfile.write(body)
