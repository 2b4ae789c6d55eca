"""Addresses that Steward itself calls because somebody typed them: public ones over https, and no further.

Each name is looked up once and the connection goes to the very address that was looked at, so that a name cannot
point elsewhere a moment later. No redirects, no proxies, five seconds of silence, ten in all, 256 KiB (security.md E5).
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from time import monotonic
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.utils.translation import gettext as _
from requests.adapters import HTTPAdapter

SILENCE: Final = 5.0  # seconds
ALTOGETHER: Final = 10.0
LARGEST: Final = 256 * 1024
_NAT64: Final = ip_network("64:ff9b::/96")  # an IPv4 address in disguise, and Python takes it for a public one

Address = IPv4Address | IPv6Address


class Unreachable(requests.RequestException):
    """Nothing usable came back: the same words for a closed port, a private address and a bad name."""

    def __init__(self) -> None:
        super().__init__(_("Steward got no usable answer from this address."))


class Session(requests.Session):
    """What allauth and we ask others with."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False  # no proxies, no .netrc
        for scheme in ("https://", "http://"):
            self.mount(scheme, _Pinned())

    def request(self, method: Any, url: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        """As in requests.

        Raises:
            Unreachable: an address that is not to be called, a redirect, too slow, too long, or nobody there.
        """
        kwargs |= {"allow_redirects": False, "stream": True, "timeout": SILENCE}
        until = monotonic() + ALTOGETHER
        try:
            response = super().request(method, url, **kwargs)
            if response.is_redirect:
                raise Unreachable
            response._content = _body(response, until)
        except (requests.RequestException, OSError, ValueError) as error:
            raise Unreachable from error
        return response


def _body(response: requests.Response, until: float) -> bytes:
    body = b""
    while part := response.raw.read1(16_384, decode_content=True):
        body += part
        if len(body) > LARGEST or monotonic() > until:
            raise Unreachable
    return body


class _Pinned(HTTPAdapter):
    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        name = host["host"]
        if host["scheme"] == "https":
            pool |= {"server_hostname": name, "assert_hostname": name}
        return host | {"host": str(_looked_up(host["scheme"], name, host["port"]))}, pool

    def add_headers(self, request: Any, **kwargs: Any) -> None:
        request.headers["Host"] = urlsplit(request.url).netloc.rpartition("@")[2]


def _looked_up(scheme: str, name: str, port: int | None) -> Address:
    """Where `name` is, if all that it points to may be called.

    Raises:
        Unreachable: it points nowhere, or to somewhere that is not to be called.
    """
    found = socket.getaddrinfo(name.strip("[]"), port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(place[4][0]).partition("%")[0]) for place in found]
    if not addresses or not all(may_call(scheme, address) for address in addresses):
        raise Unreachable
    return addresses[0]


def may_call(scheme: str, address: Address) -> bool:
    """Public addresses over https; those of FETCH_NETWORKS too, and of them this very machine over http as well."""
    plain: Address = getattr(address, "ipv4_mapped", None) or address
    ours = any(plain in ip_network(network) for network in settings.FETCH_NETWORKS)
    if scheme == "http":
        return ours and plain.is_loopback
    return scheme == "https" and (ours or (plain.is_global and not plain.is_multicast and not _disguised(plain)))


def _disguised(address: Address) -> bool:
    return isinstance(address, IPv6Address) and bool(address in _NAT64 or address.sixtofour or address.teredo)
