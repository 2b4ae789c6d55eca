"""Secrets of tools move to the newest key by themselves: an older one can be taken out a while after a rotation."""

from django.conf import settings

from orgs import sealed
from workspaces.models import Tool


def renew_secrets() -> int:
    """Seal anew what an older key sealed; how many that were. No query where there is but one key.

    It changes nothing that anybody can see, so it is no act. A secret that somebody sets meanwhile stays.
    """
    if not settings.SECRET_KEY_FALLBACKS:
        return 0
    total = 0
    for pk, text in Tool.objects.exclude(sealed="").values_list("pk", "sealed").iterator(chunk_size=500):
        again = sealed.renewed(text, Tool.PURPOSE)
        if again != text:
            total += Tool.objects.filter(pk=pk, sealed=text).update(sealed=again)
    return total
