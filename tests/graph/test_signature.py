import hmac
import json
from hashlib import sha256

import pytest

from channels_app.graph.signature import appsecret_proof, is_signed, sign

SECRET = "5ecre7"
# As Meta sends it: escaped where json.dumps of another would not, and the other way round.
BODY = rb'{"object": "whatsapp_business_account", "text": "caf\u00e9 \ud83d\ude00 a\/b \u0040"}'


def test_a_signature_is_the_hmac_of_the_raw_bytes() -> None:
    # RFC 4231, test case 2
    expected = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert sign(b"what do ya want for nothing?", "Jefe") == expected


def test_escaped_unicode_is_signed_as_it_came() -> None:
    header = "sha256=" + hmac.new(SECRET.encode(), BODY, sha256).hexdigest()
    assert is_signed(BODY, header, [SECRET])
    assert not is_signed(json.dumps(json.loads(BODY)).encode(), header, [SECRET])


def test_any_of_several_secrets_may_have_signed() -> None:
    header = sign(BODY, SECRET)
    assert is_signed(BODY, header, ["older", SECRET])
    assert is_signed(BODY, header, iter([SECRET, "older"]))
    assert not is_signed(BODY, header, ["older", "oldest"])
    assert not is_signed(BODY, header, [])


def test_one_other_byte_is_another_body() -> None:
    assert not is_signed(BODY + b" ", sign(BODY, SECRET), [SECRET])


def test_an_empty_secret_vouches_for_nothing() -> None:
    assert not is_signed(BODY, sign(BODY, ""), [""])


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        "sha1=" + "0" * 40,
        sign(BODY, SECRET).removeprefix("sha256="),
        sign(BODY, SECRET) + "0",
        "sha256=" + "é" * 64,
        "sha256=\udcff\ud800",
        "\x00",
        "x" * 100_000,
    ],
)
def test_a_junk_header_is_no_signature_and_no_exception(header: str | None) -> None:
    assert is_signed(BODY, header, [SECRET]) is False


def test_the_proof_is_keyed_with_the_secret_and_made_of_the_token() -> None:
    assert appsecret_proof("what do ya want for nothing?", "Jefe") == sign(b"what do ya want for nothing?", "Jefe")[7:]
