"""A Kubernetes API whose answers lie ready in memory: the benchmark's server.

    with StaticPages(folder, certificate, pods=5000) as api:
        api.url                      # https://127.0.0.1:…
        api.targets()                # every target that was asked for, in order

It runs in a process of its own, on plain sockets, so that it costs next to
nothing beside the TLS itself.  Lists of pods and ReplicaSets come in pages of 500
whatever `limit` says; everything else is small or empty.  Pods are about 9 kB,
`pods_a_workload` to a Deployment.

`images` is a list of (reference, imageID) that the pods run in turn; without it
each Deployment has an image of its own, pinned by digest, so that no registry is
asked.
"""

import hashlib
import json
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

if __package__:
    from . import kube_wire as wire
    from . import processes
    from .certificates import Certificate, server_context
    from .kube_world import Request, World
    from .listener import Closing
else:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from servers import kube_wire as wire
    from servers import processes
    from servers.certificates import Certificate, server_context
    from servers.kube_world import Request, World
    from servers.listener import Closing

PAGE = 500
TIME = "2026-11-01T00:00:00Z"
UID = "00000000-0000-4000-8000-%012d"


class StaticPages(Closing):
    """Starts the server and ends it."""

    def __init__(self, folder, certificate, *, pods=5000, images=None, pods_a_workload=10):
        folder = Path(folder)
        self._log = folder / "static-pages.log"
        specification = folder / "static-pages.json"
        specification.write_text(json.dumps({
            "certificate": [str(one) for one in certificate], "pods": pods, "images": images,
            "pods_a_workload": pods_a_workload, "log": str(self._log)}))
        self._log.write_text("")
        self._process = processes.start(
            [sys.executable, __file__, str(specification)],
            stdout=processes.subprocess.PIPE)
        self.url = self._process.stdout.readline().decode().strip()
        if not self.url:
            raise OSError("the static server did not start")

    def targets(self):
        return self._log.read_text().split()

    def forget(self):
        os.truncate(self._log, 0)

    def close(self):
        processes.stop(self._process)
        self._process.stdout.close()


# The objects.


def hex64(text):
    return hashlib.sha256(text.encode()).hexdigest()


def image_of(workload, images):
    if images:
        return images[workload % len(images)]
    reference = f"registry.example.com/team-{workload % 20}/service-{workload}@sha256:" \
        + hex64(f"image {workload}")
    return reference, reference


def metadata(name, number, labels, owner=None):
    value = {"name": name, "namespace": f"team-{number % 20}", "uid": UID % number,
             "resourceVersion": str(100000 + number), "creationTimestamp": TIME,
             "labels": labels}
    if owner:
        kind, owner_name, owner_uid = owner
        value["ownerReferences"] = [{"apiVersion": "apps/v1", "kind": kind, "name": owner_name,
                                     "uid": owner_uid, "controller": True,
                                     "blockOwnerDeletion": True}]
    return value


def labels_of(workload):
    return {"app": f"service-{workload}", "app.kubernetes.io/part-of": f"team-{workload % 20}",
            "pod-template-hash": hex64(f"template {workload}")[:10]}


def fields(names):
    return {f"f:{name}": {} for name in names}


def managed_fields(environment):
    """The bookkeeping that makes up a good third of any real pod."""
    container = fields(("image", "imagePullPolicy", "livenessProbe", "name", "ports",
                        "readinessProbe", "resources", "securityContext",
                        "terminationMessagePath", "terminationMessagePolicy", "volumeMounts"))
    container["f:env"] = {f'k:{{"name":"{name}"}}': dict(fields(("name", "value")), **{".": {}})
                          for name in environment}
    conditions = {f'k:{{"type":"{name}"}}': fields(("lastProbeTime", "lastTransitionTime",
                                                    "status", "type"))
                  for name in ("ContainersReady", "Initialized", "Ready", "PodScheduled")}
    created = {"f:metadata": {"f:labels": fields(("app", "pod-template-hash")),
                              "f:ownerReferences": fields(("apiVersion", "kind", "name"))},
               "f:spec": {"f:containers": {'k:{"name":"main"}': container},
                          **fields(("dnsPolicy", "enableServiceLinks", "restartPolicy",
                                    "schedulerName", "serviceAccountName", "volumes"))}}
    status = {"f:status": {"f:conditions": conditions,
                           **fields(("containerStatuses", "hostIP", "phase", "podIP",
                                     "startTime"))}}
    return [{"manager": manager, "operation": "Update", "apiVersion": "v1", "time": TIME,
             "fieldsType": "FieldsV1", "fieldsV1": value}
            for manager, value in (("kube-controller-manager", created), ("kubelet", status))]


