"""Files that show that something was done: which are taken, and as what they are given back."""

# What is taken, by what the file begins with; and as what it is given back, always as an attachment.
TYPES = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "txt": "text/plain"}
LARGEST = 5 * 1024 * 1024  # bytes
_BEGINNINGS = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}
_NAMES = {"pdf": "pdf", "png": "png", "jpg": "jpg", "jpeg": "jpg", "txt": "txt"}


def kind_of(name: str, claimed: str, content: bytes) -> str:
    """One of `TYPES` where name, claimed type and content all say the same; else nothing."""
    kind = _NAMES.get(name.rpartition(".")[2].lower(), "")
    said = claimed.partition(";")[0].strip().lower()
    return kind if kind == found_in(content) and said == TYPES.get(kind) else ""


def found_in(content: bytes) -> str:
    """One of `TYPES` by what the content is, whatever anybody calls it; nothing where it is none of them."""
    found = next((known for start, known in _BEGINNINGS.items() if content.startswith(start)), "")
    return found or ("txt" if _is_text(content) else "")


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False
