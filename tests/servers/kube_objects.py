"""Kubernetes objects for a World, as a cluster with containerd would hold them.

    cluster = Cluster(uid="…", nodes={"node-0": "amd64", "node-1": "arm64"})
    cluster.deployment("web", "shop", {"web": "r.example/web:1.0"},
                       pods=[{"web": "r.example/web@sha256:…"}] * 2)
    cluster.pod("debug", "shop", {"tool": "r.example/tool:1"}, {"tool": ""})
    cluster.world()                                     # or cluster.objects

`containers` maps container names to the references of the spec; `pods` is a list
with one {container: imageID} for each pod.  Every method returns the objects it
made, the controller first, so that a test can change what it likes.  Names, uids
and times depend on the arguments only.
"""

import hashlib
import json
import uuid

from .kube_world import World

CREATED = "2026-11-01T00:00:00Z"
STARTED = "2026-11-01T00:01:00Z"
SETTLED = ("Initialized", "Ready", "ContainersReady", "PodScheduled")


def revision_hash(value):
    """A short stable hash, as pod-template-hash is."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:10]


def owner_of(one):
    """The controller ownerReferences for something that `one` owns."""
    return [{"apiVersion": one["apiVersion"], "kind": one["kind"],
             "name": one["metadata"]["name"], "uid": one["metadata"]["uid"],
             "controller": True, "blockOwnerDeletion": True}]


def container(name, image):
    return {"name": name, "image": image, "resources": {},
            "terminationMessagePath": "/dev/termination-log",
            "terminationMessagePolicy": "File", "imagePullPolicy": "IfNotPresent"}


def pod_spec(containers, init=None, sidecars=None, volumes=None, restart="Always"):
    """A pod's spec.  `volumes` maps volume names to image references."""
    spec = {}
    if volumes:
        spec["volumes"] = [{"name": name, "image": {"reference": reference}}
                           for name, reference in volumes.items()]
    first = [container(*pair) for pair in (init or {}).items()]
    first += [dict(container(*pair), restartPolicy="Always")
              for pair in (sidecars or {}).items()]
    if first:
        spec["initContainers"] = first
    spec["containers"] = [container(*pair) for pair in containers.items()]
    spec.update({"restartPolicy": restart, "terminationGracePeriodSeconds": 30,
                 "dnsPolicy": "ClusterFirst", "securityContext": {},
                 "schedulerName": "default-scheduler"})
    return spec


def container_status(name, image, image_id, state):
    digest = hashlib.sha256(f"{name}{image_id}".encode()).hexdigest()
    status = {"name": name, "state": state, "lastState": {}, "ready": "running" in state,
              "restartCount": 0, "image": image, "imageID": image_id}
    if image_id:
        status["containerID"] = f"containerd://{digest}"
    status["started"] = "running" in state
    return status


