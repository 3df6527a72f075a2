"""A token server as docker-registry's token authentication wants it.

    with TokenServer(authority, {"jane": "secret"}) as tokens:
        Registry(certificate=…, authority=authority, token_server=tokens)
        tokens.field = "access_token"      # or "token", or "both"
        tokens.expires_in = 5              # seconds
        tokens.anonymous = False           # refuse those without credentials
        tokens.requests                    # what was asked so far

Tokens are JWTs, signed RS256 by openssl(1), with the certificate in `x5c`.
"""

import base64
import json
import ssl
import subprocess
import time
from collections import namedtuple
from urllib.parse import parse_qs, urlsplit

from .certificates import server_context
from .listener import Closing, Handler, Listener

ISSUER = "pindrift test tokens"
SERVICE = "pindrift test registry"

TokenRequest = namedtuple("TokenRequest", "method target user status headers")


class TokenServer(Closing):
    """An HTTPS token server on a free loopback port, in threads of its own."""

    def __init__(self, authority, users, *, certificate=None):
        self.users = users
        self.field = "token"
        self.expires_in = 300
        self.anonymous = True
        self.requests = []
        self.identities = {}  # {identity token: user}, for the OAuth form
        self.posts = True  # False: 404 to the OAuth form, as many servers have it
        self._signing = authority.issue("token-signing", rsa=True)
        certificate = certificate or authority.issue("token-server")
        self._listener = Listener(_Handler, self, context=server_context(certificate))
        self.address = self._listener.address
        self.realm = f"https://{self.address}/token"

    def close(self):
        self._listener.close()

    def registry_settings(self):
        """The `auth.token` section of docker-registry's configuration."""
        return {"realm": self.realm, "service": SERVICE, "issuer": ISSUER,
                "rootcertbundle": str(self._signing.certificate)}

    def mint(self, user, access, lifetime=None):
        """A signed token that grants `access`."""
        now = int(time.time())
        der = ssl.PEM_cert_to_DER_cert(self._signing.certificate.read_text())
        header = {"typ": "JWT", "alg": "RS256", "x5c": [base64.b64encode(der).decode()]}
        claims = {"iss": ISSUER, "sub": user, "aud": SERVICE, "iat": now, "nbf": now - 10,
                  "exp": now + (self.expires_in if lifetime is None else lifetime),
                  "jti": f"{time.time_ns():x}", "access": access}
        text = _base64url(json.dumps(header).encode()) + "." + _base64url(
            json.dumps(claims).encode())
        signed = subprocess.run(("openssl", "dgst", "-sha256", "-sign", str(self._signing.key)),
                                input=text.encode(), capture_output=True, check=True)
        return text + "." + _base64url(signed.stdout)

    def answer(self, user, scopes):
        """The JSON body for one granted request."""
        token = self.mint(user, [one for one in map(_access, scopes) if one])
        body = {"expires_in": self.expires_in,
                "issued_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
        for name in ("token", "access_token") if self.field == "both" else (self.field,):
            body[name] = token
        return body


def _base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _access(scope):
    """"repository:NAME:pull,push" as a token's access entry; NAME may hold a colon."""
    kind, _, rest = scope.partition(":")
    name, _, actions = rest.rpartition(":")
    if not name:
        return None
    return {"type": kind, "name": name, "actions": actions.split(",")}


class _Handler(Handler):
    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)
        user = self._basic_user()
        self._finish(user, query.get("scope", []))

    def do_POST(self):
        owner = self.server.owner
        form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        if not owner.posts:
            self._send(None, 404, {"errors": [{"code": "NOT_FOUND"}]})
            return
        if form.get("grant_type") == ["refresh_token"]:
            name = owner.identities.get(form.get("refresh_token", [""])[0], False)
            self._finish(name, " ".join(form.get("scope", [])).split())
            return
        name = form.get("username", [""])[0]
        known = owner.users.get(name) == form.get("password", [None])[0]
        self._finish(name if known else False, " ".join(form.get("scope", [])).split())

    def _basic_user(self):
        """The user's name, "" without credentials, False with wrong ones."""
        given = self.headers.get("Authorization", "")
        if not given:
            return ""
        try:
            pair = base64.b64decode(given.partition(" ")[2]).decode()
        except ValueError:
            return False
        name, _, password = pair.partition(":")
        return name if self.server.owner.users.get(name) == password else False

    def _finish(self, user, scopes):
        owner = self.server.owner
        if user is False or (user == "" and not owner.anonymous):
            self._send(user, 401, {"errors": [{"code": "UNAUTHORIZED",
                                               "message": "authentication required"}]})
        else:
            self._send(user, 200, owner.answer(user, scopes))

    def _send(self, user, status, value):
        self.server.owner.requests.append(
            TokenRequest(self.command, self.path, user, status, dict(self.headers)))
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
