"""The permission calculator as tests read it: the trace, what would change it, and where that leads."""

import re
from html import unescape

from tests.doors import console

URL = "/o/acme/access/"


def ask(person, **said):
    answer = console(person).get(URL, {name.rstrip("_"): value for name, value in said.items()})
    assert answer.status_code == 200, said
    return unescape(answer.text)


def trace(page):
    """(layer, verdict, deciding) of each word of the trace."""
    found = re.findall(r'<li( data-deciding)? data-verdict="(\w+)">.*?<strong>(.*?)</strong>', page, re.DOTALL)
    return [(layer, verdict, bool(deciding)) for deciding, verdict, layer in found]


def changes(page):
    """Each change that would help, with what stands beside it: a button, or whose it is to make."""
    found = re.findall(r'<span class="mend">(.*?)</li>', page, re.DOTALL)
    seen = (re.sub(r'<span class="visually-hidden">.*?</span>|</span>', " ", text) for text in found)
    return [" ".join(re.sub(r"<[^>]+>", "", text).split()) for text in seen]


def hrefs(page):
    return re.findall(r'<span class="mend">.*?<a class="btn btn-sm" href="([^"]+)"', page)
