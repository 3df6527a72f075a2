#include "commands/network.h"

#include "base/timestamp.h"

#define DEADLINE_SECONDS 3600
#define SECONDS_MOST (7L * 86400)

static bool parse_seconds(long *seconds, const char *name, const char *text, long usual,
			  struct error *err)
{
	char *end;

	*seconds = usual;
	if (!text)
		return true;
	*seconds = strtol(text, &end, 10);
	if (end != text && end[0] == 's' && end[1] == '\0')
		end++; /* kubectl's "30s" */
	if (end == text || *end != '\0' || *seconds <= 0 || *seconds > SECONDS_MOST)
		return error_set(err, ERROR_USAGE,
				 "--%s %.40s: not a number of seconds from 1 to a week",
				 name, text);
	return true;
}

bool network_configure(struct network *network, const struct settings *settings,
		       struct error *err)
{
	network->options = (struct registry_options){
		.docker_config = settings->docker_config,
		.plain_http = settings->plain_http.items,
		.plain_http_count = settings->plain_http.count,
		.insecure = settings->insecure_registries.items,
		.insecure_count = settings->insecure_registries.count,
		.token_hosts = settings->token_hosts.items,
		.token_host_count = settings->token_hosts.count,
		.ca_file = settings->registry_ca,
		.mirrors = settings->mirrors.items,
		.mirror_count = settings->mirrors.count,
		.hosts_dir = settings->hosts_dir,
	};
	return parse_seconds(&network->request_timeout, "request-timeout",
			     settings->request_timeout, 0, err) &&
	       parse_seconds(&network->deadline, "deadline", settings->deadline,
			     DEADLINE_SECONDS, err);
}

bool network_open(struct network *network, struct error *err)
{
	struct http_limits limits = {
		.deadline = timestamp_monotonic() + (double)network->deadline * 7 / 8,
		.host_seconds = (double)network->deadline / 4,
		.first_byte_seconds = network->request_timeout,
	};

	network->http = http_new(&limits, err);
	if (!network->http)
		return false;
	network->registries = registry_client_new(network->http, &network->options, err);
	return network->registries != NULL;
}

void network_release(struct network *network)
{
	registry_client_free(&network->registries);
	http_free(&network->http);
}
