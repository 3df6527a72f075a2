#include "commands/commands.h"

#define ALL                                                                              \
	(COMMAND_CHECK | COMMAND_SCAN | COMMAND_REPORT | COMMAND_RESOLVE |               \
	 COMMAND_EXPLAIN | COMMAND_VERSION | COMMAND_PIN)
#define REPORTS (COMMAND_CHECK | COMMAND_SCAN | COMMAND_REPORT)
#define NETWORKED (COMMAND_SCAN | COMMAND_RESOLVE | COMMAND_PIN)
#define GATES (COMMAND_CHECK | COMMAND_SCAN)

#define AT(field) offsetof(struct settings, field)

/* One row is the only edit.  Order is the order of --help. */
const struct option command_options[] = {
	{ "kubeconfig", 0, OPTION_STRING, AT(kubeconfig), "FILE",
	  "The kubeconfig to use. Default: $KUBECONFIG, else ~/.kube/config, else the "
	  "service account of the pod that pindrift runs in",
	  COMMAND_SCAN },
	{ "context", 0, OPTION_LIST, AT(contexts), "NAME",
	  "Which context of the kubeconfig to scan; may be given many times: the "
	  "clusters are asked side by side. Default: the current one",
	  COMMAND_SCAN },
	{ "all-contexts", 0, OPTION_FLAG, AT(all_contexts), NULL,
	  "Scan the clusters of all contexts of the kubeconfig, side by side",
	  COMMAND_SCAN },
	{ "allow-exec", 0, OPTION_LIST, AT(allow_exec), "COMMAND",
	  "Start this credential program of the kubeconfig (its `exec` command, as it "
	  "stands there) even where others may have written the file: where it lies in "
	  "the scanned tree, belongs to somebody else, or may be written to by others. "
	  "May be given many times",
	  COMMAND_SCAN },
	{ "namespace", 'n', OPTION_STRING, AT(namespace), "NAME",
	  "Scan this namespace. Default: the context's", COMMAND_SCAN },
	{ "all-namespaces", 'A', OPTION_FLAG, AT(all_namespaces), NULL,
	  "Scan all namespaces", COMMAND_SCAN },
	{ "selector", 'l', OPTION_STRING, AT(selector), "LABELS",
	  "Scan only the pods that this label selector matches", COMMAND_SCAN },
	{ "field-selector", 0, OPTION_STRING, AT(field_selector), "FIELDS",
	  "Scan only the pods that this field selector matches: spec.nodeName=node-1",
	  COMMAND_SCAN },
	{ "all-phases", 0, OPTION_FLAG, AT(all_phases), NULL,
	  "Look at pods that have ended too (Succeeded, Failed)", COMMAND_SCAN },
	{ "pull-secrets", 0, OPTION_FLAG, AT(pull_secrets), NULL,
	  "Read the imagePullSecrets of the pods seen (it needs `get secrets`), and ask "
	  "registries with them about those pods' images",
	  COMMAND_SCAN },
	{ "cluster-name", 0, OPTION_STRING, AT(cluster_name), "NAME",
	  "What to call the cluster, and how to know it where the uid of its "
	  "kube-system namespace cannot be read",
	  COMMAND_SCAN },
	{ "cluster-dump", 0, OPTION_STRING, AT(cluster_dump), "FILE",
	  "Scan what kubectl printed of a cluster instead of the cluster: the output of "
	  "kubectl get nodes,namespaces,pods,deployments,replicasets,statefulsets,"
	  "daemonsets,replicationcontrollers,cronjobs,jobs -A -o json "
	  "--show-managed-fields; - for standard input",
	  COMMAND_SCAN },
	{ "request-timeout", 0, OPTION_STRING, AT(request_timeout), "SECONDS",
	  "How long to wait for the first byte of an answer. Default: 30", NETWORKED },
	{ "deadline", 0, OPTION_STRING, AT(deadline), "SECONDS",
	  "How long the command may take in all. Default: 3600", NETWORKED },
	{ "docker-config", 0, OPTION_STRING, AT(docker_config), "FILE",
	  "Where registry credentials stand: Docker's config.json or Podman's auth.json. "
	  "Default: $REGISTRY_AUTH_FILE, $DOCKER_CONFIG/config.json (or "
	  "~/.docker/config.json), containers/auth.json below $XDG_RUNTIME_DIR and below "
	  "$XDG_CONFIG_HOME (or ~/.config), whichever has some for the registry first",
	  NETWORKED },
	{ "registry-ca", 0, OPTION_STRING, AT(registry_ca), "FILE",
	  "PEM file of authorities that registries' certificates may come from, besides "
	  "the system's",
	  NETWORKED },
	{ "plain-http", 0, OPTION_LIST, AT(plain_http), "HOST",
	  "Speak to this registry without TLS. May be given many times; loopback "
	  "addresses need no permission",
	  NETWORKED },
	{ "insecure-registry", 0, OPTION_LIST, AT(insecure_registries), "HOST",
	  "Do not verify this registry's certificate. May be given many times",
	  NETWORKED },
	{ "token-host", 0, OPTION_LIST, AT(token_hosts), "HOST",
	  "Registries may send credentials to this token server. May be given many times",
	  NETWORKED },
	{ "mirror", 0, OPTION_LIST, AT(mirrors), "HOST[/PREFIX]=HOST[/PREFIX]",
	  "Ask the second place for the images of the first, and the first where the "
	  "second has them not; the name stays. scan asks both for tags and compares "
	  "their answers. May be given many times",
	  NETWORKED },
	{ "hosts-dir", 0, OPTION_STRING, AT(hosts_dir), "FOLDER",
	  "Ask the mirrors that containerd's hosts.toml files in this folder name, such as "
	  "/etc/containerd/certs.d of a node",
	  NETWORKED },
	{ "platform", 0, OPTION_STRING, AT(platform), "OS/ARCHITECTURE[/VARIANT]",
	  "Of an image index, show the manifest of this platform", COMMAND_RESOLVE },
	{ "policy", 0, OPTION_STRING, AT(policy), "FILE",
	  "Take this policy file instead of the work tree's own .pindrift.yaml, which "
	  "whoever changes the tree can change; /dev/null for none",
	  COMMAND_CHECK | COMMAND_SCAN | COMMAND_PIN },
	{ "files-from0", 0, OPTION_STRING, AT(files_from0), "FILE",
	  "Read the files that FILE names too, each name with a NUL behind it; - for "
	  "standard input: git diff -z --name-only --diff-filter=d main | pindrift check "
	  "--files-from0 -. Names are relative to the current folder; those that do not "
	  "end in .yaml, .yml or .json, nor are a Kustomization, are passed by, and there "
	  "may be none left",
	  COMMAND_CHECK | COMMAND_PIN },
	{ "dockerfiles", 0, OPTION_FLAG, AT(dockerfiles), NULL,
	  "Look at the Dockerfiles of folders and of --files-from0 too (Dockerfile, "
	  "Dockerfile.x, x.Dockerfile, Containerfile): what they are built upon. One that "
	  "is itself a PATH is always read",
	  COMMAND_CHECK | COMMAND_PIN },
	{ "diff", 0, OPTION_FLAG, AT(diff), NULL,
	  "Print the change as a unified diff, for git apply. This is the default",
	  COMMAND_PIN },
	{ "write", 0, OPTION_FLAG, AT(write), NULL,
	  "Make the change: replace the files, each whole or not at all", COMMAND_PIN },
	{ "update", 0, OPTION_FLAG, AT(update), NULL,
	  "Move existing pins too, to what their tag resolves to now", COMMAND_PIN },
	{ "unpin", 0, OPTION_FLAG, AT(unpin), NULL,
	  "Take digests out again; makes no connection", COMMAND_PIN },
	{ "drop-tag", 0, OPTION_FLAG, AT(drop_tag), NULL,
	  "Write digests without the tag, for tools that take only one of them",
	  COMMAND_PIN },
	{ "from", 0, OPTION_STRING, AT(from), "running",
	  "Pin to what the newest scan in the database saw running, by an image index in "
	  "the declared repository that holds it, instead of to what the tag is now",
	  COMMAND_PIN },
	{ "allow-platform", 0, OPTION_FLAG, AT(allow_platform), NULL,
	  "With --from running: where no image index is known that holds what runs, pin to "
	  "one platform's manifest",
	  COMMAND_PIN },
	{ "kubectl", 0, OPTION_FLAG, AT(kubectl), NULL,
	  "Print the `kubectl set image` commands that pin the live workloads, instead of "
	  "a change of files",
	  COMMAND_PIN },
	{ "namespace", 'n', OPTION_STRING, AT(namespace), "NAME",
	  "With --from running and --kubectl: the namespace of manifests that name none",
	  COMMAND_PIN },
	{ "db", 0, OPTION_STRING, AT(database), "FILE",
	  "The database of observations. Default: "
	  "$XDG_STATE_HOME/pindrift/observations.db, else below ~/.local/state",
	  COMMAND_SCAN | COMMAND_REPORT | COMMAND_PIN },
	{ "format", 'f', OPTION_STRING, AT(format), "FORMAT",
	  "What goes to standard output: text, gcc, json, csv, html, sarif, junit, "
	  "github, gitlab or markdown. Default: text; github where check runs under "
	  "GitHub Actions",
	  REPORTS | COMMAND_RESOLVE },
	{ "output", 'o', OPTION_LIST, AT(outputs), "FORMAT=FILE",
	  "Write a report to a file too. May be given many times", REPORTS },
	{ "fail-on", 0, OPTION_STRING, AT(fail_on), "LEVEL|RULE",
	  "Exit with 1 where there are findings of this level (note, warning, error) "
	  "or above, or of this rule; never: do not. Default: error",
	  GATES },
	{ "allow-incomplete", 0, OPTION_LIST, AT(allow_incomplete), "GAP[:GLOB]",
	  "Do not exit with 3 for gaps of this kind (whose subject matches GLOB); they "
	  "are reported all the same. May be given many times",
	  GATES | COMMAND_PIN },
	{ "allow-empty", 0, OPTION_FLAG, AT(allow_empty), NULL,
	  "Do not exit with 5 where a folder or stream holds not one image",
	  GATES | COMMAND_PIN },
	{ "no-inline-waivers", 0, OPTION_FLAG, AT(no_inline_waivers), NULL,
	  "Do not heed waivers that stand in manifests as comments (# pindrift:ignore); "
	  "they are counted",
	  GATES },
	{ "baseline", 0, OPTION_STRING, AT(baseline), "FILE",
	  "Do not fail for the findings of an earlier run, whose JSON report this is: "
	  "only for new ones. Gaps count all the same",
	  GATES },
	{ "now", 0, OPTION_STRING, AT(now), "TIME",
	  "Take this for the current time (RFC 3339), so that the same input gives the "
	  "same report",
	  GATES },
	{ "verbose", 'v', OPTION_FLAG, AT(verbose), NULL,
	  "Show more: findings of level none, fixed ones, every match", REPORTS },
	{ "verbose", 'v', OPTION_FLAG, AT(verbose), NULL,
	  "Say as whom each registry was asked and where the credentials come from, never "
	  "what they are",
	  COMMAND_RESOLVE },
	{ "quiet", 'q', OPTION_FLAG, AT(quiet), NULL,
	  "No warnings on standard error, only errors", ALL },
	{ "help", 'h', OPTION_FLAG, AT(help), NULL, "Show this help", ALL },
	{ .name = NULL },
};
