"""A stand-in for the Kubernetes API server, on a loopback port.

    with KubeApi(World(objects)) as api:                # plain HTTP, no questions asked
        api.url                                         # "http://127.0.0.1:40123"
        api.requests                                    # what was asked so far
        api.add_fault("expired", resource="pods", page=2)

    KubeApi(world, certificate=server, authority=authority,
            tokens={"secret": "system:serviceaccount:shop:auditor"})

With `tokens` or a `client_authority`, a wrong token gets 401 and nobody at all is
system:anonymous, who may see the discovery documents only.

As a program: kube_api.py --world objects.json | --replay folder [--port N] ...
It prints its URL and serves until it is ended.
"""

import argparse
import gzip
import signal
import sys
from collections import namedtuple
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

if __package__:
    from . import kube_wire as wire
    from .certificates import Certificate, server_context
    from .kube_replay import Replay
    from .kube_world import Request, World, scope_of
    from .listener import Closing, Handler, Listener
else:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from servers import kube_wire as wire
    from servers.certificates import Certificate, server_context
    from servers.kube_replay import Replay
    from servers.kube_world import Request, World, scope_of
    from servers.listener import Closing, Handler, Listener

ANONYMOUS = "system:anonymous"
GZIP_THRESHOLD = 128 * 1024
CHUNKED_ABOVE = 2048  # bytes; Go sends shorter bodies with their length

Asked = namedtuple("Asked", "method target headers agent user status")

FAULTS = ("expired", "throttled", "error", "close", "truncate", "empty", "repeat",
          "cold")


@dataclass
class Fault:
    """Something that goes wrong with the requests that match, `times` times.

    expired    410 with an inconsistent continue token
    throttled  429, plain text, with Retry-After
    cold       429, a Status, with Retry-After: a watch cache that is being filled
    error      500, a Status
    close      the connection ends before any answer
    truncate   the connection ends in the middle of the body
    empty      a page without items that has a continue token
    repeat     a page whose continue token leads to itself
    """

    kind: str
    resource: str = None  # "pods"; None: any
    namespace: str = None
    page: int = None  # from 1; None: any
    times: int = 1  # None: for ever
    retry_after: int = 1

    def matches(self, request, page):
        scope = scope_of(request.path)
        return (self.times != 0
                and (self.resource is None or (scope and scope.resource.name == self.resource))
                and (self.namespace is None or (scope and scope.namespace == self.namespace))
                and (self.page is None or self.page == page))


class KubeApi(Closing):
    """Serves a World or a Replay; both may be replaced while it runs."""

    def __init__(self, world, *, port=0, certificate=None, client_authority=None, tokens=None,
                 public=False):
        self.world = world
        self.tokens = tokens
        self.faults = []
        self.requests = []
        self._closed = bool(tokens is not None or client_authority) and not public
        context = server_context(certificate, client_authority) if certificate else None
        self._listener = Listener(_Handler, self, port=port, context=context)
        self.address = self._listener.address
        self.url = f"{'https' if certificate else 'http'}://{self.address}"

    def close(self):
        self._listener.close()

    def add_fault(self, kind, **match):
        if kind not in FAULTS:
            raise ValueError(f"no fault is called {kind}")
        self.faults.append(Fault(kind, **match))

    def targets(self):
        """The targets asked for so far, for assertions."""
        return [one.target for one in self.requests]

    def fault_for(self, request):
        for fault in self.faults:
            if fault.matches(request, self.world.page_number(request)):
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None

    def user_of(self, authorization, certificate):
        """The user's name, or None for credentials that are no good."""
        if authorization:
            scheme, _, token = authorization.partition(" ")
            if scheme.lower() != "bearer" or (self.tokens is not None
                                              and token not in self.tokens):
                return None
            return self.tokens[token] if self.tokens is not None else ANONYMOUS
        if certificate:
            for part in certificate.get("subject", ()):
                for name, value in part:
                    if name == "commonName":
                        return value
        return ANONYMOUS

    def answer(self, request):
        if request.user is None:
            return wire.unauthorized()
        scope = scope_of(request.path)
        if self._closed and request.user == ANONYMOUS and scope:
            return wire.forbidden(ANONYMOUS, scope.verb, scope.resource, scope.namespace,
                                  scope.name)
        return self.world.answer(request)


