"""The security page, for Owners: how people sign in, which domains are ours, single sign-on."""

from orgs.views.security.domains import (
    domain,
    domain_admit,
    domain_check,
    domain_mail,
    domain_new,
    domain_proof,
    domain_remove,
)
from orgs.views.security.page import (
    second_factor,
    second_factor_remind,
    second_factor_stop,
    security,
    session,
    ways,
)
from orgs.views.security.sso import sso_admit, sso_connect, sso_enforce, sso_remove, sso_stop, sso_test

__all__ = [
    "domain",
    "domain_admit",
    "domain_check",
    "domain_mail",
    "domain_new",
    "domain_proof",
    "domain_remove",
    "second_factor",
    "second_factor_remind",
    "second_factor_stop",
    "security",
    "session",
    "sso_admit",
    "sso_connect",
    "sso_enforce",
    "sso_remove",
    "sso_stop",
    "sso_test",
    "ways",
]
