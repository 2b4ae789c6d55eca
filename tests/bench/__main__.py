"""`python -m tests.bench [--size ci|full] [--only A1,C2] [--json FILE]`: one table, one JSON, 1 when a gate fails.

Each database has a process of its own, so that settings are read as in production.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from tests import servers

ROOT = Path(__file__).parent.parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--size", choices=["ci", "full"], default="ci")
    parser.add_argument("--only", default="", help="ids, such as A1,C2")
    parser.add_argument("--json", type=Path, help="where the figures are written, besides the table")
    parser.add_argument("--on", choices=["sqlite", "postgres"], help="one database only")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return child(options)
    os.environ["STEWARD_TEST_FSYNC"] = "on"  # what is called durable here is
    found = []
    for database in [options.on] if options.on else ["postgres", "sqlite"]:
        if database == "postgres" and not servers.postgres():
            print("Left out for want of PostgreSQL: everything that is measured on it.")
            continue
        with tempfile.TemporaryDirectory(prefix="steward-bench-") as folder:
            found += run(database, options, Path(folder))
    print(table(found))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))
    return int(any(not figure["passed"] for figure in found))


def run(database: str, options: argparse.Namespace, folder: Path) -> list[dict[str, object]]:
    """What one database has to say, measured in a process of its own."""
    env = os.environ | {"DATA_DIR": str(folder), "DEMO": "0", "LOG_LEVEL": "CRITICAL", "STATEMENT_TIMEOUT": "600"}
    env |= {"SECRET_KEY": "a key for measuring only", "PUBLIC_BASE_URL": "http://testserver"}
    env |= {"DJANGO_SETTINGS_MODULE": "tests.bench.settings", "BENCH_DATABASE": f"{folder}/measured.sqlite3"}
    env["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
    if database == "postgres":
        env["DATABASE_URL"] = servers.postgres()
        env["BENCH_DATABASE"] = f"steward_bench_{os.getpid()}"
    if redis := servers.redis():
        env["BENCH_REDIS"] = redis
    out = folder / "figures.json"
    command = [sys.executable, "-m", "tests.bench", "--child", "--on", database, "--size", options.size]
    subprocess.run([*command, "--json", str(out), "--only", options.only], cwd=ROOT, env=env, check=True)
    found: list[dict[str, object]] = json.loads(out.read_text())
    return found


def child(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    from orgs import keys
    from tests.bench import figures

    made = setup_databases(verbosity=0, interactive=False)
    if options.on == "postgres":  # for the processes that figures start
        url = urlsplit(os.environ["DATABASE_URL"])
        os.environ["DATABASE_URL"] = url._replace(path=f"/{os.environ['BENCH_DATABASE']}").geturl()
    else:
        os.environ["DATABASE_URL"] = f"sqlite:///{os.environ['BENCH_DATABASE']}"
    try:
        wanted = {name for name in options.only.split(",") if name}
        found = figures.measure(options.on, options.size, wanted)
    finally:
        keys.line.close()
        teardown_databases(made, verbosity=0)
    rows = [{**asdict(figure), "passed": figure.passed, "database": options.on} for figure in found]
    options.json.write_text(json.dumps(rows))
    return 0


def table(found: list[dict[str, object]]) -> str:
    lines = [f"{'':4} {'figure':66} {'on':9} {'wall':>9} {'CPU':>9} {'gate':>9} {'stretch':>9}"]
    for f in found:
        sign = "≤" if f["at_most"] else "≥"
        mark = "ok   " if f["passed"] else "FAILS"
        lines.append(
            f"{f['id']:4} {f['title']:66} {f['database']:9} {f['wall']:9.2f} {f['cpu']:9.2f}"
            f" {sign}{f['gate']:8.2f} {sign}{f['stretch']:8.2f} {mark} {f['note']}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