def pod_spec(workload, images, environment):
    probe = {"httpGet": {"path": "/healthz", "port": 8080, "scheme": "HTTP"},
             "initialDelaySeconds": 5, "timeoutSeconds": 3, "periodSeconds": 10,
             "successThreshold": 1, "failureThreshold": 3}
    return {
        "volumes": [{"name": "config", "configMap": {"name": f"service-{workload}-config",
                                                     "defaultMode": 420}}],
        "containers": [{
            "name": "main", "image": image_of(workload, images)[0],
            "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
            "env": [{"name": name, "value": value} for name, value in environment.items()],
            "resources": {"limits": {"cpu": "1", "memory": "512Mi"},
                          "requests": {"cpu": "100m", "memory": "256Mi"}},
            "volumeMounts": [{"name": "config", "readOnly": True, "mountPath": "/etc/service"}],
            "livenessProbe": probe, "readinessProbe": probe,
            "terminationMessagePath": "/dev/termination-log",
            "terminationMessagePolicy": "File", "imagePullPolicy": "IfNotPresent"}],
        "restartPolicy": "Always", "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst", "serviceAccountName": "default", "securityContext": {},
        "schedulerName": "default-scheduler", "enableServiceLinks": True}


def environment_of(workload):
    return {f"SERVICE_SETTING_{number:02d}": f"value {number} of service {workload}: "
            + hex64(f"{workload} {number}")[:24] for number in range(28)}


def pod(number, workload, images):
    """One running pod of about 9 kB."""
    environment = environment_of(workload)
    name = f"service-{workload}-{hex64(f'template {workload}')[:10]}"
    reference, image_id = image_of(workload, images)
    value = metadata(f"{name}-{hex64(f'pod {number}')[:5]}", 4 * 10**6 + number,
                     labels_of(workload), ("ReplicaSet", name, UID % (2 * 10**6 + workload)))
    value.update(namespace=f"team-{workload % 20}", generateName=f"{name}-",
                 annotations={"prometheus.io/scrape": "true", "prometheus.io/port": "8080"},
                 managedFields=managed_fields(environment))
    spec = dict(pod_spec(workload, images, environment), nodeName=f"node-{number % 50}",
                tolerations=[{"key": f"node.kubernetes.io/{one}", "operator": "Exists",
                              "effect": "NoExecute", "tolerationSeconds": 300}
                             for one in ("not-ready", "unreachable")])
    status = {
        "phase": "Running", "hostIP": f"10.0.0.{number % 50}", "startTime": TIME,
        "podIP": f"10.1.{number // 250 % 250}.{number % 250}",
        "conditions": [{"type": one, "status": "True", "lastProbeTime": None,
                        "lastTransitionTime": TIME}
                       for one in ("Initialized", "Ready", "ContainersReady", "PodScheduled")],
        "containerStatuses": [{
            "name": "main", "state": {"running": {"startedAt": TIME}}, "lastState": {},
            "ready": True, "restartCount": 0, "image": reference, "imageID": image_id,
            "containerID": "containerd://" + hex64(f"container {number}"), "started": True}],
        "qosClass": "Burstable"}
    return {"metadata": value, "spec": spec, "status": status}


def controller(kind, workload, images, replicas):
    """A workload's Deployment or its ReplicaSet."""
    name = f"service-{workload}"
    owner = None
    if kind == "ReplicaSet":
        owner = ("Deployment", name, UID % (10**6 + workload))
        name += "-" + hex64(f"template {workload}")[:10]
    number = workload + (2 if owner else 1) * 10**6
    value = metadata(name, number, labels_of(workload), owner)
    value["namespace"] = f"team-{workload % 20}"
    value["annotations"] = {"deployment.kubernetes.io/revision": "1"}
    template = {"metadata": {"creationTimestamp": None, "labels": labels_of(workload)},
                "spec": pod_spec(workload, images, environment_of(workload))}
    return {"metadata": value,
            "spec": {"replicas": replicas,
                     "selector": {"matchLabels": {"app": f"service-{workload}"}},
                     "template": template},
            "status": {"replicas": replicas, "observedGeneration": 1}}


def node(number):
    return {"metadata": {"name": f"node-{number}", "uid": UID % (3 * 10**6 + number),
                         "resourceVersion": "1", "creationTimestamp": TIME,
                         "labels": {"kubernetes.io/arch": "amd64"}},
            "spec": {}, "status": {"nodeInfo": {"operatingSystem": "linux",
                                                "architecture": "amd64"}}}


