/*
 * token_request.h - what is sent to sign in: credentials in a header, questions for a
 * token
 *
 * RFC 7617 (Basic), RFC 6750 (Bearer); Docker's token authentication (token.md,
 * oauth.md). Each result is on the heap.  The secrets in it are made known to
 * log_add_secret().
 */
#ifndef SOURCE_TOKEN_REQUEST_H
#define SOURCE_TOKEN_REQUEST_H

#include "base/base.h"

/* "Authorization: Bearer …" */
char *authorization_bearer(const char *token);
/* "Authorization: Basic …" */
char *authorization_basic(const char *username, const char *password);

/*
 * The realm's URL with `service` ("": none) and the scope for pulling from `repository`
 * behind whatever query it has; NULL where `realm` is no URL.  The scope is ours: that of
 * a challenge may be a placeholder (GHCR's names the repository "user/image").
 */
char *token_request_url(const char *realm, const char *service, const char *repository);

/* The form that exchanges an identity token (oauth.md, grant type refresh_token). */
char *token_request_form(const char *service, const char *repository,
			 const char *identity_token);

#endif
