"""Small container images as bytes, the same bytes on every machine.

    child = image("linux/amd64", salt="one")           # an OCI image manifest
    both = index([child, image("linux/arm64")])        # an OCI image index
    twin(child)                                        # same config, other bytes
    layout("images/web")                               # an OCI layout, unchanged

Everything is a Node: bytes with a media type, the blobs it names and the
manifests below it.  `Node.digest` is its digest, `Node.config_digest` the
image ID.  registry.Client.push() puts a Node into a registry.
"""

import hashlib
import io
import json
import struct
import tarfile
import zlib
from dataclasses import dataclass, field, replace
from pathlib import Path

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar"
OCI_EMPTY = "application/vnd.oci.empty.v1+json"
DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar"


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def encode(value):
    """Compact JSON, in the order of the dict."""
    return json.dumps(value, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Node:
    """One manifest, and what must be in the registry before it."""

    data: bytes
    media_type: str
    blobs: tuple = ()
    children: tuple = ()
    config: bytes = b""
    layers: tuple = field(default=(), repr=False)
    platform: dict = None
    annotations: dict = None  # of its descriptor in an image index

    @property
    def digest(self):
        return digest_of(self.data)

    @property
    def config_digest(self):
        return digest_of(self.config) if self.config else None

    def descriptor(self):
        """This node as an image index lists it."""
        value = {"mediaType": self.media_type, "digest": self.digest, "size": len(self.data)}
        if self.annotations:
            value["annotations"] = self.annotations
        if self.platform:
            value["platform"] = self.platform
        return value


@dataclass(frozen=True)
class Layer:
    """A layer: its uncompressed tar, and its bytes as pushed."""

    tar: bytes
    data: bytes
    suffix: str = "+gzip"

    @property
    def diff_id(self):
        return digest_of(self.tar)


def tar_of(files):
    """A tar archive of {name: text}, without anything of this machine in it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, text in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return out.getvalue()


def gzip_of(data, block=60000):
    """A gzip stream of stored blocks: no compressor's version changes its bytes."""
    out = [b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"]
    for start in range(0, max(len(data), 1), block):
        part = data[start:start + block]
        last = start + block >= len(data)
        out.append(struct.pack("<BHH", last, len(part), len(part) ^ 0xFFFF) + part)
    out.append(struct.pack("<II", zlib.crc32(data), len(data)))
    return b"".join(out)


def layer(text, name="app"):
    tar = tar_of({name: text})
    return Layer(tar, gzip_of(tar))


def recompressed(old):
    """The same layer content, compressed otherwise."""
    return replace(old, data=gzip_of(old.tar, block=1000))


def platform_of(text):
    """"linux/arm/v7" as OCI's platform object."""
    parts = text.split("/")
    value = {"architecture": parts[1], "os": parts[0]}
    if len(parts) > 2:
        value["variant"] = parts[2]
    return value


def config_of(platform, layers, salt=""):
    """An image config; `salt` makes another one of the same layers."""
    value = dict(platform)
    value["config"] = {"Env": ["PATH=/"], "Labels": {"salt": salt}}
    value["rootfs"] = {"type": "layers", "diff_ids": [one.diff_id for one in layers]}
    value["history"] = [{"created_by": "pindrift test"} for _ in layers]
    return encode(value)


def manifest(config, layers, platform=None, docker=False, annotations=None):
    """An image manifest over a config and layers, as OCI or as Docker writes it."""
    media_type = DOCKER_MANIFEST if docker else OCI_MANIFEST
    layer_type = DOCKER_LAYER if docker else OCI_LAYER
    value = {
        "schemaVersion": 2,
        "mediaType": media_type,
        "config": {
            "mediaType": DOCKER_CONFIG if docker else OCI_CONFIG,
            "digest": digest_of(config),
            "size": len(config),
        },
        "layers": [
            {
                "mediaType": layer_type + (".gzip" if docker else one.suffix),
                "digest": digest_of(one.data),
                "size": len(one.data),
            }
            for one in layers
        ],
    }
    if annotations:
        value["annotations"] = annotations
    return Node(encode(value), media_type, (config,) + tuple(one.data for one in layers),
                (), config, tuple(layers), platform)


def image(platform="linux/amd64", salt="", text=None, docker=False):
    """An image of one layer.

    Other `text` (default: platform and salt) makes another layer; the same
    text with another `salt` makes the same layers under another config.
    """
    where = platform_of(platform)
    layers = [layer(f"{platform} {salt}" if text is None else text)]
    return manifest(config_of(where, layers, salt), layers, where, docker)


def twin(node, docker=None, recompress=False):
    """Another manifest of the same config: converted or recompressed."""
    if docker is None:
        docker = recompress is False and node.media_type == OCI_MANIFEST
    layers = [recompressed(one) if recompress else one for one in node.layers]
    return manifest(node.config, layers, node.platform, docker)


def index(children, docker=False, annotations=None):
    """An image index of images, attestations or further indexes."""
    media_type = DOCKER_INDEX if docker else OCI_INDEX
    value = {
        "schemaVersion": 2,
        "mediaType": media_type,
        "manifests": [child.descriptor() for child in children],
    }
    if annotations:
        value["annotations"] = annotations
    return Node(encode(value), media_type, (), tuple(children))


def attestation(subject, salt=""):
    """A BuildKit attestation about an image, to be put beside it in an index."""
    statement = encode({"_type": "https://in-toto.io/Statement/v0.1", "salt": salt})
    config = encode({"architecture": "unknown", "os": "unknown", "config": {},
                     "rootfs": {"type": "layers", "diff_ids": [digest_of(statement)]}})
    value = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": {"mediaType": OCI_CONFIG, "digest": digest_of(config), "size": len(config)},
        "layers": [{
            "mediaType": "application/vnd.in-toto+json",
            "digest": digest_of(statement),
            "size": len(statement),
            "annotations": {"in-toto.io/predicate-type": "https://slsa.dev/provenance/v0.2"},
        }],
    }
    about = {"vnd.docker.reference.digest": subject.digest,
             "vnd.docker.reference.type": "attestation-manifest"}
    return Node(encode(value), OCI_MANIFEST, (config, statement),
                platform={"architecture": "unknown", "os": "unknown"}, annotations=about)


def artifact(text, artifact_type="application/vnd.example.chart"):
    """An OCI artifact: the empty config and one blob."""
    empty, blob = b"{}", text.encode()
    value = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "artifactType": artifact_type,
        "config": {"mediaType": OCI_EMPTY, "digest": digest_of(empty), "size": len(empty)},
        "layers": [{"mediaType": "text/plain", "digest": digest_of(blob), "size": len(blob)}],
    }
    return Node(encode(value), OCI_MANIFEST, (empty, blob))


def layout(folder):
    """The first image of an OCI layout folder, byte for byte."""
    folder = Path(folder)
    listed = json.loads((folder / "index.json").read_text())["manifests"][0]
    return _layout_node(folder, listed)


def _layout_blob(folder, descriptor):
    return (folder / "blobs" / descriptor["digest"].replace(":", "/")).read_bytes()


def _layout_node(folder, listed):
    data = _layout_blob(folder, listed)
    value = json.loads(data)
    media_type = value.get("mediaType") or listed["mediaType"]
    if "manifests" in value:
        children = tuple(_layout_node(folder, child) for child in value["manifests"])
        return Node(data, media_type, (), children, platform=listed.get("platform"))
    config = _layout_blob(folder, value["config"])
    blobs = (config,) + tuple(_layout_blob(folder, one) for one in value["layers"])
    return Node(data, media_type, blobs, (), config, platform=listed.get("platform"))
