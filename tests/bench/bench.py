#!/usr/bin/env python3
"""Benchmarks: pindrift beside the plain tools, as ratios within one run.

Usage: bench.py PINDRIFT [SECTION...]    (`make bench` builds the release variant and runs this)

Sections: manifests, cluster, size, tags, distance; all of them where none is named.

Every figure is the median of several rounds; in each round the contenders run one
after another, so that a busy machine slows all of them.  Figures are processor
seconds (user and system) and wall seconds of whole processes, from wait4(2).

BENCH_ROUNDS, BENCH_PODS, BENCH_TAGS, BENCH_MANIFESTS set the size; BENCH_LARGE=150000 measures a large
cluster whole (the stand-in needs 4 GB and some minutes).
"""

import contextlib
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import namedtuple
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

import lib  # noqa: E402
from servers import images  # noqa: E402
from servers.certificates import Authority  # noqa: E402
from servers.distant import DistantRegistry  # noqa: E402
from servers.registry import Registry  # noqa: E402
from servers.static_pages import StaticPages  # noqa: E402

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "9"))
PODS = int(os.environ.get("BENCH_PODS", "5000"))
LARGE = int(os.environ.get("BENCH_LARGE", str(4 * PODS)))
WORKLOADS = 15000  # of a cluster of 150,000 pods
NEAR_TAGS = int(os.environ.get("BENCH_TAGS", "400"))  # on a registry without delay
FAR_TAGS = int(os.environ.get("BENCH_TAGS", "1000"))  # behind a round trip
MANIFESTS = int(os.environ.get("BENCH_MANIFESTS", "10000"))
CORPUS = lib.SHARED / "corpus"  # of real manifests; not part of the source
DELAY = 0.05  # seconds that a distant registry takes for an answer
CONNECTIONS = 8  # to one registry host, pindrift's own limit
SKOPEO_TAGS = 10
SKOPEO = f"skopeo inspect, {SKOPEO_TAGS} tags"
AGENT = "pindrift-bench/1"  # the API server indents its JSON for curl/

Used = namedtuple("Used", "wall cpu rss")


class Bench:
    """The scratch folder, the programs in it, and how to run others."""

    def __init__(self, pindrift, work):
        self.pindrift = pindrift
        self.work = work
        self.authority = Authority(work / "ca")
        self.parse_pages = self._build("parse_pages", "jansson")
        self.parse_yaml = self._build("parse_yaml", "yaml-0.1")
        self._spent = self._build("spent")

    def _build(self, name, package=None):
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", package], check=True,
                               capture_output=True, text=True).stdout.split() if package else []
        program = self.work / name
        subprocess.run([*shlex.split(os.environ.get("CC", "cc")), "-O2", "-D_GNU_SOURCE", "-o", str(program),
                        str(TESTS / f"bench/{name}.c"), *flags], check=True)
        return program

    def measure(self, argv, expected=(0,), **environment):
        """Run a command to its end; what it used.

        What others wrote goes to the disk first, and not while this one is measured.
        """
        figures = self.work / "figures"
        os.sync()
        with tempfile.TemporaryFile() as output:
            subprocess.run([self._spent, figures] + [str(one) for one in argv], check=True,
                           stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                           env=lib.environment(self.work, PINDRIFT_NOW=None, **environment))
            status, wall, cpu, rss = map(float, figures.read_text().split())
            if int(status) not in expected:
                output.seek(0)
                sys.exit(f"bench: {shlex.join(map(str, argv))} ended with {status:.0f}:\n"
                         + output.read().decode(errors="replace")[-3000:])
        return Used(wall, cpu, rss / 1024)

    def scan(self, config, again=False):
        """A scan of the cluster alone, into a new database unless it is done `again`."""
        for old in [] if again else self.work.glob("bench.db*"):
            old.unlink()
        return self.measure([self.pindrift, "scan", "-A", "--kubeconfig", config,
                             "--db", self.work / "bench.db",
                             "-o", f"json={self.work / 'report.json'}"], expected=(0, 1))


def rounds(contenders, once):
    """{name: [Used, ...]} of callables that each return a Used.

    Those of `once` are slow, and there for comparison only: they run in one round.
    """
    found = {name: [] for name in {**contenders, **once}}
    for number in range(ROUNDS):
        for name, run in {**contenders, **({} if number else once)}.items():
            found[name].append(run())
    return found


def median(values):
    return statistics.median(list(values))


def ratio(found, field, name, *others):
    """Median over the rounds of name's figure to the sum of the others'."""
    return median(getattr(mine, field) / sum(getattr(one, field) for one in theirs)
                  for mine, *theirs in zip(found[name], *(found[one] for one in others)))


