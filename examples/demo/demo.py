#!/usr/bin/env python3
"""A small shop with drift in it, scanned by pindrift: what `make demo` shows.

Starts a real docker-registry and a stand-in Kubernetes API server on free loopback
ports, pushes small images, lets five workloads run them, and runs `pindrift scan`.
Nothing is left running; the reports stay in the output folder.
"""

import argparse
import os
import shlex
import signal
import string
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests"))

import lib  # noqa: E402
from servers import images, processes  # noqa: E402
from servers.certificates import Authority  # noqa: E402
from servers.kube_api import KubeApi  # noqa: E402
from servers.kube_objects import Cluster  # noqa: E402
from servers.registry import Registry  # noqa: E402

STORY = """\
A registry at {registry} and a cluster at {cluster}, with five workloads:

  catalog  is as pinned
  web      had its tag 1.4 pushed again, after it was pinned
  cart     runs two different images in its two pods
  mailer   is declared by tag alone
  search   is pinned to a digest that the registry no longer has
"""
TOKEN = "demo-token"
AUDITOR = "system:serviceaccount:audit:pindrift"


def both_platforms(salt):
    """An image index of two small images."""
    return images.index([images.image(one, salt) for one in ("linux/amd64", "linux/arm64")])


def push_images(registry):
    """Fill the registry; returns the digests that the manifests pin."""
    pinned = {}
    for name, tag in (("catalog", "3.1"), ("web", "1.4"), ("cart", "2.0"), ("mailer", "2"),
                      ("search", "0.9")):
        pinned[name] = registry.push(both_platforms(name), f"shop/{name}", tag)
    registry.push(both_platforms("web, built again"), "shop/web", "1.4")
    registry.push(both_platforms("search, built again"), "shop/search", "0.9")
    registry.delete("shop/search", pinned["search"])
    pinned["cart_hotfix"] = registry.push(both_platforms("cart, by hand"), "shop/cart", "hotfix")
    return pinned


def run_workloads(registry, pinned):
    """The cluster: what each workload's pods say that they run."""
    cluster = Cluster(nodes={"node-a": "amd64", "node-b": "arm64"})

    def running(name, key=None):
        repository = f"{registry.address}/shop/{name}"
        return {name: f"{repository}@{pinned[key or name]}"}

    def reference(name, tag, pin=True):
        suffix = f"@{pinned[name]}" if pin else ""
        return {name: f"{registry.address}/shop/{name}:{tag}{suffix}"}

    cluster.deployment("catalog", "shop", reference("catalog", "3.1"), [running("catalog")] * 2)
    cluster.deployment("web", "shop", reference("web", "1.4"), [running("web")] * 2)
    cluster.deployment("cart", "shop", reference("cart", "2.0"),
                       [running("cart"), running("cart", "cart_hotfix")])
    cluster.deployment("mailer", "shop", reference("mailer", "2", pin=False),
                       [running("mailer")])
    cluster.stateful_set("search", "shop", reference("search", "0.9"), [running("search")])
    return cluster


def write_manifests(folder, registry, pinned):
    folder.mkdir(parents=True, exist_ok=True)
    for template in sorted((HERE / "manifests").glob("*.yaml")):
        text = string.Template(template.read_text())
        (folder / template.name).write_text(
            text.substitute(pinned, registry=registry.address))


def scan(pindrift, output, config, work):
    """Run the scan with its output on this terminal; returns its exit status."""
    database = output / "observations.db"
    for old in output.glob("observations.db*"):
        old.unlink()
    command = [pindrift, "scan", str(output / "manifests"), "-A", "--kubeconfig", config,
               "--db", str(database), "-o", f"html={output / 'drift.html'}",
               "-o", f"csv={output / 'drift.csv'}"]
    print("$", " ".join(map(shlex.quote, command)), end="\n\n", flush=True)
    # Of the caller's own set-up nothing may matter: no credentials, no proxies.
    environment = {name: value for name, value in os.environ.items()
                   if not name.lower().endswith("_proxy") and not name.startswith("PINDRIFT_")}
    environment["DOCKER_CONFIG"] = str(work)
    return processes.start(command, env=environment).wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pindrift", default="build/debug/pindrift")
    parser.add_argument("--output", default="build/demo", type=Path)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="pindrift-demo-") as name:
        work = Path(name)
        authority = Authority(work / "ca")
        with Registry() as registry:
            pinned = push_images(registry)
            world = run_workloads(registry, pinned).world()
            with KubeApi(world, certificate=authority.issue("server"),
                         tokens={TOKEN: AUDITOR}) as api:
                write_manifests(arguments.output / "manifests", registry, pinned)
                config = lib.kubeconfig(work / "kubeconfig", api, authority=authority,
                                        token=TOKEN, name="demo")
                print(STORY.format(registry=registry.address, cluster=api.address))
                status = scan(arguments.pindrift, arguments.output, config, work)
    if status != 1:
        print(f"demo: pindrift ended with {status}; a scan that finds drift ends with 1",
              file=sys.stderr)
        return 1
    print(f"\nThe same as a page:   {arguments.output / 'drift.html'}")
    print(f"The same as a table:  {arguments.output / 'drift.csv'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
