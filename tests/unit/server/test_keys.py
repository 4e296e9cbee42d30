"""Keys: only a keyed digest is kept, and the namespace is in the key."""

import hashlib
import hmac

import pytest

from aiaas_mock.context import Principal, utc_now
from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.authentication import Authenticator
from aiaas_mock.gateway.keys import MIN_KEY_LENGTH, KeyRing, namespace_of, new_key
from aiaas_mock.gateway.tokens import TokenMint

PEPPER = b"pepper"
MINT = TokenMint(PEPPER, lifetime_s=60, now=lambda namespace: utc_now())
KEY = "sk_mock_teama_a-secret-of-some-length"


def test_only_an_hmac_of_a_key_is_kept() -> None:
    ring = KeyRing(PEPPER)
    record = ring.add(KEY)
    assert record.digest == hmac.digest(PEPPER, KEY.encode(), hashlib.sha256)
    assert KEY not in repr(record)
    assert KEY not in repr(vars(ring))


def test_a_key_is_found_with_the_pepper_it_was_added_with_only() -> None:
    record = KeyRing(PEPPER).add(KEY)
    assert KeyRing(PEPPER, [record]).find(KEY) == record
    assert KeyRing(b"another pepper", [record]).find(KEY) is None


@pytest.mark.parametrize("key", ["", KEY[:-1], KEY + "x", KEY.upper(), "\udc80" * 20])
def test_a_key_that_is_not_exactly_the_same_is_not_found(key: str) -> None:
    ring = KeyRing.from_keys([KEY])
    assert ring.find(key) is None
    assert ring.find(KEY) is not None


def test_rings_of_the_same_keys_keep_different_digests() -> None:
    one, other = KeyRing.from_keys([KEY]).find(KEY), KeyRing.from_keys([KEY]).find(KEY)
    assert one is not None
    assert other is not None
    assert one.digest != other.digest


def test_a_short_key_is_refused_without_being_repeated() -> None:
    with pytest.raises(ValueError, match=str(MIN_KEY_LENGTH)) as caught:
        KeyRing.from_keys(["short-secret"])
    assert "short-secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "namespace"),
    [
        (KEY, "teama"),
        ("sk_mock_team-b_under_scores_in_the_secret", "team-b"),
        ("sk_mock_0_secret", "0"),
        ("sk_mock_" + "n" * 32 + "_secret", "n" * 32),
        ("sk_mock_" + "n" * 33 + "_secret", "default"),
        ("sk_mock_Team_secret", "default"),
        ("sk_mock_-team_secret", "default"),
        ("sk_mock__secret", "default"),
        ("sk_mock_team_", "default"),
        ("any-string-of-16-characters", "default"),
    ],
)
def test_the_namespace_is_read_from_the_key(key: str, namespace: str) -> None:
    assert namespace_of(key) == namespace


def test_a_new_key_is_bound_to_its_namespace_and_never_the_same() -> None:
    keys = {new_key("team-b") for _ in range(100)}
    assert len(keys) == 100
    assert {namespace_of(key) for key in keys} == {"team-b"}


@pytest.mark.parametrize("namespace", ["", "Team", "-a", "a_b", "n" * 33, "ä"])
def test_a_new_key_for_a_wrong_namespace_is_refused(namespace: str) -> None:
    with pytest.raises(ValueError, match="is not a namespace"):
        new_key(namespace)


@pytest.mark.parametrize(
    ("scopes", "may"),
    [
        ({"*"}, True),
        ({"images:infer"}, True),
        ({"images:*"}, True),
        ({"models:*"}, False),
        ({"images"}, False),
        (set(), False),
    ],
)
def test_scopes_grant_themselves_their_domain_or_everything(scopes: set[str], may: bool) -> None:
    principal = Principal(key_id="key_1", namespace="default", scopes=frozenset(scopes))
    assert principal.may("images:infer") is may


def test_a_public_operation_looks_at_no_key() -> None:
    principal = Authenticator([], MINT).authenticate("Bearer nonsense", None)
    assert principal.key_id is None


def test_the_first_ring_that_knows_a_key_decides() -> None:
    first, second = KeyRing(b"1"), KeyRing(b"2")
    second.add(KEY)
    principal = Authenticator([first, second], MINT).authenticate(f"Bearer {KEY}", "models:read")
    assert principal.namespace == "teama"


def test_a_key_of_no_ring_is_refused_with_a_challenge() -> None:
    with pytest.raises(ApiError) as caught:
        Authenticator([KeyRing(PEPPER)], MINT).authenticate(f"Bearer {KEY}", "models:read")
    assert caught.value.code == "invalid_api_key"
    assert caught.value.headers["WWW-Authenticate"].startswith("Bearer")
    assert KEY not in caught.value.detail
