"""Recorded answers of a real API server, played back.

Requests are matched by path, by continue token and by whether they ask for a
Table.  The recorded `limit` is ignored: a client that asks for 500 pods gets
the pages of four that were recorded.
"""

import json
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from . import kube_wire as wire
from .kube_world import scope_of


class Replay:
    """Has World's interface, as far as a server needs it."""

    def __init__(self, folder, user="system:serviceaccount:shop:auditor"):
        self.user = user
        self.forbidden_namespaces = set()
        self._answers = {}
        for path in sorted(Path(folder).glob("*.json")):
            recorded = json.loads(path.read_text())
            request, response = recorded["request"], recorded["response"]
            named = dict(request["headers"])
            target = urlsplit(request["target"])
            key = self._key(target.path, dict(parse_qsl(target.query)), named)
            # What the auditor could not see is recorded too: what was seen goes first.
            better = response["status"] == 200 and "Authorization" not in named
            if better or key not in self._answers:
                self._answers[key] = _as_answer(response)
            if response["status"] == 200:
                self._remember_items(target.path, response["body"])

    def _remember_items(self, path, body):
        """Each item of a recorded list can be asked for by its name."""
        listed = json.loads(body)
        scope = scope_of(path)
        if scope is None or not listed["kind"].endswith("List"):
            return
        for item in listed["items"]:
            whole = {"kind": scope.resource.kind,
                     "apiVersion": wire.api_version(scope.resource), **item}
            key = self._key(f"{path}/{item['metadata']['name']}", {}, {})
            self._answers.setdefault(key, wire.Answer(200, whole))

    @staticmethod
    def _key(path, query, headers):
        return path, query.get("continue", ""), "as=Table" in headers.get("Accept", "")

    def forbid(self, namespace):
        """From now on every list in this namespace is answered 403."""
        self.forbidden_namespaces.add(namespace)

    def answer(self, request):
        scope = scope_of(request.path)
        if scope and scope.namespace in self.forbidden_namespaces:
            return wire.forbidden(self.user, scope.verb, scope.resource, scope.namespace,
                                  scope.name)
        for headers in (request.headers, {}):
            found = self._answers.get(self._key(request.path, request.query, headers))
            if found:
                return found
        if scope and scope.name:
            return wire.not_found(scope.resource, scope.name)
        if scope and request.query.get("continue"):
            return wire.bad_token("unexpected end of JSON input")
        return wire.page_not_found()

    def page_number(self, request):
        """Only the first page can be told from the others."""
        return 2 if request.query.get("continue") else 1


def _as_answer(response):
    headers = dict(response["headers"])
    kept = [(name, headers[name]) for name in ("X-Content-Type-Options",) if name in headers]
    return wire.Answer(response["status"], response["body"], headers["Content-Type"], kept)