def table(title, found):
    print(f"\n{title}")
    print(f"  {'':34}{'wall s':>9}{'cpu s':>9}{'peak MiB':>10}")
    for name, used in found.items():
        print(f"  {name:34}{median(one.wall for one in used):9.3f}"
              f"{median(one.cpu for one in used):9.3f}{max(one.rss for one in used):10.1f}")


def line(text, value, aim, unit=""):
    verdict = "ok" if value <= aim else "MISSED"
    print(f"  {text:52}{value:8.2f}{unit}   aim: at most {aim:g}{unit}   {verdict}")


def curl_config(path, urls, outputs, authority):
    """A curl configuration that fetches the URLs one after another."""
    lines = [f'cacert = "{authority.path}"', f'user-agent = "{AGENT}"', "silent", "show-error",
             "fail"]
    for url, output in zip(urls, outputs):
        lines += [f'url = "{url}"', f'output = "{output}"']
    path.write_text("\n".join(lines) + "\n")
    return path


def bench_cluster(bench):
    """Thousands of pods over TLS, against curl and one jansson parse."""
    work, authority = bench.work, bench.authority
    with StaticPages(work, authority.issue("api"), pods=PODS) as api:
        config = lib.kubeconfig(work / "kubeconfig", api, authority=authority, token="bench")
        bench.scan(config)
        fetch = work / "curl.conf"
        pages = fetched_pages(fetch, api, authority, work)
        contenders = {
            "pindrift scan": lambda: bench.scan(config),
            "curl": lambda: bench.measure(["curl", "-K", fetch]),
            "jansson parse": lambda: bench.measure([bench.parse_pages, *pages]),
        }
        once = {}
        if shutil.which("kubectl") and shutil.which("jq"):
            command = (f"kubectl --kubeconfig {config} get pods -A -o json | "
                       "jq -r '.items[].status.containerStatuses[]?.imageID' | sort | uniq -c")
            once["kubectl | jq"] = lambda: bench.measure(
                ["bash", "-o", "pipefail", "-c", command])
        found = rounds(contenders, once)
    size = sum(page.stat().st_size for page in pages)
    table(f"{PODS} pods over TLS: {len(pages)} answers, {size / 1e6:.1f} MB", found)
    line("wall to curl", ratio(found, "wall", "pindrift scan", "curl"), 1.1)
    line("processor time to curl", ratio(found, "cpu", "pindrift scan", "curl"), 3)
    line("processor time to curl and one jansson parse",
         ratio(found, "cpu", "pindrift scan", "curl", "jansson parse"), 1.5)
    line("peak memory", max(one.rss for one in found["pindrift scan"]), 64, " MiB")


def sized(bench, pods, pods_a_workload):
    """A cluster of that size: its server, and a kubeconfig of its own."""
    folder = bench.work / f"size-{pods}-{pods_a_workload}"
    folder.mkdir()
    api = StaticPages(folder, bench.authority.issue(folder.name), pods=pods,
                      pods_a_workload=pods_a_workload)
    return api, lib.kubeconfig(folder / "kubeconfig", api, authority=bench.authority,
                               token="bench")


def bench_growth(bench):
    """Time follows the number of pods.  What curl needs more is the server's and the wire's."""
    small, large = f"{PODS} pods", f"{LARGE} pods"
    contenders = {}
    with contextlib.ExitStack() as servers:
        for name, pods in ((small, PODS), (large, LARGE)):
            api, config = sized(bench, pods, 10)
            servers.enter_context(api)
            bench.scan(config)
            fetch = bench.work / f"curl-{pods}.conf"
            fetched_pages(fetch, api, bench.authority, bench.work)
            contenders[name] = lambda config=config: bench.scan(config)
            contenders[f"{name}, curl"] = lambda fetch=fetch: bench.measure(["curl", "-K", fetch])
        found = rounds(contenders, {})
    table("Growth", found)
    growth = LARGE / PODS
    for field in ("wall", "cpu"):
        line(f"{field} of {growth:g} times the pods, by {growth:g}",
             ratio(found, field, large, small) / growth, 1.1)
    curl = ratio(found, "wall", f"{large}, curl", f"{small}, curl") / growth
    print(f"  {'the same of curl':52}{curl:8.2f}")
    line(f"wall to curl, {large}", ratio(found, "wall", large, f"{large}, curl"), 1.1)
    return [*found[small], *found[large]]


def bench_size(bench):
    """Memory follows the number of workloads, not of pods."""
    used = bench_growth(bench)
    api, config = sized(bench, WORKLOADS, 1)
    with api:
        found = {f"{WORKLOADS} pods, {WORKLOADS} workloads": [bench.scan(config)],
                 "the same again": [bench.scan(config, again=True)]}
    table("Size", found)
    used += [one for several in found.values() for one in several]
    line("peak memory", max(one.rss for one in used), 64, " MiB")


