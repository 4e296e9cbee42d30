"""Clients of other versions are served and told so, or refused."""

import pytest

from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.versions import ClientVersions


@pytest.mark.parametrize("stated", [None, "python/1.4.2", "python/1.4.9", "go/1.4.0-rc.1"])
@pytest.mark.parametrize("strict", [False, True])
def test_the_same_release_and_strangers_are_told_nothing(stated: str | None, strict: bool) -> None:
    assert ClientVersions("1.4.2", strict=strict).check(stated) is None


@pytest.mark.parametrize(
    ("stated", "word"),
    [
        ("python/1.5.0", "1.5.0 is newer than the server's, 1.4.2"),
        ("python/2.0.0", "2.0.0 is newer"),
        ("python/1.3.9", "1.3.9 is older"),
        ("python/0.40.0", "0.40.0 is older"),
        ("new", "not like python/1.4.2"),
        ("python/1.4\r\nSet-Cookie: x=1", "not like python/1.4.2"),
    ],
)
def test_another_version_is_told_so_and_refused_where_that_is_wanted(
    stated: str, word: str
) -> None:
    warning = ClientVersions("1.4.2", strict=False).check(stated)
    assert warning is not None
    assert word in warning
    assert "\n" not in warning
    with pytest.raises(ApiError) as refused:
        ClientVersions("1.4.2", strict=True).check(stated)
    assert (refused.value.code, refused.value.detail) == ("client_version_refused", warning)


def test_a_server_that_does_not_know_its_version_compares_nothing() -> None:
    assert ClientVersions("unknown", strict=True).check("python/1.4.2") is None