def faulty(fault, request, answer):
    """What a fault makes of an answer."""
    query = request.query
    if fault.kind == "expired":
        start = wire.read_continue_token(query["continue"])[1] if "continue" in query else ""
        return wire.expired(start)
    if fault.kind == "throttled":
        return wire.too_many_requests(fault.retry_after)
    if fault.kind == "error":
        return wire.internal_error()
    if fault.kind == "cold":
        return wire.too_many_requests_of_cache(fault.retry_after)
    if fault.kind == "repeat" and "continue" in query and answer.status == 200:
        token = {"continue": query["continue"]}
        return answer._replace(body=dict(answer.body, metadata=token))
    if fault.kind == "empty" and answer.status == 200:
        body = dict(answer.body, items=[])
        token = query.get("continue") or wire.continue_token(1, "")
        body["metadata"] = dict(body["metadata"], **{"continue": token})
        return answer._replace(body=body)
    return answer


def body_of(answer, request):
    """The bytes of an answer: compact, or indented for those who look by hand."""
    if isinstance(answer.body, str):
        return answer.body.encode()
    agent = request.headers.get("User-Agent", "")
    default = agent.startswith(("curl/", "Wget/"))
    pretty = request.query.get("pretty", "true" if default else "false") in ("1", "true")
    return (wire.encode(answer.body, 2 if pretty else None) + "\n").encode()


class _Handler(Handler):
    """One connection."""

    def do_GET(self):
        owner = self.server.owner
        target = urlsplit(self.path)
        certificate = getattr(self.connection, "getpeercert", lambda: None)()
        request = Request(self.command, target.path, dict(parse_qsl(target.query)), self.headers,
                          owner.user_of(self.headers.get("Authorization"), certificate))
        fault = owner.fault_for(request)
        if fault and fault.kind == "close":
            self._note(request, 0)
            self.close_connection = True
            return
        answer = owner.answer(request)
        if fault:
            answer = faulty(fault, request, answer)
        self._note(request, answer.status)
        self._send(request, answer, fault and fault.kind == "truncate")

    do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_GET

    def _note(self, request, status):
        self.server.owner.requests.append(
            Asked(self.command, self.path, self.headers, self.headers.get("User-Agent", ""),
                  request.user, status))

    def send_response(self, code, message=None):
        """No Server header, and Date stands further down."""
        self.send_response_only(code, message)

    def _send(self, request, answer, truncated):
        body = body_of(answer, request)
        self.send_response(answer.status)
        self.send_header("Cache-Control", "no-cache, private")
        zipped = (len(body) > GZIP_THRESHOLD
                  and "gzip" in self.headers.get("Accept-Encoding", ""))
        if zipped:
            body = gzip.compress(body, 4)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", answer.content_type)
        if zipped:
            self.send_header("Vary", "Accept-Encoding")
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status != 401:
            self.send_header("X-Kubernetes-Pf-Flowschema-Uid",
                             "1c8e1e99-a7a0-42bc-b7f1-5684c07c0724")
            self.send_header("X-Kubernetes-Pf-Prioritylevel-Uid",
                             "888c9dbe-308c-45a6-a405-24a8e64ee886")
        self.send_header("Date", self.date_time_string())
        self._send_body(body, truncated)

    def _send_body(self, body, truncated):
        sent = body[:len(body) // 2] if truncated else body
        chunked = len(body) > CHUNKED_ABOVE
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if chunked:
            sent = b"%x\r\n%s" % (len(body), sent)
            sent += b"" if truncated else b"\r\n0\r\n\r\n"
        self.wfile.write(sent)
        self.wfile.flush()
        if truncated:
            self.close_connection = True


def main():
    parser = argparse.ArgumentParser(description="a stand-in Kubernetes API server")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--world", help="JSON file: a list of Kubernetes objects")
    source.add_argument("--replay", help="folder of recorded answers")
    parser.add_argument("--forbid", action="append", default=[], metavar="NAMESPACE",
                        help="answer 403 to every list in this namespace")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--certificate", help="PEM file; without it: plain HTTP")
    parser.add_argument("--key", help="PEM file")
    parser.add_argument("--token", action="append", metavar="TOKEN=USER",
                        help="accept this bearer token, and refuse others")
    arguments = parser.parse_args()
    if arguments.world:
        world = World.load(arguments.world)
        for namespace in arguments.forbid:
            world.deny(namespace=namespace)
    else:
        world = Replay(arguments.replay)
        for namespace in arguments.forbid:
            world.forbid(namespace)
    certificate = arguments.certificate and Certificate(arguments.certificate, arguments.key)
    tokens = dict(one.split("=", 1) for one in arguments.token) if arguments.token else None
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with KubeApi(world, port=arguments.port, certificate=certificate, tokens=tokens) as api:
        print(api.url, flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