def fetched_pages(fetch, api, authority, work):
    """Make curl's configuration for what the scan has just asked; returns its files.

    What is not there (404) is left out.
    """
    targets = api.targets()
    pages = [work / f"page-{number}" for number in range(len(targets))]
    curl_config(fetch, [api.url + one for one in targets], pages, authority)
    subprocess.run(["curl", "-K", str(fetch)], stderr=subprocess.DEVNULL, check=False)
    there = [(one, page) for one, page in zip(targets, pages) if page.exists()]
    curl_config(fetch, [api.url + one for one, _ in there], [page for _, page in there],
                authority)
    return [page for _, page in there]


def fill_tags(registry, put, count):
    """Have `count` images in a registry; [(reference, imageID)] of each."""
    running = []
    for number in range(count):
        repository, tag = f"team-{number % 20}/service", f"1.{number}"
        digest = put(images.image(salt=str(number)), repository, tag)
        name = f"{registry.address}/{repository}"
        running.append((f"{name}:{tag}", f"{name}@{digest}"))
    return running


def heads_config(path, registry, running):
    """A curl configuration that asks HEAD for every tag, in parallel."""
    accept = ", ".join((images.OCI_INDEX, images.OCI_MANIFEST, images.DOCKER_INDEX,
                        images.DOCKER_MANIFEST))
    lines = ["head", "silent", "fail", "parallel", f"parallel-max = {CONNECTIONS}",
             f'user-agent = "{AGENT}"', f'header = "Accept: {accept}"']
    for reference, _ in running:
        name, _, tag = reference.rpartition(":")
        repository = name.partition("/")[2]
        lines += [f'url = "{registry.url}/v2/{repository}/manifests/{tag}"',
                  'output = "/dev/null"']
    path.write_text("\n".join(lines) + "\n")
    return path


def bench_tags(bench):
    """Many tags on one loopback registry, against curl's HEADs and a loop of skopeo."""
    with Registry() as registry:
        running = fill_tags(registry, registry.push, NEAR_TAGS)
        heads = heads_config(bench.work / "heads.conf", registry, running)
        with StaticPages(bench.work, bench.authority.issue("api-tags"), pods=NEAR_TAGS,
                         images=running, pods_a_workload=1) as api:
            config = lib.kubeconfig(bench.work / "kubeconfig", api, authority=bench.authority,
                                    token="bench")
            registry.forget_requests()
            bench.scan(config)
            asked = [one.method for one in registry.requests()]
            contenders = {
                "pindrift scan": lambda: bench.scan(config),
                "curl, parallel HEADs": lambda: bench.measure(["curl", "-K", heads]),
            }
            once = {}
            if shutil.which("skopeo"):
                once[SKOPEO] = lambda: skopeo(bench, running[:SKOPEO_TAGS])
            found = rounds(contenders, once)
    table(f"{NEAR_TAGS} tags on a loopback registry, {NEAR_TAGS} pods that run them", found)
    if SKOPEO in found:
        mine = median(one.cpu for one in found["pindrift scan"]) / NEAR_TAGS
        theirs = found[SKOPEO][0].cpu / SKOPEO_TAGS
        line("processor time a tag to skopeo inspect's", mine / theirs, 0.2)
    counts = ", ".join(f"{asked.count(one)} {one}" for one in sorted(set(asked)))
    print(f"  {'requests of one scan':52}{counts}")
    wall = ratio(found, "wall", "pindrift scan", "curl, parallel HEADs")
    print(f"  {'wall to the HEADs alone (a scan does more)':52}{wall:8.2f}")


def bench_distance(bench):
    """The same where each answer takes a while and nothing has moved: HEADs alone."""
    with DistantRegistry(DELAY) as registry:
        running = fill_tags(registry, registry.hold, FAR_TAGS)
        heads = heads_config(bench.work / "heads.conf", registry, running)
        with StaticPages(bench.work, bench.authority.issue("api-far"), pods=FAR_TAGS,
                         images=running, pods_a_workload=1) as api:
            config = lib.kubeconfig(bench.work / "kubeconfig", api, authority=bench.authority,
                                    token="bench")
            bench.scan(config)
            registry.asked.clear()
            bench.scan(config, again=True)
            asked = [one.partition(" ")[0] for one in registry.asked]
            found = rounds({
                "pindrift scan, again": lambda: bench.scan(config, again=True),
                "curl, parallel HEADs": lambda: bench.measure(["curl", "-K", heads]),
            }, {})
    table(f"{FAR_TAGS} tags on a registry that answers after {DELAY * 1000:.0f} ms, unmoved", found)
    counts = ", ".join(f"{asked.count(one)} {one}" for one in sorted(set(asked)))
    print(f"  {'requests of one scan':52}{counts}")
    line("wall to curl's HEADs", ratio(found, "wall", "pindrift scan, again",
                                       "curl, parallel HEADs"), 1.2)


