"""A cluster in memory, answered for as an API server would.

    world = World([{"apiVersion": "v1", "kind": "Pod", "metadata": {...}, ...}])
    world.answer(Request("GET", "/api/v1/pods", {"limit": "500"}, {}, "jane"))
"""

import json
from collections import namedtuple
from pathlib import Path

from . import kube_wire as wire

Request = namedtuple("Request", "method path query headers user")

# An authorisation rule.  "*" matches anything; namespace "" is the cluster scope.
Rule = namedtuple("Rule", "allow verb group resource namespace user")

PARTIAL = "as=PartialObjectMetadata"


def rule(allow, *, verb="*", group="*", resource="*", namespace="*", user="*"):
    return Rule(allow, verb, group, resource, namespace, user)


class Scope:
    """What a path names: a resource, perhaps a namespace, perhaps one object."""

    def __init__(self, resource, namespace=None, name=None):
        self.resource = resource
        self.namespace = namespace
        self.name = name

    @property
    def verb(self):
        return "get" if self.name else "list"


def scope_of(path, absent_groups=()):
    """The Scope of a path, or None if nothing is served there."""
    parts = path.strip("/").split("/")
    if parts[0] == "api":
        group, rest = "", parts[1:]
    elif parts[0] == "apis" and len(parts) > 2:
        group, rest = parts[1], parts[2:]
    else:
        return None
    if group in absent_groups or len(rest) < 2:
        return None
    version, rest = rest[0], rest[1:]
    namespace = None
    if rest[0] == "namespaces" and len(rest) > 2:
        namespace, rest = rest[1], rest[2:]
    name = rest[1] if len(rest) > 1 else None
    for resource in wire.RESOURCES:
        if (resource.group, resource.version, resource.name) == (group, version, rest[0]) \
                and len(rest) <= 2 and (resource.namespaced or namespace is None):
            if name is not None and resource.namespaced and namespace is None:
                return None
            return Scope(resource, namespace, name)
    return None


class World:
    """The objects of one cluster, who may see them, and the answers."""

    def __init__(self, objects=(), *, rules=(), absent_groups=(), revision=32100):
        self.rules = list(rules)
        self.absent_groups = set(absent_groups)
        self.revision = revision - 1
        self.replace(objects)

    @classmethod
    def load(cls, path, **options):
        """From a JSON file: a list of objects, or a List."""
        value = json.loads(Path(path).read_text())
        return cls(value["items"] if isinstance(value, dict) else value, **options)

    def replace(self, objects):
        """Other objects from now on, under a new resource version."""
        self.revision += 1
        self._stored = {}
        for one in objects:
            key = (one["apiVersion"], one["kind"])
            where = one["metadata"].get("namespace", "")
            name = one["metadata"]["name"]
            self._stored.setdefault(key, {})[f"{where}/{name}" if where else name] = one
        for key, found in self._stored.items():
            self._stored[key] = dict(sorted(found.items()))

    def deny(self, **match):
        """Forbid what matches: deny(resource="jobs", namespace="shop")."""
        self.rules.insert(0, rule(False, **match))

    def allow(self, **match):
        self.rules.insert(0, rule(True, **match))

    def allowed(self, user, scope):
        wanted = (scope.verb, scope.resource.group, scope.resource.name,
                  scope.namespace or "", user)
        for one in self.rules:
            if all(pattern in ("*", value) for pattern, value in zip(one[1:], wanted)):
                return one.allow
        return True

    # Answers.

    def answer(self, request):
        discovered = self._discovery(request.path)
        if discovered is not None:
            return discovered
        scope = scope_of(request.path, self.absent_groups)
        if scope is None:
            return wire.page_not_found()
        if request.method != "GET":
            return wire.status_object(405, "MethodNotAllowed",
                                      "the server does not allow this method")
        if not self.allowed(request.user, scope):
            return wire.forbidden(request.user, scope.verb, scope.resource,
                                  scope.namespace, scope.name)
        return self._one(request, scope) if scope.name else self._list(request, scope)

    def objects(self, scope):
        """(storage key, object) of all that a list of this scope covers, in order."""
        found = self._stored.get((wire.api_version(scope.resource), scope.resource.kind), {})
        prefix = f"{scope.namespace}/" if scope.namespace else ""
        return [(key, one) for key, one in found.items() if key.startswith(prefix)]

    def _one(self, request, scope):
        key = f"{scope.namespace}/{scope.name}" if scope.namespace else scope.name
        found = self._stored.get((wire.api_version(scope.resource), scope.resource.kind), {})
        one = found.get(key)
        if one is None:
            return wire.not_found(scope.resource, scope.name)
        if PARTIAL in request.headers.get("Accept", ""):
            return wire.Answer(200, _partial(one))
        return wire.Answer(200, _whole(scope.resource, one))

    def _list(self, request, scope):
        query = request.query
        found = self.objects(scope)
        if query.get("continue") and query.get("resourceVersion"):
            return wire.bad_request("specifying resource version is not allowed when using "
                                    "continue")
        try:
            chosen = [pair for pair in found if _selected(pair[1], query)]
            start, found_revision = self._start(query.get("continue"), scope)
            limit = int(query.get("limit") or 0)
            if query.get("resourceVersion") == "0":
                limit = 0  # from the cache, which does not page
        except wire.BadToken as error:
            return wire.bad_token(error)
        except ValueError as error:
            return wire.bad_request(str(error))
        chosen = [pair for pair in chosen if start is None or pair[0] > start]
        page = chosen[:limit] if limit else chosen
        metadata = {"resourceVersion": str(found_revision)}
        if len(page) < len(chosen):
            metadata["continue"] = self._token(page[-1][0], scope)
            if not query.get("labelSelector") and not query.get("fieldSelector"):
                metadata["remainingItemCount"] = len(chosen) - len(page)
        items = [one for _, one in page]
        if PARTIAL in request.headers.get("Accept", ""):
            return wire.Answer(200, _partial_list(metadata, items))
        return wire.Answer(200, _list_object(scope.resource, metadata, items))

    def _token(self, key, scope):
        prefix = f"{scope.namespace}/" if scope.namespace else ""
        return wire.continue_token(self.revision, key[len(prefix):])

    def _start(self, token, scope):
        """(key after which the page begins, revision to show)."""
        if not token:
            return None, self.revision
        revision, start = wire.read_continue_token(token)
        prefix = f"{scope.namespace}/" if scope.namespace else ""
        return prefix + start, self.revision if revision < 0 else revision

    def page_number(self, request):
        """Which page of its list this request asks for, from 1; 0 if it is no list."""
        scope = scope_of(request.path, self.absent_groups)
        if scope is None or scope.name:
            return 0
        limit = int(request.query.get("limit") or 0)
        try:
            start, _ = self._start(request.query.get("continue"), scope)
        except wire.BadToken:
            return 0
        if start is None or not limit:
            return 1
        return 1 + -(-sum(key <= start for key, _ in self.objects(scope)) // limit)

    def _discovery(self, path):
        groups = sorted({(one.group, one.version) for one in wire.RESOURCES
                         if one.group and one.group not in self.absent_groups})
        if path == "/version":
            return wire.Answer(200, wire.encode(wire.VERSION, 2))
        if path in ("/healthz", "/livez", "/readyz"):
            return wire.Answer(200, "ok", wire.TEXT)
        if path == "/api":
            return wire.Answer(200, {
                "kind": "APIVersions", "versions": ["v1"],
                "serverAddressByClientCIDRs": [
                    {"clientCIDR": "0.0.0.0/0", "serverAddress": "127.0.0.1:6443"}]})
        if path == "/apis":
            return wire.Answer(200, {"kind": "APIGroupList", "apiVersion": "v1",
                                     "groups": [_group(*one) for one in groups]})
        for group, version in groups + [("", "v1")]:
            if path == (f"/apis/{group}/{version}" if group else f"/api/{version}"):
                return wire.Answer(200, _resource_list(group, version))
        return None


def _whole(resource, one):
    """A single object as GET shows it."""
    if resource.group not in wire.BUILT_IN_GROUPS:
        return dict(sorted(one.items()))
    rest = {key: value for key, value in one.items() if key not in ("kind", "apiVersion")}
    return {"kind": one["kind"], "apiVersion": one["apiVersion"], **rest}


def _list_object(resource, metadata, items):
    """Items of built-in lists carry no kind; custom resources do, and sort their keys."""
    if resource.group not in wire.BUILT_IN_GROUPS:
        metadata = dict(sorted({"continue": "", **metadata}.items()))
        return {"apiVersion": wire.api_version(resource),
                "items": [dict(sorted(one.items())) for one in items],
                "kind": resource.kind + "List", "metadata": metadata}
    bare = [{key: value for key, value in one.items() if key not in ("kind", "apiVersion")}
            for one in items]
    return {"kind": resource.kind + "List", "apiVersion": wire.api_version(resource),
            "metadata": metadata, "items": bare}


def _partial(one):
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
            "metadata": one["metadata"]}


