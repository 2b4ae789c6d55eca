"""Who is calling, behind proxies of our own and without them."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from config.proxy import ClientAddressMiddleware

SAID = "6.6.6.6, 203.0.113.9, 10.0.0.2"


@pytest.mark.parametrize(
    ("proxies", "header", "seen"),
    [
        (0, SAID, "10.0.0.1"),
        (1, SAID, "10.0.0.2"),
        (2, SAID, "203.0.113.9"),
        (4, SAID, "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_D07_only_what_our_own_proxies_wrote_is_believed(settings, proxies, header, seen):
    settings.TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory(REMOTE_ADDR="10.0.0.1").get("/", headers={"X-Forwarded-For": header})

    ClientAddressMiddleware(lambda request: HttpResponse())(request)

    assert request.META["REMOTE_ADDR"] == seen
