import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from channels_app.graph import connections
from channels_app.graph.client import GraphClient
from channels_app.graph.errors import NotConnected
from channels_app.graph.transport import Transport
from tests.graph.wires import Wire, answer_all, wire


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody but itself vouches for, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    authority = x509.BasicConstraints(ca=True, path_length=None)
    made = builder.add_extension(names, critical=False).add_extension(authority, critical=True)
    plain = serialization.NoEncryption()
    formats = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path = tmp_path / "certificate.pem"
    path.write_bytes(
        made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM) + key.private_bytes(*formats, plain)
    )
    return path


@contextmanager
def secured(certificate: Path) -> Iterator[Wire]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with wire(answer_all) as served:
        served.secure = context
        yield served


def client(served: Wire, transport: Transport) -> GraphClient:
    base = f"https://127.0.0.1:{served.port}"
    return GraphClient(base_url=base, version="v25.0", token="token-of-alice", transport=transport)


def test_a_certificate_nobody_vouches_for_gets_no_token(certificate: Path, transport: Transport) -> None:
    with secured(certificate) as served, pytest.raises(NotConnected, match="CERTIFICATE_VERIFY_FAILED"):
        client(served, transport).mark_read("118930421775604", "wamid.1", typing=False)


def test_a_trusted_connection_is_kept(certificate: Path, transport: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "DEFAULT_CA_BUNDLE_PATH", str(certificate))
    with secured(certificate) as served:
        for _ in range(3):
            client(served, transport).mark_read("118930421775604", "wamid.1", typing=True)
        transport.close()
        assert served.connections == 1