def manifest(number):
    """A Deployment with a Service, as people write them."""
    return f"""\
# Service number {number}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: service-{number}
  namespace: team-{number % 20}
  labels: {{app.kubernetes.io/name: service-{number}, app.kubernetes.io/part-of: shop}}
spec:
  replicas: 3
  selector:
    matchLabels:
      app.kubernetes.io/name: service-{number}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: service-{number}
    spec:
      containers:
      - name: app
        image: registry.example.com/team-{number % 20}/service:1.{number}@sha256:{number + 1:064x}
        args: ["--listen", "0.0.0.0:8080", "--log=info"]
        env:
        - name: DATABASE_URL
          valueFrom: {{secretKeyRef: {{name: database, key: url}}}}
        readinessProbe:
          httpGet: {{path: /healthz, port: 8080}}
          periodSeconds: 5
        resources:
          requests: {{cpu: 100m, memory: 128Mi}}
          limits: {{memory: 256Mi}}
---
apiVersion: v1
kind: Service
metadata:
  name: service-{number}
spec:
  ports:
  - port: 80
    targetPort: 8080
  selector:
    app.kubernetes.io/name: service-{number}
"""


def fill_generated(tree):
    """Manifests that check finds nothing wrong with."""
    for number in range(MANIFESTS):
        path = tree / f"team-{number % 20}" / f"service-{number}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(manifest(number))


def fill_real(tree):
    """Copies of the manifests of real projects, with all that check finds in them."""
    originals = sorted(path for path in CORPUS.rglob("*.yaml") if path.is_file())
    for number in range(MANIFESTS):
        copy, original = divmod(number, len(originals))
        path = tree / f"copy-{copy}" / originals[original].relative_to(CORPUS)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(originals[original], path)


def bench_tree(bench, title, fill):
    """`check` of a large tree, against libyaml's bare event loop over the same files."""
    tree = bench.work / title.replace(" ", "-")
    fill(tree)
    paths = sorted(tree.rglob("*.yaml"))
    (bench.work / "names").write_text("".join(f"{path}\n" for path in paths))
    loop = ["sh", "-c", f"{bench.parse_yaml} < {bench.work / 'names'}"]
    check = [bench.pindrift, "check", tree]
    everywhere, alone = "check, all processors", "check, one processor"
    one = ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0)))]
    found = rounds({
        "libyaml's event loop": lambda: bench.measure(loop),
        everywhere: lambda: bench.measure(check, expected=(0, 1)),
        alone: lambda: bench.measure(one + check, expected=(0, 1)),
    }, {})
    table(f"{MANIFESTS} {title}", found)
    line("wall to the event loop, all processors",
         ratio(found, "wall", everywhere, "libyaml's event loop"), 1)
    wall = ratio(found, "wall", alone, "libyaml's event loop")
    print(f"  {'wall to the event loop, one processor':52}{wall:8.2f}")
    line("peak memory", max(one.rss for one in found[everywhere]), 64, " MiB")


def bench_manifests(bench):
    """Generated ones, and real ones where they are."""
    bench_tree(bench, "generated manifests", fill_generated)
    if CORPUS.is_dir():
        bench_tree(bench, "real manifests", fill_real)


def skopeo(bench, running):
    """skopeo inspect has no way to take several images at once."""
    spent = [bench.measure(["skopeo", "inspect", "--no-tags", "--tls-verify=false",
                            f"docker://{reference}"], XDG_RUNTIME_DIR=bench.work)
             for reference, _ in running]
    return Used(sum(one.wall for one in spent), sum(one.cpu for one in spent),
                max(one.rss for one in spent))


SECTIONS = {
    "manifests": bench_manifests,
    "cluster": bench_cluster,
    "size": bench_size,
    "tags": bench_tags,
    "distance": bench_distance,
}


def main():
    sections = sys.argv[2:] or list(SECTIONS)
    if (len(sys.argv) < 2 or not os.access(sys.argv[1], os.X_OK)
            or any(one not in SECTIONS for one in sections)):
        sys.exit(f"usage: bench.py PINDRIFT [{'|'.join(SECTIONS)}]...")
    with tempfile.TemporaryDirectory(prefix="pindrift-bench-") as work:
        bench = Bench(Path(sys.argv[1]).resolve(), Path(work))
        print(f"{ROUNDS} rounds, medians; {os.cpu_count()} processors")
        for one in sections:
            SECTIONS[one](bench)


if __name__ == "__main__":
    main()
