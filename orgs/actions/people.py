"""What deeds that make somebody an account have in common."""

from django.db import IntegrityError
from django.utils.translation import gettext as _

from orgs.access import Refused
from orgs.models import User


def keep(person: User) -> None:
    """Raises Refused when another organization made an account for that address in this very moment; else saves it."""
    try:
        person.save()
    except IntegrityError as error:
        text = _("%(email)s has got an account in this very moment. Try again.")
        raise Refused(text % {"email": person.email}) from error
