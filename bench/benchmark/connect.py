"""Asks a Spark Connect server for its version by one gRPC call.

An open port proves nothing: the engine's proxy accepts connections before the container listens. The few HTTP/2 frames
of one call are written here (RFC 9113; header fields of RFC 7541 without compression; AnalyzePlanRequest of Spark's
base.proto), so that bench needs no package.
"""

from __future__ import annotations

import socket
import struct
import uuid

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _RST_STREAM, _SETTINGS, _PING, _GOAWAY = 0, 1, 3, 4, 6, 7
_ACK, _END_STREAM, _END_HEADERS = 1, 1, 4
_STREAM = 1
_LARGEST_FRAME = 1 << 20


def answers(port: int, timeout: float = 2.0) -> bool:
    """Whether the server on this machine's `port` answers with a message; any error or silence means no.

    timeout: seconds for connecting and for each read.
    """
    try:
        with socket.create_connection(("127.0.0.1", port), timeout) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(_request(f"127.0.0.1:{port}"))
            return _message_arrives(connection)
    except OSError:
        return False


def _message_arrives(connection: socket.socket) -> bool:
    with connection.makefile("rb") as stream:
        while True:
            header = stream.read(9)
            if len(header) < 9:
                return False
            length = int.from_bytes(header[:3], "big")
            if length > _LARGEST_FRAME:
                return False  # something else listens there
            kind, flags = header[3], header[4]
            number = int.from_bytes(header[5:], "big") & 0x7FFFFFFF
            payload = stream.read(length)
            if len(payload) < length:
                return False
            if kind == _DATA and number == _STREAM and payload:
                return True
            if kind == _HEADERS and number == _STREAM and flags & _END_STREAM:
                return False  # headers alone carry an error's status
            if kind in (_RST_STREAM, _GOAWAY):
                return False
            if kind in (_SETTINGS, _PING) and not flags & _ACK:
                connection.sendall(_frame(kind, _ACK, 0, payload if kind == _PING else b""))


def _request(authority: str) -> bytes:
    fields = {
        ":method": "POST",
        ":scheme": "http",
        ":path": "/spark.connect.SparkConnectService/AnalyzePlan",
        ":authority": authority,
        "content-type": "application/grpc",
        "te": "trailers",
    }
    # AnalyzePlanRequest{session_id: a UUID, user_context: {user_id: "bench"}, spark_version: {}}
    message = _field(1, str(uuid.uuid4()).encode()) + _field(2, _field(1, b"bench")) + _field(10, b"")
    return (
        _PREFACE
        + _frame(_SETTINGS, 0, 0, b"")
        + _frame(_HEADERS, _END_HEADERS, _STREAM, b"".join(_header(*field) for field in fields.items()))
        + _frame(_DATA, _END_STREAM, _STREAM, struct.pack(">BI", 0, len(message)) + message)
    )


def _header(name: str, value: str) -> bytes:
    # A literal field without indexing; every length is below 127 and so one byte.
    return bytes([0, len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


def _field(number: int, value: bytes) -> bytes:
    return bytes([number << 3 | 2, len(value)]) + value


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload
