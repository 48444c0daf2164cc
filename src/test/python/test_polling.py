"""Which intervals a server gets."""

import pytest

from sparkling_client import polling
from sparkling_client.session import Server


@pytest.mark.parametrize("milliseconds", [8, 40, 200, 1000])
def test_wrapped_seconds_are_the_milliseconds_that_a_long_makes_of_them(milliseconds: int) -> None:
    seconds = int(polling.wrapped(milliseconds))
    assert 0 < seconds < 1 << 63
    assert seconds * 1000 % (1 << 64) == milliseconds


def test_only_multiples_of_eight_can_be_reached() -> None:
    with pytest.raises(ValueError, match="50 is no multiple of 8"):
        polling.wrapped(50)


@pytest.mark.parametrize("version", ["4.1.0", "4.1.2", "4.1.1.vendor", "5.0.0"])
def test_versions_whose_code_was_not_read_get_whole_seconds(version: str) -> None:
    assert polling.intervals(Server(version, None, "file:/w", "parquet")) == ("0", "1")


def test_the_intervals_of_the_version_that_was_read() -> None:
    assert polling.intervals(Server("4.1.1", None, "file:/w", "parquet")) == (polling.wrapped(40), polling.wrapped(200))
