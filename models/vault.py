"""The vault: encryption of personal columns, keyed fingerprints, and tokens of links."""

import base64
import binascii
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_BYTES = 32
KEY_ID_BYTES = 4
_NONCE_BYTES = 12
_MAC_BYTES = 16
_ID_BYTES = 6
_TOKEN_LENGTH = -(-(_ID_BYTES + _MAC_BYTES) * 8 // 6)


class DataKeyError(ValueError):
    """DATA_KEY is not usable."""


class Sealed(ValueError):
    """A value cannot be opened: wrong key, wrong row, or changed bytes."""


class Vault:
    """Holds DATA_KEY. Several keys, separated by commas, allow rotation: the first one seals,
    all of them open."""

    def __init__(self, data_key: str) -> None:
        masters = [_decode_key(part) for part in data_key.split(",")]
        self._sealing = _key_id(masters[0])
        self._ciphers = {_key_id(key): AESGCM(_derive(key, "seal")) for key in masters}
        self._fingerprint_keys = [_derive(key, "fingerprint") for key in masters]
        self._token_keys = [_derive(key, "token") for key in masters]

    @property
    def key_ids(self) -> frozenset[bytes]:
        """Return what sealed values begin with that this vault opens."""
        return frozenset(self._ciphers)

    def seal(self, plain: str, about: str) -> bytes:
        """Encrypt a value; `about` binds it to its row and column."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = self._ciphers[self._sealing]
        return self._sealing + nonce + cipher.encrypt(nonce, plain.encode(), about.encode())

    def open(self, sealed: bytes, about: str) -> str:
        """Decrypt a value of the same row and column. Raises Sealed."""
        sealed = bytes(sealed)
        cipher = self._ciphers.get(sealed[:KEY_ID_BYTES])
        if cipher is None:
            raise Sealed("sealed with a key that DATA_KEY does not hold")
        nonce = sealed[KEY_ID_BYTES : KEY_ID_BYTES + _NONCE_BYTES]
        try:
            opened = cipher.decrypt(nonce, sealed[KEY_ID_BYTES + _NONCE_BYTES :], about.encode())
        except (InvalidTag, ValueError) as error:
            raise Sealed("not a value of this row") from error
        return opened.decode()

    def fingerprints(self, value: str) -> list[str]:
        """Return keyed hashes, for finding rows by a value that is stored encrypted only: first the
        one to store, then those that older keys have left."""
        return [
            hmac.new(key, value.encode(), hashlib.sha256).hexdigest()
            for key in self._fingerprint_keys
        ]

    def token(self, purpose: str, number: int, secret: str) -> str:
        """Return the secret part of a link to a row, bound to the row's own secret: not stored,
        since it can be computed again."""
        body = number.to_bytes(_ID_BYTES, "big")
        return _encode(body + _mac(self._token_keys[0], purpose, body + secret.encode()))

    def is_token(self, purpose: str, token: str, secret: str) -> bool:
        """Return whether a link was made by us for the row with this secret."""
        raw = _token_bytes(token)
        if raw is None:
            return False
        body, mac = raw[:_ID_BYTES], raw[_ID_BYTES:]
        return any(
            hmac.compare_digest(mac, _mac(key, purpose, body + secret.encode()))
            for key in self._token_keys
        )

    def csrf(self, token: str, cookie: str) -> str:
        """Return the proof that a form was shown to the browser that sends it."""
        return _encode(_mac(self._token_keys[0], "csrf", f"{token}:{cookie}".encode()))


def number_in(token: str) -> int | None:
    """Return the number in a link, which anybody can make up; None for what is no link of ours."""
    raw = _token_bytes(token)
    return None if raw is None else int.from_bytes(raw[:_ID_BYTES], "big")


def new_data_key() -> str:
    """Return a fresh DATA_KEY."""
    return base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def new_token() -> str:
    """Return a 128-bit secret for a one-time link."""
    return secrets.token_urlsafe(16)


def token_hash(token: str) -> str:
    """Return what is stored of a one-time link: its hash, so that the database opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def _decode_key(text: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text.strip().encode("ascii"))
    except (binascii.Error, ValueError) as error:
        raise DataKeyError("is not URL-safe base64") from error
    if len(key) != _KEY_BYTES:
        raise DataKeyError(f"holds {len(key)} bytes instead of {_KEY_BYTES}")
    return key


def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(
        algorithm=hashes.SHA256(),
        length=_KEY_BYTES,
        salt=None,
        info=f"madoguchi {purpose}".encode(),
    ).derive(key)


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"madoguchi key id" + key).digest()[:KEY_ID_BYTES]


def _mac(key: bytes, purpose: str, body: bytes) -> bytes:
    return hmac.new(key, purpose.encode() + b"\0" + body, hashlib.sha256).digest()[:_MAC_BYTES]


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _token_bytes(token: str) -> bytes | None:
    if len(token) != _TOKEN_LENGTH:
        return None
    try:
        return _decode(token)
    except (binascii.Error, ValueError):
        return None


def _decode(token: str) -> bytes:
    encoded = token.encode("ascii", "strict")
    raw = base64.b64decode(encoded + b"=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    if _encode(raw) != token:
        raise ValueError("not the one spelling of this token")
    return raw
