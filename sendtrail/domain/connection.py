"""How an account is reached."""

from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from sendtrail.domain.request_rate import RateLimit

DEFAULT_TIME_ZONE = "America/Chicago"
DEFAULT_REQUESTS_PER_SECOND = 5.0
DEFAULT_PORTS = (None, 80, 443)


@dataclass(frozen=True, kw_only=True, slots=True)
class Connection:
    """An account's address, key, time zone (of its bare timestamps) and API budget.

    `share_kept_free` (0 to below 1) of the `requests_per_second` is left to other integrations of the account.
    `moved_from` is the host that the account had before it moved to this one, if it did. `key_from` is the setting that
    the key is from, as its user knows it, where that is known.
    """

    organization_id: str
    api_url: str
    api_key: SecretStr
    time_zone: ZoneInfo
    requests_per_second: float
    share_kept_free: float = 0.0
    moved_from: str = ""
    key_from: str = field(default="", compare=False)

    @property
    def rate_limit(self) -> RateLimit:
        """Return how fast the account may be asked."""
        return RateLimit(requests_per_second=self.requests_per_second, share_kept_free=self.share_kept_free)


def checked_api_url(url: str) -> str:
    """Return the API URL without a trailing slash; raise ValueError with a sentence that says what to do.

    Plain http is accepted for loopback only: the key travels in a header.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("the API URL is the one in ActiveCampaign under Settings > Developer: https://<account>...")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("the API URL has no user name, key, query or fragment: give the key by itself")
    if parts.scheme == "http" and not _is_loopback(parts):
        raise ValueError(f"http to {parts.hostname} sends the API key unencrypted: use https")
    if parts.path.rstrip("/").endswith(("/api/3", "/admin/api.php")):
        raise ValueError("the API URL ends with the host: leave out /api/3 and /admin/api.php")
    return url.strip().rstrip("/")


def account_host(api_url: str) -> str:
    """Return the part of an API URL that tells an account from others: its host, and its port and path if it has any.

    Its case, its scheme, a trailing dot or slash and the default port make no difference.
    """
    parts = urlsplit(api_url.strip())
    host = (parts.hostname or "").rstrip(".")
    with suppress(UnicodeError):  # a name that IDNA does not know is compared as it is
        host = host.encode("idna").decode()
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in DEFAULT_PORTS else f":{parts.port}"
    return "/".join([f"{host}{port}", *filter(None, parts.path.split("/"))])


def _is_loopback(parts: SplitResult) -> bool:
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname == "localhost"
