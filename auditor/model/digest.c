#include "model/digest.h"

#include <openssl/evp.h>
#include <pthread.h>

static const struct digest_algorithm {
	const char *prefix; /* "sha256:" */
	const char *name;   /* libcrypto's */
	size_t hex_digits;
	const char *of_nothing; /* the digest of the empty input */
} algorithms[] = {
	{
		.prefix = "sha256:",
		.name = "SHA256",
		.hex_digits = 64,
		.of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b78"
			      "52b855",
	},
	{
		.prefix = "sha512:",
		.name = "SHA512",
		.hex_digits = 128,
		.of_nothing =
			"cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
			"47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3"
			"e",
	},
};

#define HEX_DIGITS "0123456789abcdef"

/* The row whose prefix `text` begins with, or NULL. */
static const struct digest_algorithm *algorithm_of(const char *text)
{
	for (size_t i = 0; i < ARRAY_LENGTH(algorithms); i++)
		if (strncmp(text, algorithms[i].prefix, strlen(algorithms[i].prefix)) ==
		    0)
			return &algorithms[i];
	return NULL;
}

/* Why the part behind the algorithm is no hash; NULL if it is one. */
static const char *hex_problem(const struct digest_algorithm *algorithm, const char *hex)
{
	size_t length = strlen(hex);
	size_t lower = strspn(hex, HEX_DIGITS);

	if (lower != length)
		return strspn(hex, HEX_DIGITS "ABCDEF") == length
			       ? "upper-case hex digits"
			       : "something else than hex digits";
	if (length != algorithm->hex_digits)
		return length < algorithm->hex_digits ? "too few hex digits"
						      : "too many hex digits";
	return NULL;
}

bool digest_parse(struct digest *digest, const char *text, struct error *err)
{
	const struct digest_algorithm *algorithm = algorithm_of(text);
	const char *problem;

	*digest = (struct digest){ "" };
	if (!algorithm)
		return error_set(
			err, ERROR_SYNTAX,
			"digest '%.40s' does not begin with sha256: or sha512:", text);
	problem = hex_problem(algorithm, text + strlen(algorithm->prefix));
	if (problem)
		return error_set(err, ERROR_SYNTAX, "digest '%.40s' has %s", text,
				 problem);
	memcpy(digest->text, text, strlen(text) + 1);
	return true;
}

bool digest_known(const struct digest *digest)
{
	return digest->text[0] != '\0';
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
	return digest_known(a) && strcmp(a->text, b->text) == 0;
}

bool digest_is_placeholder(const struct digest *digest)
{
	const struct digest_algorithm *algorithm = algorithm_of(digest->text);
	const char *hex;
	char first[2] = "";

	if (!algorithm)
		return false;
	hex = digest->text + strlen(algorithm->prefix);
	first[0] = hex[0];
	return strcmp(hex, algorithm->of_nothing) == 0 ||
	       strspn(hex, first) == algorithm->hex_digits;
}

/* libcrypto looks an algorithm up by its name, which takes longer than a short hash. */
static EVP_MD *fetched[ARRAY_LENGTH(algorithms)];

/* A libcrypto that cannot do SHA-2 leaves nothing to work with, as lack of memory does.
 */
static void die_without_hash(const char *name)
{
	fprintf(stderr, "pindrift: libcrypto offers no %s\n", name);
	exit(4);
}

static void fetch_all(void)
{
	for (size_t i = 0; i < ARRAY_LENGTH(algorithms); i++) {
		fetched[i] = EVP_MD_fetch(NULL, algorithms[i].name, NULL);
		if (!fetched[i])
			die_without_hash(algorithms[i].name);
	}
}

static void hash_bytes(unsigned char *hash, unsigned *size, const void *data,
		       size_t length, const struct digest_algorithm *algorithm)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, fetch_all);
	if (!EVP_Digest(data, length, hash, size, fetched[algorithm - algorithms], NULL))
		die_without_hash(algorithm->name);
}

struct digest digest_compute(const void *data, size_t length, const struct digest *like)
{
	const struct digest_algorithm *algorithm = algorithm_of(like->text);
	unsigned char hash[EVP_MAX_MD_SIZE];
	struct digest digest = { "" };
	unsigned size = 0;
	char *out;

	if (!algorithm)
		algorithm = &algorithms[0];
	hash_bytes(hash, &size, data, length, algorithm);
	memcpy(digest.text, algorithm->prefix, strlen(algorithm->prefix));
	out = digest.text + strlen(algorithm->prefix);
	for (unsigned i = 0; i < size; i++) {
		*out++ = HEX_DIGITS[hash[i] >> 4];
		*out++ = HEX_DIGITS[hash[i] & 15];
	}
	return digest;
}

const char *digest_short(char text[DIGEST_SHORT_SIZE], const struct digest *digest)
{
	snprintf(text, DIGEST_SHORT_SIZE, "%.*s", (int)strlen("sha256:7681a2ca5581"),
		 digest->text);
	return text;
}