class Cluster:
    """Collects objects; world() serves them."""

    def __init__(self, uid="6f1f5c0a-5d5e-4f44-8f0e-0d5c1c1f7a01", nodes=None):
        self.objects = []
        self._uid = uid
        self._namespaces = set()
        self._count = 0
        self.nodes = dict(nodes or {"node-0": "amd64"})
        for name, architecture in self.nodes.items():
            self._node(name, architecture)
        self.namespace("kube-system", uid)

    def world(self, **options):
        return World(self.objects, **options)

    def metadata(self, kind, name, namespace=None, *, labels=None, annotations=None,
                 owner=None, uid=None):
        self._count += 1
        identity = uid or str(uuid.uuid5(uuid.UUID(self._uid), f"{kind}/{namespace}/{name}"))
        value = {"name": name}
        if namespace:
            self.namespace(namespace)
            value["namespace"] = namespace
        value.update(uid=identity, resourceVersion=str(1000 + self._count),
                     creationTimestamp=CREATED)
        for key, part in (("labels", labels), ("annotations", annotations),
                          ("ownerReferences", owner)):
            if part:
                value[key] = part
        return value

    def add(self, api_version, kind, metadata, **rest):
        one = {"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest}
        self.objects.append(one)
        return one

    def namespace(self, name, uid=None):
        if name not in self._namespaces:
            self._namespaces.add(name)
            self.add("v1", "Namespace",
                     self.metadata("Namespace", name, uid=uid,
                                   labels={"kubernetes.io/metadata.name": name}),
                     spec={"finalizers": ["kubernetes"]}, status={"phase": "Active"})

    def _node(self, name, architecture):
        labels = {"kubernetes.io/arch": architecture, "kubernetes.io/os": "linux"}
        info = {"containerRuntimeVersion": "containerd://1.6.20", "kubeletVersion": "v1.21.2",
                "operatingSystem": "linux", "architecture": architecture}
        self.add("v1", "Node", self.metadata("Node", name, labels=labels), spec={},
                 status={"nodeInfo": info})

    # Pods.

    def pod(self, name, namespace, containers, ids=None, *, owner=None, labels=None,
            node="node-0", phase="Running", waiting=None, ephemeral=None, **spec):
        """A pod.

        ids        {container: imageID}, of all its classes; None: not scheduled yet
        waiting    {container: reason}: "ImagePullBackOff", "CrashLoopBackOff", …
        ephemeral  {container: reference}
        spec       init, sidecars, volumes: see pod_spec()
        """
        body = pod_spec(containers, **spec)
        if ids is not None:
            body["nodeName"] = node
        if ephemeral:
            body["ephemeralContainers"] = [container(*pair) for pair in ephemeral.items()]
        return self.add("v1", "Pod",
                        self.metadata("Pod", name, namespace, labels=labels, owner=owner),
                        spec=body, status=self._pod_status(body, ids, phase, waiting or {}))

    @staticmethod
    def _pod_status(spec, ids, phase, waiting):
        if ids is None:
            return {"phase": "Pending", "qosClass": "BestEffort", "conditions": [
                {"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
                 "lastProbeTime": None, "lastTransitionTime": CREATED}]}
        status = {"phase": phase, "podIP": "10.1.1.1", "podIPs": [{"ip": "10.1.1.1"}],
                  "startTime": CREATED,
                  "conditions": [{"type": one, "status": "True", "lastProbeTime": None,
                                  "lastTransitionTime": STARTED} for one in SETTLED]}
        for group, field in (("initContainers", "initContainerStatuses"),
                             ("containers", "containerStatuses"),
                             ("ephemeralContainers", "ephemeralContainerStatuses")):
            statuses = [_status_of(one, group, ids, phase, waiting)
                        for one in spec.get(group, [])]
            if group == "containers":
                statuses.sort(key=lambda one: one["name"])
            if statuses:
                status[field] = statuses
        return dict(status, qosClass="BestEffort")

    def _pods_of(self, controller, template, pods, labels, names=None):
        made = []
        namespace = controller["metadata"]["namespace"]
        for number, ids in enumerate(pods):
            stem = controller["metadata"]["name"]
            name = names(number) if names else f"{stem}-{revision_hash([stem, number])[:5]}"
            options = dict(template)
            if isinstance(ids, tuple):  # (ids, {option: value})
                options.update(ids[1])
                ids = ids[0]
            options.setdefault("node", list(self.nodes)[number % len(self.nodes)])
            containers = options.pop("containers")
            made.append(self.pod(name, namespace, containers, ids, labels=labels,
                                 owner=owner_of(controller), **options))
        return made

    # Controllers.  `template` is what pod_spec() takes besides the containers.

    def deployment(self, name, namespace, containers, pods=(), *, old=None, deadline=600,
                   progressing=STARTED, kind="Deployment", api_version="apps/v1", **template):
        """A Deployment with its ReplicaSet and pods.

        old          (containers, pods) of the revision that is being replaced
        progressing  when the rollout last made progress
        A pod may be (ids, {option of pod(): value}).
        """
        made = [self.add(
            api_version, kind,
            self.metadata(kind, name, namespace, annotations={
                "deployment.kubernetes.io/revision": "2" if old else "1"}),
            spec=self._controller_spec(name, containers, len(pods), template,
                                       progressDeadlineSeconds=deadline),
            status={"observedGeneration": 1, "replicas": len(pods), "conditions": [
                {"type": "Progressing", "status": "True", "lastUpdateTime": progressing,
                 "lastTransitionTime": progressing,
                 "reason": "ReplicaSetUpdated" if old else "NewReplicaSetAvailable"}]})]
        revisions = [(containers, pods, "2" if old else "1")]
        if old:
            revisions.append((*old, "1"))
        for some, running, revision in revisions:
            made += self._replica_set(made[0], some, running, revision, template)
        return made

    def _replica_set(self, deployment, containers, pods, revision, template):
        name = deployment["metadata"]["name"]
        stamp = revision_hash([name, containers, template])
        key = "rollouts-pod-template-hash" if deployment["kind"] == "Rollout" \
            else "pod-template-hash"
        labels = {"app": name, key: stamp}
        if deployment["kind"] == "Rollout" and revision == deployment["metadata"][
                "annotations"]["deployment.kubernetes.io/revision"]:
            deployment["status"]["currentPodHash"] = stamp
        spec = self._controller_spec(name, containers, len(pods), template)
        spec["template"]["metadata"]["labels"] = labels
        replica_set = self.add(
            "apps/v1", "ReplicaSet",
            self.metadata("ReplicaSet", f"{name}-{stamp}", deployment["metadata"]["namespace"],
                          labels=labels, owner=owner_of(deployment),
                          annotations={"deployment.kubernetes.io/revision": revision}),
            spec=spec, status={"replicas": len(pods), "observedGeneration": 1})
        return [replica_set] + self._pods_of(
            replica_set, dict(template, containers=containers), pods, labels)

    def rollout(self, name, namespace, containers, pods=(), **options):
        """An Argo Rollout."""
        return self.deployment(name, namespace, containers, pods, kind="Rollout",
                               api_version="argoproj.io/v1alpha1", **options)

    def stateful_set(self, name, namespace, containers, pods=(), **template):
        """A StatefulSet; a pod may name another `revision` than the current one."""
        stamp = f"{name}-{revision_hash([name, containers, template])}"
        made = [self.add(
            "apps/v1", "StatefulSet", self.metadata("StatefulSet", name, namespace),
            spec=self._controller_spec(name, containers, len(pods), template, serviceName=name),
            status={"observedGeneration": 1, "replicas": len(pods),
                    "currentRevision": stamp, "updateRevision": stamp})]
        labels = {"app": name, "controller-revision-hash": stamp}
        return made + self._pods_of(made[0], dict(template, containers=containers), pods,
                                    labels, lambda number: f"{name}-{number}")

    def daemon_set(self, name, namespace, containers, pods=(), **template):
        stamp = revision_hash([name, containers, template])
        spec = self._controller_spec(name, containers, None, template)
        made = [self.add("apps/v1", "DaemonSet", self.metadata("DaemonSet", name, namespace),
                         spec=spec, status={"observedGeneration": 1,
                                            "desiredNumberScheduled": len(pods)})]
        made.append(self.add(
            "apps/v1", "ControllerRevision",
            self.metadata("ControllerRevision", f"{name}-{stamp}", namespace,
                          labels={"app": name, "controller-revision-hash": stamp},
                          owner=owner_of(made[0])),
            data={"spec": {"template": spec["template"]}}, revision=1))
        labels = {"app": name, "controller-revision-hash": stamp,
                  "pod-template-generation": "1"}
        return made + self._pods_of(made[0], dict(template, containers=containers), pods, labels)

    def cron_job(self, name, namespace, containers, pods=(), **template):
        """A CronJob; each pod gets a Job of its own."""
        spec = self._controller_spec(name, containers, None, dict(template, restart="Never"))
        made = [self.add("batch/v1", "CronJob", self.metadata("CronJob", name, namespace),
                         spec={"schedule": "0 3 * * *", "concurrencyPolicy": "Allow",
                               "suspend": False,
                               "jobTemplate": {"spec": {"template": spec["template"]}}},
                         status={})]
        for number, ids in enumerate(pods):
            made += self.job(f"{name}-{29923359 + number}", namespace, containers, [ids],
                             owner=owner_of(made[0]), **template)
        return made

    def job(self, name, namespace, containers, pods=(), *, owner=None, **template):
        template = dict(template, restart="Never")
        spec = self._controller_spec(name, containers, None, template)
        job = self.add("batch/v1", "Job", self.metadata("Job", name, namespace, owner=owner),
                       spec={"parallelism": 1, "completions": 1, "backoffLimit": 6,
                             "template": spec["template"]},
                       status={"startTime": CREATED, "active": len(pods)})
        labels = {"job-name": name, "controller-uid": job["metadata"]["uid"]}
        return [job] + self._pods_of(job, dict(template, containers=containers), pods, labels)

    def replication_controller(self, name, namespace, containers, pods=(), **template):
        spec = self._controller_spec(name, containers, len(pods), template)
        spec["selector"] = spec["selector"]["matchLabels"]
        made = self.add("v1", "ReplicationController",
                        self.metadata("ReplicationController", name, namespace),
                        spec=spec, status={"replicas": len(pods)})
        return [made] + self._pods_of(made, dict(template, containers=containers), pods,
                                      {"app": name})

    @staticmethod
    def _controller_spec(name, containers, replicas, template, **more):
        spec = {} if replicas is None else {"replicas": replicas}
        spec["selector"] = {"matchLabels": {"app": name}}
        spec["template"] = {"metadata": {"creationTimestamp": None, "labels": {"app": name}},
                            "spec": pod_spec(containers, **template)}
        spec.update(more)
        return spec


def _status_of(one, group, ids, phase, waiting):
    """The status of one container of a pod that was scheduled."""
    name = one["name"]
    image_id = ids.get(name, "")
    done = {"terminated": {"exitCode": 0 if phase != "Failed" else 1, "reason": "Completed",
                           "startedAt": CREATED, "finishedAt": STARTED}}
    if name in waiting:
        state = {"waiting": {"reason": waiting[name]}}
    elif not image_id:
        state = {"waiting": {"reason": "ContainerCreating"}}
    elif phase in ("Succeeded", "Failed"):
        state = done
    elif group == "initContainers" and one.get("restartPolicy") != "Always":
        state = done
    else:
        state = {"running": {"startedAt": STARTED}}
    return container_status(name, one["image"], image_id, state)