def namespace(name, number):
    return {"metadata": {"name": name, "uid": UID % number, "resourceVersion": "1",
                         "creationTimestamp": TIME},
            "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}}


# The answers, as they go over the wire.


def response(body, content_type=wire.JSON, status="200 OK"):
    head = (f"HTTP/1.1 {status}\r\nCache-Control: no-cache, private\r\n"
            f"Content-Type: {content_type}\r\n")
    if len(body) <= 2048:
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    return f"{head}Transfer-Encoding: chunked\r\n\r\n{len(body):x}\r\n".encode() + body \
        + b"\r\n0\r\n\r\n"


def json_response(value):
    return response((wire.encode(value) + "\n").encode())


def list_responses(kind, version, count, make):
    """{continue token: response} of a list in pages."""
    found = {}
    token = ""
    for start in range(0, max(count, 1), PAGE):
        items = [make(number) for number in range(start, min(start + PAGE, count))]
        page = {"resourceVersion": "100000"}
        following = ""
        if start + PAGE < count:
            following = wire.continue_token(100000, f"{kind}-{start + PAGE}")
            page.update({"continue": following, "remainingItemCount": count - start - PAGE})
        found[token] = json_response({"kind": f"{kind}List", "apiVersion": version,
                                      "metadata": page, "items": items})
        token = following
    return found


def partial_of(one):
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
            "metadata": one["metadata"]}


def render(pods, images, each):
    """{(path, metadata only?): {continue token: response}}; `each`: pods a workload."""
    workloads = -(-pods // each)
    pages = {}
    for resource in wire.RESOURCES:
        root = f"/apis/{resource.group}" if resource.group else "/api"
        path = f"{root}/{resource.version}/{resource.name}"
        kind, version = resource.kind, wire.api_version(resource)
        count, make = {
            "Pod": (pods, lambda n: pod(n, n // each, images)),
            "Deployment": (workloads, lambda n: controller("Deployment", n, images, each)),
            "ReplicaSet": (workloads, lambda n: controller("ReplicaSet", n, images, each)),
            "Node": (50, node),
            "Namespace": (20, lambda n: namespace(f"team-{n}", 5 * 10**6 + n)),
        }.get(kind, (0, None))
        pages[path, False] = list_responses(kind, version, count, make)
        if kind in ("ReplicaSet", "Deployment", "Node"):
            pages[path, True] = list_responses("PartialObjectMetadata", "meta.k8s.io/v1", count,
                                               lambda n, make=make: partial_of(make(n)))
    system = dict({"kind": "Namespace", "apiVersion": "v1"},
                  **namespace("kube-system", 9 * 10**6))
    pages["/api/v1/namespaces/kube-system", False] = {"": json_response(system)}
    for path in ("/version", "/api", "/apis", "/api/v1", "/apis/apps/v1", "/apis/batch/v1",
                 "/apis/argoproj.io/v1alpha1"):
        body = World().answer(Request("GET", path, {}, {}, "")).body
        pages[path, False] = {"": response(body.encode() if isinstance(body, str)
                                           else wire.encode(body).encode())}
    return pages


NOTHING = response(b"404 page not found\n", wire.TEXT, "404 Not Found")


def serve(connection, context, pages, log):
    """One connection, until it closes."""
    try:
        with context.wrap_socket(connection, server_side=True) as stream:
            waiting = b""
            while True:
                while b"\r\n\r\n" not in waiting:
                    more = stream.recv(16384)
                    if not more:
                        return
                    waiting += more
                head, _, waiting = waiting.partition(b"\r\n\r\n")
                target = head.split(b" ", 2)[1].decode()
                log.write(target + "\n")
                where = urlsplit(target)
                token = parse_qs(where.query).get("continue", [""])[0]
                partial = b"as=PartialObjectMetadata" in head
                found = pages.get((where.path, partial)) or pages.get((where.path, False), {})
                stream.sendall(found.get(token, NOTHING))
    except OSError:
        connection.close()


def main():
    specification = json.loads(Path(sys.argv[1]).read_text())
    pages = render(specification["pods"], specification["images"],
                   specification["pods_a_workload"])
    context = server_context(Certificate(*specification["certificate"]))
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    listening = socket.create_server(("127.0.0.1", 0), backlog=128)
    print(f"https://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    with open(specification["log"], "a", buffering=1) as log:
        while True:
            connection, _ = listening.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=serve, args=(connection, context, pages, log),
                             daemon=True).start()


if __name__ == "__main__":
    main()
