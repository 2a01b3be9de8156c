"""What of an API URL tells an account from others."""

import pytest

from sendtrail.domain.connection import account_host


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.api-us1.com",
        "http://acme.api-us1.com",
        "https://ACME.API-US1.com",
        "https://acme.api-us1.com.",
        " https://acme.api-us1.com:443/ ",
    ],
)
def test_ways_to_write_one_address_name_one_account(url: str) -> None:
    """Case, scheme, a trailing dot or slash, blanks and the default port make no difference."""
    assert account_host(url) == "acme.api-us1.com"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://globex.api-us1.com", "globex.api-us1.com"),
        ("https://mail.acme.example", "mail.acme.example"),
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("http://[::1]:8000", "[::1]:8000"),
        ("https://proxy.example/acme//", "proxy.example/acme"),
        ("https://müller.example", "xn--mller-kva.example"),
        ("https://xn--mller-kva.example", "xn--mller-kva.example"),
    ],
)
def test_other_addresses_name_others(url: str, host: str) -> None:
    """A port and a path may be all that tells two accounts apart: behind a proxy, and in tests."""
    assert account_host(url) == host
