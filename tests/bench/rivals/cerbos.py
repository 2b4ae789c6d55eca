"""Cerbos, a policy decision point in Go that speaks AuthZEN: fetched by npm for a run, started on one core.

It keeps nothing about anybody: who asks says the principal's groups and status with every question. Its own policy is
that of `governed`.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import servers
from tests.bench import governed
from tests.bench.governed import Asked

PACKAGE = "@cerbos/cerbos-linux-x64"
FETCH_SECONDS, READY_SECONDS = 300, 60


def fetch() -> Path | None:
    """The program in a folder of this run; None where npm is missing or cannot fetch it."""
    folder = Path(os.environ["DATA_DIR"]) / "cerbos"
    program = folder / "node_modules" / PACKAGE / PACKAGE.rpartition("/")[2]
    if not program.exists() and shutil.which("npm"):
        folder.mkdir(exist_ok=True)
        command = ["npm", "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund", PACKAGE]
        subprocess.run(command, timeout=FETCH_SECONDS, check=False, capture_output=True)
    return program if program.exists() else None


@contextmanager
def serving(program: Path, core: int) -> Iterator[tuple[int, int]]:
    """(port, process id) of a Cerbos that has one core and one thread to run Go on."""
    folder = program.parent.parent.parent.parent
    ports = _free_ports(2)
    (folder / "policies").mkdir(exist_ok=True)
    (folder / "policies" / "model.yaml").write_text(json.dumps(_policy()))
    (folder / "config.yaml").write_text(json.dumps(_configuration(folder, *ports)))
    command = [str(program), "server", f"--config={folder}/config.yaml", "--log-level=error"]
    env = {"PATH": os.environ["PATH"], "GOMAXPROCS": "1"}
    server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.sched_setaffinity(server.pid, {core})
    try:
        servers.answers(f"http://127.0.0.1:{ports[0]}/_cerbos/health", server, within=READY_SECONDS)
        yield ports[0], server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(15)


def question(one: Asked, facts: dict[str, Any]) -> dict[str, Any]:
    """A question as Cerbos' AuthZEN takes it: roles and facts stand beside the subject."""
    said = {"cerbos.roles": facts["groups"], "active": facts["active"], "role": facts["role"]}
    context = {"context": {"use_case": one.case}} if one.case else {}
    # Cerbos' policies read no context of AuthZEN's: what the question is about stands beside the resource.
    resource = {"type": "model", "id": one.model, "properties": {"use_case": one.case}}
    subject = {"type": "member", "id": one.member.user.email, "properties": said}
    return {"subject": subject, "action": {"name": str(one.action)}, "resource": resource} | context


def _policy() -> dict[str, Any]:
    usable = f"P.attr.active && P.attr.role != 'viewer' && !(R.attr.use_case in {json.dumps(governed.BLOCKED)})"
    rules = [
        {
            "actions": ["model.use"],
            "effect": "EFFECT_ALLOW",
            "roles": [name],
            "condition": {"match": {"expr": f"{usable} && R.id in {json.dumps(models)}"}},
        }
        for name, models in governed.GROUPS.items()
    ]
    return {
        "apiVersion": "api.cerbos.dev/v1",
        "resourcePolicy": {"resource": "model", "version": "default", "rules": rules},
    }


def _configuration(folder: Path, http: int, grpc: int) -> dict[str, Any]:
    return {
        "server": {"httpListenAddr": f"127.0.0.1:{http}", "grpcListenAddr": f"127.0.0.1:{grpc}"},
        "telemetry": {"disabled": True},
        "storage": {"driver": "disk", "disk": {"directory": f"{folder}/policies", "watchForChanges": False}},
    }


def _free_ports(number: int) -> list[int]:
    lines = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [line.getsockname()[1] for line in lines]
    for line in lines:
        line.close()
    return ports
