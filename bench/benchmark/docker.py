"""What bench asks of the Docker engine beside its contenders."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import time
from collections.abc import Sequence
from pathlib import Path

from .process import Failure, run

PROJECT = "com.docker.compose.project"


def remove_project(project: str) -> None:
    """Removes a project's containers, networks and volumes by label; the one way for every contender."""
    label = f"label={PROJECT}={project}"
    for kind, listing, removal in (
        ("container", ["ps", "--all", "--quiet"], ["rm", "--force", "--volumes"]),
        ("network", ["network", "ls", "--quiet"], ["network", "rm"]),
        ("volume", ["volume", "ls", "--quiet"], ["volume", "rm", "--force"]),
    ):
        found = run(["docker", *listing, "--filter", label]).output.split()
        if found:
            run(["docker", *removal, *found])


def image_bytes(image: str) -> int:
    """The size of an image with its base, in bytes."""
    return int(run(["docker", "image", "inspect", "--format", "{{.Size}}", image]).output)


def folder_bytes(image: str, folder: str) -> int:
    """The bytes of a folder inside an image; 0 if it is not there."""
    script = f"[ ! -d {folder} ] || du -sb {folder}"
    found = run(
        ["docker", "run", "--rm", "--network", "none", "--entrypoint", "sh", image, "-c", script]
    ).output.split()
    return int(found[0]) if found else 0


def image_exists(image: str) -> bool:
    return bool(run(["docker", "image", "ls", "--quiet", image]).output.strip())


def container(project: str, service: str) -> str:
    """The identifier of a service's one container."""
    filters = [f"label={PROJECT}={project}", f"label=com.docker.compose.service={service}"]
    command = ["docker", "ps", "--all", "--quiet", "--no-trunc"]
    found = run([*command, *(word for each in filters for word in ("--filter", each))]).output.split()
    if len(found) != 1:
        raise Failure(f"{len(found)} containers of service {service} in project {project}, 1 expected")
    return found[0]


def image_of(identifier: str) -> str:
    return run(["docker", "inspect", "--format", "{{.Config.Image}}", identifier]).output.strip()


def raw_logs(identifier: str, output: Path) -> float:
    """Copies the engine's own stream of a container's log into a file, headers of frames and all; returns seconds."""
    host = json.loads(run(["docker", "context", "inspect"]).output)[0]["Endpoints"]["docker"]["Host"]
    host = os.environ.get("DOCKER_HOST", host)
    if not host.startswith("unix://"):
        raise Failure(f"the raw stream is read from a socket of this machine only; the engine is at {host}")
    start = time.perf_counter()
    connection = _SocketConnection(host.removeprefix("unix://"))
    try:
        connection.request("GET", f"/containers/{identifier}/logs?stdout=1&stderr=1")
        with connection.getresponse() as response, open(output, "wb") as file:
            if response.status != 200:
                raise Failure(f"the engine refused the log of {identifier}: {response.read().decode()}")
            shutil.copyfileobj(response, file, 1 << 16)
    except OSError as error:
        raise Failure(f"reading the engine's log stream failed: {error}") from error
    finally:
        connection.close()
    return time.perf_counter() - start


class _SocketConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=300)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def certificate_authorities() -> Path | None:
    """The bundle that this machine names for its own programs, or none."""
    for variable in ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE"):
        path = os.environ.get(variable)
        if path and Path(path).is_file():
            return Path(path)
    return None


def proxy_arguments() -> Sequence[str]:
    """Build arguments for the proxies of this machine's environment; the engine knows them by name."""
    names = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
    return [word for name in names if name in os.environ for word in ("--build-arg", name)]


def remove_image(image: str) -> None:
    run(["docker", "image", "rm", "--force", image])


def image_identifier(image: str) -> str:
    return run(["docker", "image", "inspect", "--format", "{{.Id}}", image]).output.strip()


def remove_untagged(images: Sequence[str]) -> None:
    """Removes those images that are there, have no name and are not built upon."""
    for image in images:
        try:
            if run(["docker", "image", "inspect", "--format", "{{len .RepoTags}}", image]).output.strip() == "0":
                run(["docker", "image", "rm", image])
        except Failure:
            continue  # gone with another one, or the base of one that stays
