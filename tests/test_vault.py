"""What is sealed, and tokens of links."""

import pytest

from models.vault import DataKeyError, Sealed, Vault, new_data_key, number_in


def test_sealed_values_open_only_in_their_row() -> None:
    old, new = new_data_key(), new_data_key()
    sealed = Vault(old).seal("秘密", "job_seekers:1:name")
    assert Vault(old).open(sealed, "job_seekers:1:name") == "秘密"
    rotated = Vault(f"{new},{old}")
    assert rotated.open(sealed, "job_seekers:1:name") == "秘密"
    assert rotated.seal("x", "y")[:4] != sealed[:4]
    for vault, value, about in (
        (Vault(old), sealed, "job_seekers:2:name"),
        (Vault(new), sealed, "job_seekers:1:name"),
        (Vault(old), sealed[:-1] + bytes([sealed[-1] ^ 1]), "job_seekers:1:name"),
        (Vault(old), b"", "job_seekers:1:name"),
    ):
        with pytest.raises(Sealed):
            vault.open(value, about)
    with pytest.raises(DataKeyError):
        Vault("")


def test_tokens_are_ours_alone() -> None:
    vault = Vault(new_data_key())
    token = vault.token("join", 7, "secret of the row")
    assert vault.is_token("join", token, "secret of the row")
    assert number_in(token) == 7
    assert not vault.is_token("calendar", token, "secret of the row")
    assert not vault.is_token("join", token, "secret of another row 7")
    assert not vault.is_token("join", token, "")
    assert not Vault(new_data_key()).is_token("join", token, "secret of the row")
    for at in range(len(token)):
        forged = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        assert not vault.is_token("join", forged, "secret of the row")
    for odd in ("", "é", token + "=", token[:-1], "\ud800", "x" * 8000):
        assert not vault.is_token("join", odd, "secret of the row")
        assert number_in(odd) is None
