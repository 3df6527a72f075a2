"""How a Kubernetes API server writes: JSON, Status objects, continue tokens.

What is here was read off a real kube-apiserver 1.21 (test_kube_api.py compares
the two where the recordings are at hand).
"""

import base64
import json
from collections import namedtuple

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"

Resource = namedtuple("Resource", "group version name kind namespaced")


class Answer(namedtuple("Answer", "status body content_type headers")):
    """One response; `headers` are those that not every response has."""

    __slots__ = ()

    def __new__(cls, status, body, content_type=JSON, headers=()):
        return super().__new__(cls, status, body, content_type, tuple(headers))


RESOURCES = [
    Resource("", "v1", "namespaces", "Namespace", False),
    Resource("", "v1", "nodes", "Node", False),
    Resource("", "v1", "pods", "Pod", True),
    Resource("", "v1", "podtemplates", "PodTemplate", True),
    Resource("", "v1", "replicationcontrollers", "ReplicationController", True),
    Resource("", "v1", "secrets", "Secret", True),
    Resource("", "v1", "serviceaccounts", "ServiceAccount", True),
    Resource("apps", "v1", "controllerrevisions", "ControllerRevision", True),
    Resource("apps", "v1", "daemonsets", "DaemonSet", True),
    Resource("apps", "v1", "deployments", "Deployment", True),
    Resource("apps", "v1", "replicasets", "ReplicaSet", True),
    Resource("apps", "v1", "statefulsets", "StatefulSet", True),
    Resource("batch", "v1", "cronjobs", "CronJob", True),
    Resource("batch", "v1", "jobs", "Job", True),
    Resource("argoproj.io", "v1alpha1", "rollouts", "Rollout", True),
]
SHORT_NAMES = {"namespaces": ["ns"], "nodes": ["no"], "pods": ["po"], "deployments": ["deploy"],
               "replicasets": ["rs"], "statefulsets": ["sts"], "daemonsets": ["ds"],
               "cronjobs": ["cj"], "replicationcontrollers": ["rc"]}
BUILT_IN_GROUPS = ("", "apps", "batch")
VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]

VERSION = {
    "major": "1",
    "minor": "21",
    "gitVersion": "v1.21.2-k3s1",
    "gitCommit": "faffd6ecd237a32315a462a25c1cce1f24a9a506",
    "gitTreeState": "clean",
    "buildDate": "2021-06-18T03:51:40Z",
    "goVersion": "go1.19.8",
    "compiler": "gc",
    "platform": "linux/amd64",
}


def api_version(resource):
    return f"{resource.group}/{resource.version}" if resource.group else resource.version


def qualified(resource):
    """"pods", "jobs.batch": the name that error messages use."""
    return f"{resource.name}.{resource.group}" if resource.group else resource.name


def encode(value, indent=None):
    """JSON as Go writes it: compact or indented, with <, > and & escaped."""
    separators = (",", ": ") if indent else (",", ":")
    text = json.dumps(value, ensure_ascii=False, separators=separators, indent=indent)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def status_object(code, reason, message, details=None, metadata=None):
    value = {"kind": "Status", "apiVersion": "v1", "metadata": metadata or {},
             "status": "Failure", "message": message, "reason": reason}
    if details is not None:
        value["details"] = details
    value["code"] = code
    return Answer(code, value)


def unauthorized():
    return status_object(401, "Unauthorized", "Unauthorized")


def _details(resource, name=None):
    details = {"name": name} if name else {}
    if resource.group:
        details["group"] = resource.group
    details["kind"] = resource.name
    return details


def forbidden(user, verb, resource, namespace=None, name=None):
    """The 403 of the authoriser, word for word."""
    subject = f'{qualified(resource)} "{name}"' if name else qualified(resource)
    where = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
    answer = status_object(
        403, "Forbidden",
        f'{subject} is forbidden: User "{user}" cannot {verb} resource "{resource.name}" '
        f'in API group "{resource.group}" {where}',
        _details(resource, name))
    return answer._replace(headers=(("X-Content-Type-Options", "nosniff"),))


def not_found(resource, name):
    return status_object(404, "NotFound", f'{qualified(resource)} "{name}" not found',
                         _details(resource, name))


def page_not_found():
    return Answer(404, "404 page not found\n", TEXT, (("X-Content-Type-Options", "nosniff"),))


def bad_request(message):
    return status_object(400, "BadRequest", message)


def too_many_requests(retry_after):
    """Priority and fairness says so in plain text."""
    return Answer(429, "Too many requests, please try again later.\n", TEXT,
                  (("Retry-After", str(retry_after)), ("X-Content-Type-Options", "nosniff")))


def too_many_requests_of_cache(retry_after):
    """A watch cache that is not filled yet says so in a Status."""
    answer = status_object(429, "TooManyRequests",
                           "storage is (re)initializing: watch cache is not ready",
                           {"retryAfterSeconds": retry_after})
    return answer._replace(headers=(("Retry-After", str(retry_after)),))


def internal_error(message="etcdserver: request timed out"):
    return status_object(500, "InternalError", message,
                         {"causes": [{"message": message}]})


def expired(start):
    """410, with the token that finishes the list inconsistently."""
    return status_object(
        410, "Expired",
        "The provided continue parameter is too old to display a consistent list result. "
        "You can start a new list without the continue parameter, or use the continue token "
        "in this response to retrieve the remainder of the results. Continuing with the "
        "provided token results in an inconsistent list - objects that were created, "
        "modified, or deleted between the time the first chunk was returned and now may show "
        "up in the list.",
        metadata={"continue": continue_token(-1, start)})


def continue_token(revision, start):
    """An opaque token; `start` is the storage key of the last item that was sent."""
    text = encode({"v": "meta.k8s.io/v1", "rv": revision, "start": start + "\0"})
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


class BadToken(ValueError):
    """Its text is what the server says about the token."""


def read_continue_token(token):
    """(revision, last key sent) of a token."""
    try:
        data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        raise BadToken("illegal base64 data at input byte 0") from None
    try:
        value = json.loads(data)
        return value["rv"], value["start"].rstrip("\0")
    except (ValueError, KeyError, TypeError):
        character = f"\\u{data[0]:04x}" if data and data[0] > 126 else chr(data[0] if data else 48)
        raise BadToken(f"invalid character '{character}' looking for beginning of value") \
            from None


def bad_token(error):
    return bad_request(f"invalid continue token: continue key is not valid: {error}")


