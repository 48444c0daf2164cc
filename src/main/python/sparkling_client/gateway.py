"""The host's address of the server, inside a container: programs that name it run there unchanged."""

from __future__ import annotations

import socket
import threading
from urllib.parse import urlsplit

LOOPBACK = "127.0.0.1"
PIECE_BYTES = 1 << 16


def forward(port: int, remote: str) -> None:
    """Hands connections to a port of this machine's loopback on to a server, until the process ends.

    Without it, a program with ``remote("sc://localhost:15002")`` finds nobody in a container, and PySpark tries again
    for ten minutes. Does nothing where the server is on this machine, or where something has the port.

    :param remote: the server's Spark Connect URL.
    """
    server = urlsplit(remote)
    if server.hostname is None or server.hostname in ("localhost", LOOPBACK, "::1"):
        return
    try:
        listener = socket.create_server((LOOPBACK, port))
    except OSError:
        return
    address = (server.hostname, server.port or 15002)
    threading.Thread(target=_accept, args=(listener, address), name="gateway", daemon=True).start()


def _accept(listener: socket.socket, address: tuple[str, int]) -> None:
    while True:
        client, _ = listener.accept()
        try:
            server = socket.create_connection(address)
        except OSError:
            client.close()
            continue
        for source, target in ((client, server), (server, client)):
            threading.Thread(target=_copy, args=(source, target), name="gateway", daemon=True).start()


def _copy(source: socket.socket, target: socket.socket) -> None:
    """Copies until an end; then tells the other side, which may still have something to say."""
    try:
        while piece := source.recv(PIECE_BYTES):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        # One of them broke off: so does the other.
        for side in (source, target):
            side.close()
