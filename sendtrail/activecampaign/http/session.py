"""The HTTP session of an account: its connections, shared by all threads and kept from one delivery to the next."""

from functools import cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests

from sendtrail.activecampaign.http.deadline import DeadlineAdapter

# What is read ahead stays well below it; beyond it a connection serves a single request and is dropped.
MAX_CONNECTIONS = 64


class _Session(requests.Session):
    """A session that follows no redirect: the key would travel along, and requests reads the whole body first."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return None: a redirect is an answer like any other."""


@cache
def session_of(url: str) -> requests.Session:
    """Return the session of an account: kept, so that a small delivery need not begin with a handshake."""
    session = _Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update({"User-Agent": "sendtrail", "Accept-Encoding": "gzip"})
    session.trust_env = url.startswith("https:")  # plain http is loopback, where no proxy belongs
    session.auth = _unchanged  # with an `auth` of its own, requests does not look into ~/.netrc
    adapter = DeadlineAdapter(pool_maxsize=MAX_CONNECTIONS)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _unchanged(request: Any) -> Any:
    return request
