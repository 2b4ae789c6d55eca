"""Puts the few third-party files that browsers get into `static/`, and says what they are in VENDOR.json.

`npm ci --ignore-scripts --prefix frontend && python frontend/vendor.py`; node is needed here and nowhere else.
"""

import hashlib
import json
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULES = HERE / "node_modules"
STATIC = HERE.parent / "static"

FILES = {
    "vendor/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "vendor/inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "vendor/inter-latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
    "vendor/licences/inter.txt": "@fontsource-variable/inter/LICENSE",
    "vendor/licences/tabler-icons.txt": "@tabler/icons/LICENSE",
    "vendor/licences/htmx.txt": "htmx.org/LICENSE",
}
SPRITE = "app/icons.svg"

# A source map that is not shipped would stop collectstatic with hashed names.
SOURCE_MAP = re.compile(rb"/[/*]# sourceMappingURL=[^\n*]*(?:\*/)?")
CANVAS = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>|\s*\n\s*')
SYMBOL = (
    '<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75"'
    ' stroke-linecap="round" stroke-linejoin="round">{shape}</symbol>\n'
)


def package_of(source: str) -> str:
    """The npm package that the path `source` below node_modules belongs to."""
    parts = source.split("/")
    return "/".join(parts[: 2 if source.startswith("@") else 1])


def sprite(names: list[str]) -> bytes:
    """One SVG with a symbol for each icon of Tabler in `names`, in their order."""
    symbols = []
    for name in names:
        drawing = (MODULES / f"@tabler/icons/icons/outline/{name}.svg").read_text()
        shape = re.search(r"<svg[^>]*>(.*)</svg>", drawing, re.DOTALL)
        if shape is None:
            raise SystemExit(f"The icon {name} has no <svg> element.")
        symbols.append(SYMBOL.format(name=name, shape=CANVAS.sub("", shape[1])))
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{"".join(symbols)}</svg>\n'.encode()


def facts(package: str, content: bytes) -> dict[str, str]:
    """Name, version, licence and SHA-256 of one file, as VENDOR.json keeps them."""
    told = json.loads((MODULES / package / "package.json").read_text())
    digest = hashlib.sha256(content).hexdigest()
    return {"package": package, "version": told["version"], "license": told["license"], "sha256": digest}


def main() -> None:
    """Write every file and VENDOR.json anew; the same lock gives the same bytes."""
    record = {}
    for name, source in FILES.items():
        content = (MODULES / source).read_bytes()
        if name.endswith((".css", ".js")):
            content = SOURCE_MAP.sub(b"", content)
        (STATIC / name).parent.mkdir(parents=True, exist_ok=True)
        (STATIC / name).write_bytes(content)
        record[name] = facts(package_of(source), content)
    icons = sprite((HERE / "icons.txt").read_text().split())
    (STATIC / SPRITE).write_bytes(icons)
    record[SPRITE] = facts("@tabler/icons", icons)
    (STATIC / "vendor/VENDOR.json").write_text(json.dumps(record, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
