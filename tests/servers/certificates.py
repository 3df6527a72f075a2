"""Certificates for loopback servers, made with openssl(1).

    authority = Authority(folder)
    server = authority.issue("server")                     # 127.0.0.1, localhost, ::1
    client = authority.issue("jane", organisation="auditors", client=True)
    authority.path, server.certificate, server.key         # PEM files
"""

import ssl
import subprocess
from collections import namedtuple
from pathlib import Path

LOOPBACK = ("IP:127.0.0.1", "IP:::1", "DNS:localhost")

Certificate = namedtuple("Certificate", "certificate key")


def _openssl(*arguments):
    subprocess.run(("openssl",) + arguments, check=True, capture_output=True)


class Authority:
    """A certificate authority with its files in a folder of its own."""

    def __init__(self, folder, name="pindrift test authority"):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path = self.folder / "ca.pem"
        self.key = self.folder / "ca.key"
        _openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-subj", f"/CN={name}", "-days", "30",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign",
            "-keyout", str(self.key), "-out", str(self.path),
        )

    def issue(self, name, *, organisation=None, names=LOOPBACK, client=False,
              expired=False, rsa=False):
        """A certificate and its key.  `names` are subjectAltName entries."""
        certificate = self.folder / f"{name}.pem"
        key = self.folder / f"{name}.key"
        request = self.folder / f"{name}.csr"
        extensions = self.folder / f"{name}.ext"
        subject = f"/O={organisation}/CN={name}" if organisation else f"/CN={name}"
        algorithm = ("rsa:2048",) if rsa else ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")
        _openssl("req", "-new", "-newkey", *algorithm, "-nodes", "-subj", subject,
                 "-keyout", str(key), "-out", str(request))
        lines = ["basicConstraints=CA:FALSE",
                 "extendedKeyUsage=" + ("clientAuth" if client else "serverAuth")]
        if names and not client:
            lines.append("subjectAltName=" + ",".join(names))
        extensions.write_text("\n".join(lines) + "\n")
        _openssl("x509", "-req", "-in", str(request), "-CA", str(self.path),
                 "-CAkey", str(self.key), "-CAcreateserial", "-extfile", str(extensions),
                 "-days", "-1" if expired else "30", "-out", str(certificate))
        return Certificate(certificate, key)

    def client_context(self, certificate=None):
        """An SSLContext that trusts this authority alone."""
        context = ssl.create_default_context(cafile=str(self.path))
        if certificate:
            context.load_cert_chain(certificate.certificate, certificate.key)
        return context


def server_context(certificate, client_authority=None, require_client=False):
    """An SSLContext for a server; `client_authority` makes it ask for certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate.certificate, certificate.key)
    if client_authority:
        context.load_verify_locations(str(client_authority.path))
        context.verify_mode = ssl.CERT_REQUIRED if require_client else ssl.CERT_OPTIONAL
    return context
