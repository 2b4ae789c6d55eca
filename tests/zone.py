"""The DNS of the tests: what TXT records names have, and which names do not answer."""

import dns.exception
import dns.resolver

TEXTS: dict[str, list[str]] = {}


def texts(name):
    if name not in TEXTS:
        raise dns.resolver.NXDOMAIN
    return TEXTS[name]


def silent(name):
    raise dns.exception.Timeout
