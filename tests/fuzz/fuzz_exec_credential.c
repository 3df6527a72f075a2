/*
 * fuzz_exec_credential - what credential programs print: ExecCredential objects, and the
 * answers of docker-credential helpers
 */
#include "source/credential_helper.h"
#include "source/kube_exec.h"

#include "base/log.h"
#include "base/process.h"

#define API_VERSION "client.authentication.k8s.io/v1"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_exec_credential(const struct buf *answer)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct kube_exec_credential credential;
	struct error err = ERROR_INIT;

	if (kube_exec_credential_read(&credential, API_VERSION, answer, &arena, &err)) {
		if (!credential.token[0] && !credential.certificate_pem)
			abort();
		if (!credential.certificate_pem != !credential.key_pem)
			abort();
		if (strpbrk(credential.token, " \r\n"))
			abort();
	} else if (err.code != ERROR_SYNTAX) {
		abort();
	}
}

static void try_helper_answer(const struct buf *answer)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct docker_login login;
	struct error err = ERROR_INIT;

	if (credential_helper_read(&login, &arena, buf_text(answer), answer->length,
				   &err)) {
		if (login.password[0] && login.identity_token[0])
			abort();
	} else if (err.code != ERROR_SYNTAX) {
		abort();
	}
}

/* On its own, as the line that an error or a warning quotes. */
static void try_one_line(struct buf *answer)
{
	const char *line = process_one_line(answer->data, answer->length);

	if (line[0] == ' ' || strpbrk(line, "\r\n\t\x1b") || strstr(line, "  "))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(buf_release) struct buf answer = BUF_INIT(KUBE_EXEC_BYTES);

	if (!buf_add(&answer, data, size))
		return 0;
	try_exec_credential(&answer);
	try_helper_answer(&answer);
	try_one_line(&answer);
	log_forget_secrets();
	return 0;
}
