"""Connections to the host's address of the server."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Iterator

import pytest

from sparkling_client import gateway

SERVER = "127.0.0.2"


@pytest.fixture
def shouting_server() -> Iterator[int]:
    """Says what it got in capitals, once the other side has ended."""
    with socket.create_server((SERVER, 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection, connection.makefile("rb") as received:
                        connection.sendall(received.read().upper())

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


def free_port() -> int:
    with socket.create_server((gateway.LOOPBACK, 0)) as listener:
        return listener.getsockname()[1]


def ask(port: int, question: bytes) -> bytes:
    with socket.create_connection((gateway.LOOPBACK, port), timeout=10) as connection:
        connection.sendall(question)
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as answer:
            return answer.read()


def test_both_directions_reach_the_end(shouting_server: int) -> None:
    port = free_port()
    gateway.forward(port, f"sc://{SERVER}:{shouting_server}/;user_id=me")
    assert ask(port, b"a" * 1_000_000) == b"A" * 1_000_000
    assert ask(port, b"again") == b"AGAIN"


def test_a_server_that_is_gone_ends_the_connection() -> None:
    port = free_port()
    gateway.forward(port, f"sc://{SERVER}:{free_port()}")
    with socket.create_connection((gateway.LOOPBACK, port), timeout=10) as connection:
        assert connection.recv(1) == b""


@pytest.mark.parametrize("remote", ["sc://localhost:15002", "sc://127.0.0.1:15002", "sc://[::1]:15002", ""])
def test_a_server_of_this_machine_needs_none(remote: str) -> None:
    port = free_port()
    gateway.forward(port, remote)
    with pytest.raises(ConnectionRefusedError):
        ask(port, b"")


def test_a_port_that_is_taken_stays_with_its_owner(shouting_server: int) -> None:
    with socket.create_server((gateway.LOOPBACK, 0)) as owner:
        port = owner.getsockname()[1]
        gateway.forward(port, f"sc://{SERVER}:{shouting_server}")
        with socket.create_connection((gateway.LOOPBACK, port)):
            owner.accept()[0].close()