def _partial_list(metadata, items):
    return {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1",
            "metadata": metadata, "items": [_partial(one) for one in items]}


def _group(group, version):
    named = {"groupVersion": f"{group}/{version}", "version": version}
    return {"name": group, "versions": [named], "preferredVersion": named}


def _resource_list(group, version):
    resources = [
        {"name": one.name, "singularName": "", "namespaced": one.namespaced, "kind": one.kind,
         "verbs": wire.VERBS, "shortNames": wire.SHORT_NAMES.get(one.name, [])}
        for one in wire.RESOURCES if (one.group, one.version) == (group, version)]
    return {"kind": "APIResourceList", "apiVersion": "v1",
            "groupVersion": f"{group}/{version}" if group else version, "resources": resources}


FIELDS = {
    "metadata.name": lambda one: one["metadata"]["name"],
    "metadata.namespace": lambda one: one["metadata"].get("namespace", ""),
    "spec.nodeName": lambda one: one.get("spec", {}).get("nodeName", ""),
    "status.phase": lambda one: one.get("status", {}).get("phase", ""),
}


def _terms(text):
    """(key, is it equality, value) of each term of a selector."""
    for term in filter(None, text.split(",")):
        key, operator, value = term.partition("!=")
        if not operator:
            key, operator, value = term.replace("==", "=").partition("=")
        yield key.strip(), operator, value.strip()


def _selected(one, query):
    """Does an object match both selectors?  Equality and inequality only."""
    labels = one["metadata"].get("labels") or {}
    for key, operator, value in _terms(query.get("labelSelector", "")):
        if not operator:
            if key not in labels:
                return False
        elif (labels.get(key) == value) != (operator == "="):
            return False
    for key, operator, value in _terms(query.get("fieldSelector", "")):
        if key not in FIELDS:
            raise ValueError(f'Unable to find "" that match label selector "", field selector '
                             f'"{key}={value}": field label not supported: {key}')
        if (FIELDS[key](one) == value) != (operator == "="):
            return False
    return True
