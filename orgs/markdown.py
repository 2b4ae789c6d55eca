"""Markdown to HTML that a page may show: the one place that makes markup of what people wrote.

HTML in the text stays text, only the tags and addresses named here survive, and nothing is loaded from elsewhere.
"""

import re
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {"a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "hr", "li", "ol", "p", "pre", "strong", "ul"}
SCHEMES = {"http", "https", "mailto"}
# A page has a title and sections of its own: headings of a text begin below them.
_HEADINGS = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h5", "h5": "h5", "h6": "h5"}

# Every opening bracket is tried as a link to the end of its paragraph: thousands of them cost as many times as much.
_MOST_LINKS = 500
_BRACKET = re.compile(r"\\?\[")

_reader = MarkdownIt("commonmark", {"html": False}).disable("image").enable("strikethrough")


@lru_cache(maxsize=512)
def to_html(text: str, *, headings: bool = True) -> SafeString:
    """What Markdown says, as HTML that holds no script, no style, no image and no address but of the web and mail.

    Without `headings` they are strong lines: what is said in passing is no section of the page.
    """
    tokens = _reader.parse(text if text.count("[") <= _MOST_LINKS else _BRACKET.sub(r"\\[", text))
    for token in tokens:
        if token.tag in _HEADINGS:
            token.tag = _HEADINGS[token.tag] if headings else "strong"
    made = _reader.renderer.render(tokens, _reader.options, {})
    clean = nh3.clean(
        made,
        tags=TAGS,
        attributes={"a": {"href"}, "*": set()},
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(clean)


def beginning(text: str, most: int = 600) -> str:
    """The first paragraphs of a text as far as they are short, for a mail."""
    found = ""
    for part in text.replace("\r\n", "\n").strip().split("\n\n"):
        if len(found) + len(part) > most:
            break
        found += f"{part.strip()}\n\n"
    return found.strip()
