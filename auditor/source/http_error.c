#include "source/http_private.h"

#include "base/timestamp.h"

#include <openssl/x509_vfy.h>

#include <errno.h>

#define UNKNOWN_CA "comes from a CA that is not trusted here"

/* What is wrong with a certificate, by OpenSSL's verify result. */
static const struct {
	long result;
	const char *text;
} certificate_problems[] = {
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "is self-signed and not trusted here" },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, UNKNOWN_CA },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, UNKNOWN_CA },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, UNKNOWN_CA },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, UNKNOWN_CA },
	/* A CA of the same name and another key, as OpenSSL 3.0.2 puts it. */
	{ X509_V_ERR_AKID_SKID_MISMATCH, UNKNOWN_CA },
	{ X509_V_ERR_CERT_REVOKED, "has been revoked" },
};

/* Certificate times are judged by this machine's clock, which may itself be wrong. */
static bool explain_time(long result, const char *host, struct error *err)
{
	char now[TIMESTAMP_SIZE];

	if (result != X509_V_ERR_CERT_HAS_EXPIRED &&
	    result != X509_V_ERR_CERT_NOT_YET_VALID)
		return false;
	error_set(err, ERROR_NETWORK,
		  "the certificate of %s %s, by this machine's clock, which says %s",
		  host,
		  result == X509_V_ERR_CERT_HAS_EXPIRED ? "has expired"
							: "is not valid yet",
		  timestamp_format(now, timestamp_now()));
	return true;
}

static void explain_certificate(const struct transfer *transfer, const char *host,
				struct error *err)
{
	long result = X509_V_OK;

	curl_easy_getinfo(transfer->curl, CURLINFO_SSL_VERIFYRESULT, &result);
	if (explain_time(result, host, err))
		return;
	for (size_t i = 0; i < ARRAY_LENGTH(certificate_problems); i++) {
		if (certificate_problems[i].result == result) {
			error_set(err, ERROR_NETWORK, "the certificate of %s %s", host,
				  certificate_problems[i].text);
			return;
		}
	}
	/* libcurl compares the names itself, before it asks OpenSSL for the result. */
	if (result == X509_V_OK || result == X509_V_ERR_UNSPECIFIED)
		error_set(err, ERROR_NETWORK,
			  "the certificate of %s is for another name: %s", host,
			  transfer->curl_text);
	else
		error_set(err, ERROR_NETWORK, "the certificate of %s is not accepted: %s",
			  host, transfer->curl_text);
}

long http_proxy_refusal(const struct transfer *transfer)
{
	long status = 0;

	curl_easy_getinfo(transfer->curl, CURLINFO_HTTP_CONNECTCODE, &status);
	return status >= 300 ? status : 0;
}

static bool explain_tunnel(const struct transfer *transfer, const char *host,
			   struct error *err)
{
	long status = http_proxy_refusal(transfer);

	if (!status)
		return false;
	error_set(err, ERROR_NETWORK,
		  "the proxy does not connect to %s: it answers %ld%s", host, status,
		  status == 407 ? " (its user name or password is missing or wrong)"
				: "");
	return true;
}

static void explain_connect(const struct transfer *transfer, const char *host,
			    struct error *err)
{
	long reason = 0;

	curl_easy_getinfo(transfer->curl, CURLINFO_OS_ERRNO, &reason);
	if (reason == ECONNREFUSED)
		error_set(err, ERROR_NETWORK,
			  "%s refuses the connection: nothing listens there", host);
	else
		error_set(err, ERROR_NETWORK, "%s cannot be reached: %s", host,
			  transfer->curl_text);
}

/* What the other results mean; %1$s is the host, %2$s libcurl's own text. */
static const struct {
	CURLcode code;
	enum error_code kind;
	const char *text;
} problems[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, ERROR_NETWORK,
	  "the name of %1$s does not resolve: check its spelling and the DNS (%2$s)" },
	{ CURLE_COULDNT_RESOLVE_PROXY, ERROR_NETWORK,
	  "the name of the proxy for %1$s does not resolve: check the proxy setting "
	  "(%2$s)" },
	{ CURLE_OPERATION_TIMEDOUT, ERROR_NETWORK, "%1$s took too long: %2$s" },
	{ CURLE_SSL_CONNECT_ERROR, ERROR_NETWORK,
	  "no TLS connection with %1$s: does it speak plain HTTP? (%2$s)" },
	{ CURLE_SSL_CACERT_BADFILE, ERROR_USAGE,
	  "the CA file for %1$s cannot be read: %2$s" },
	{ CURLE_SSL_CERTPROBLEM, ERROR_USAGE,
	  "the client certificate or key for %1$s cannot be used: %2$s" },
	{ CURLE_UNSUPPORTED_PROTOCOL, ERROR_NETWORK, "%1$s does not answer in HTTP" },
	{ CURLE_WEIRD_SERVER_REPLY, ERROR_NETWORK, "%1$s does not answer in HTTP: %2$s" },
	{ CURLE_GOT_NOTHING, ERROR_NETWORK,
	  "%1$s closed the connection without an answer" },
	{ CURLE_PARTIAL_FILE, ERROR_NETWORK, "%1$s broke its answer off: %2$s" },
	{ CURLE_BAD_CONTENT_ENCODING, ERROR_NETWORK,
	  "%1$s sent a body in an encoding that cannot be read: %2$s" },
	/* How libcurl 7.88 puts a header line longer than its own limit. */
	{ CURLE_OUT_OF_MEMORY, ERROR_LIMIT, "%1$s: headers too large" },
};

void http_explain(const struct transfer *transfer, CURLcode code, struct error *err)
{
	char host[URL_HOST_TEXT_SIZE];
	const char *detail =
		transfer->curl_text[0] ? transfer->curl_text : curl_easy_strerror(code);

	url_host_text(host, &transfer->target);
	if (code == CURLE_PEER_FAILED_VERIFICATION) {
		explain_certificate(transfer, host, err);
		return;
	}
	if (explain_tunnel(transfer, host, err))
		return;
	if (code == CURLE_COULDNT_CONNECT) {
		explain_connect(transfer, host, err);
		return;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(problems); i++) {
		if (problems[i].code == code) {
			error_set(err, problems[i].kind, problems[i].text, host, detail);
			return;
		}
	}
	error_set(err, ERROR_NETWORK, "no answer from %s: %s", host, detail);
}
