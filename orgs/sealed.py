"""Text that only this installation can read: encrypted with keys made from SECRET_KEY; older keys still open it."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def cipher(purpose: str) -> MultiFernet:
    """The keys of one purpose: what was sealed for another one stays shut."""
    return MultiFernet(_keys(purpose))


def _keys(purpose: str) -> list[Fernet]:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(f"{purpose}:{secret}".encode()).digest() for secret in secrets]
    return [Fernet(base64.urlsafe_b64encode(digest)) for digest in digests]


def seal(text: str, purpose: str) -> str:
    return cipher(purpose).encrypt(text.encode()).decode()


def unseal(text: str, purpose: str) -> str:
    """What was sealed; nothing where no key opens it any more."""
    try:
        return cipher(purpose).decrypt(text.encode()).decode()
    except InvalidToken:
        return ""


def renewed(text: str, purpose: str) -> str:
    """The same secret under the newest key; as it is where that sealed it already, or where no key opens it."""
    try:
        _keys(purpose)[0].decrypt(text.encode())
    except InvalidToken:
        inside = unseal(text, purpose)
        return seal(inside, purpose) if inside else text
    return text
