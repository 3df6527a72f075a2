#include "source/kube_exec_cluster.h"

#include "base/base64.h"

#include <ctype.h>
#include <jansson.h>
#include <strings.h>

#define EXTENSION "client.authentication.k8s.io/exec"

static void value_release(json_t **value)
{
	json_decref(*value);
}

const struct node *kube_exec_cluster_config(const struct node *cluster)
{
	size_t count;
	struct node **items = node_items(cluster, "extensions", &count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(node_text(items[i], "name"), EXTENSION) == 0)
			return node_get(items[i], "extension");
	}
	return NULL;
}

/* YAML 1.1, as sigs.k8s.io/yaml reads it. */
static const struct {
	const char *text;
	bool value;
} booleans[] = {
	{ "true", true },   { "yes", true }, { "on", true },   { "y", true },
	{ "false", false }, { "no", false }, { "off", false }, { "n", false },
};

/* A number as JSON has it (RFC 8259, section 6): none with a leading zero or a plus. */
static bool is_number(const char *text)
{
	const char *digits = text + (*text == '-');

	if (!isdigit((unsigned char)*digits) ||
	    (digits[0] == '0' && isdigit((unsigned char)digits[1])))
		return false;
	return strspn(digits, "0123456789.eE+-") == strlen(digits);
}

/* A new value for plain text; NULL where it is just text. */
static json_t *plain_value(const char *text)
{
	for (size_t i = 0; i < ARRAY_LENGTH(booleans); i++) {
		if (strcasecmp(text, booleans[i].text) == 0)
			return json_boolean(booleans[i].value);
	}
	return is_number(text) ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
}

static json_t *scalar_value(const struct node *node)
{
	json_t *value = node->quoted ? NULL : plain_value(node->text);

	return value ? value : json_string(node->text);
}

/* Not deeper than a document can be: YAML_DEPTH or JSON_DEPTH. */
static json_t *value_of(const struct node *node)
{
	json_t *value;

	switch (node->kind) {
	case NODE_NULL:
		return json_null();
	case NODE_SEQUENCE:
		value = json_array();
		for (size_t i = 0; i < node->length; i++)
			json_array_append_new(value, value_of(node->items[i]));
		return value;
	case NODE_MAPPING:
		value = json_object();
		for (size_t i = 0; i < node->length; i++)
			json_object_set_new(value, node->members[i].key,
					    value_of(node->members[i].value));
		return value;
	default:
		return scalar_value(node);
	}
}

static void set_text(json_t *object, const char *key, const char *text)
{
	if (text && text[0])
		json_object_set_new(object, key, json_string(text));
}

static void set_true(json_t *object, const char *key, bool value)
{
	if (value)
		json_object_set_new(object, key, json_true());
}

/* A []byte of Go is base64 in JSON: four characters for three bytes. */
static void set_bytes(json_t *object, const char *key, const char *bytes)
{
	size_t length = bytes ? strlen(bytes) : 0;
	CLEANUP(buf_release) struct buf text = BUF_INIT(2 * length + 4);

	base64_encode(&text, bytes, length);
	set_text(object, key, buf_text(&text));
}

const char *kube_exec_cluster_format(const struct kube_exec_cluster *cluster,
				     struct arena *arena, struct error *err)
{
	CLEANUP(value_release) json_t *object = json_object();
	CLEANUP(free_pointer) char *text = NULL;

	set_text(object, "server", cluster->server);
	set_text(object, "tls-server-name", cluster->server_name);
	set_true(object, "insecure-skip-tls-verify", cluster->insecure);
	set_bytes(object, "certificate-authority-data", cluster->ca_pem);
	set_text(object, "proxy-url", cluster->proxy);
	set_true(object, "disable-compression", cluster->disable_compression);
	if (cluster->config)
		json_object_set_new(object, "config", value_of(cluster->config));
	text = json_dumps(object, JSON_COMPACT);
	if (text && strlen(text) <= KUBE_EXEC_CLUSTER_BYTES)
		return arena_strdup(arena, text);
	error_set(err, ERROR_LIMIT,
		  "what the plugin is to be told of the cluster is larger than %zu bytes",
		  KUBE_EXEC_CLUSTER_BYTES);
	return NULL;
}
