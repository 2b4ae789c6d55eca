"""Makes the letters of the PDF report from the npm package that browsers get theirs from.

Inter comes as one variable file a script; a PDF wants one plain TrueType file a weight. Latin, Greek, Cyrillic and
Vietnamese are joined, figures made equally wide (a PDF asks for no OpenType feature), and what only screens use left
out. The same lock gives the same bytes:

    npm ci --ignore-scripts --prefix frontend && uv run --with fonttools[woff]==4.68.0 frontend/fonts.py
"""

from pathlib import Path
from typing import Any

from fontTools import merge, subset, ttLib
from fontTools.varLib import instancer

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "node_modules/@fontsource-variable/inter"
INTO = HERE.parent / "analytics/fonts"
SCRIPTS = ("latin", "latin-ext", "greek", "greek-ext", "cyrillic", "cyrillic-ext", "vietnamese")
WEIGHTS = {"Inter-Regular": 400, "Inter-SemiBold": 600}
NARROW, THIN = 0x202F, 0x2009  # set thousands apart
POSTSCRIPT_NAME = 6


def tabular(font: Any) -> dict[str, str]:
    """Glyph → the one that is as wide as its like, as the feature `tnum` says."""
    table = font["GSUB"].table
    wanted = {i for f in table.FeatureList.FeatureRecord if f.FeatureTag == "tnum" for i in f.Feature.LookupListIndex}
    found = {}
    for index in wanted:
        for rule in table.LookupList.Lookup[index].SubTable:
            found |= getattr(getattr(rule, "ExtSubTable", rule), "mapping", {})
    return found


def plain(script: str, weight: int) -> Path:
    """One script in one weight, with nothing but outlines, as a file."""
    font = ttLib.TTFont(SOURCE / f"files/inter-{script}-wght-normal.woff2")
    font = instancer.instantiateVariableFont(font, {"wght": weight})
    wide = tabular(font) if "GSUB" in font else {}
    for table in font["cmap"].tables:
        table.cmap = {code: wide.get(glyph, glyph) for code, glyph in table.cmap.items()}
        if NARROW not in table.cmap and THIN in table.cmap:
            table.cmap[NARROW] = table.cmap[THIN]
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=["*"], flavor=None)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=font.getBestCmap())
    cutter.subset(font)
    font.flavor = None
    path = INTO / f"{script}-{weight}.part"
    font.save(path)
    return path


def main() -> None:
    INTO.mkdir(exist_ok=True)
    for name, weight in WEIGHTS.items():
        parts = [plain(script, weight) for script in SCRIPTS]
        font = merge.Merger(merge.Options(drop_tables=["GSUB", "GPOS", "GDEF", "STAT", "DSIG", "avar"])).merge(
            [str(part) for part in parts]
        )
        first = ttLib.TTFont(parts[0])
        font["head"].created = font["head"].modified = first["head"].created
        font.recalcTimestamp = False
        font["name"].names = [record for record in first["name"].names if record.nameID != POSTSCRIPT_NAME]
        font["name"].setName(name, POSTSCRIPT_NAME, 3, 1, 0x409)
        font.save(INTO / f"{name}.ttf")
        for part in parts:
            part.unlink()
    (INTO / "LICENCE.txt").write_bytes((SOURCE / "LICENSE").read_bytes())


if __name__ == "__main__":
    main()
