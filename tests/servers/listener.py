"""An HTTP or HTTPS server on a loopback port, in threads of its own."""

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Closing:
    """A server for the length of a `with` statement."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Listener(ThreadingHTTPServer):
    """Serves `handler` from construction until close(); `owner` is for the handler."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, handler, owner, *, port=0, context=None):
        super().__init__(("127.0.0.1", port), handler)
        self.owner = owner
        if context:
            # The handshake happens in the connection's own thread.
            self.socket = context.wrap_socket(self.socket, server_side=True,
                                              do_handshake_on_connect=False)
        self.address = f"127.0.0.1:{self.server_address[1]}"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self):
        self.shutdown()
        self.server_close()
        self._thread.join()

    def handle_error(self, request, client_address):
        """Clients that hang up or dislike our certificate are what tests are about."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """A handler that keeps connections open and writes no log."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *_):
        pass
