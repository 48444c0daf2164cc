"""The client that Sparkling runs next to a project: one process per command, one protocol."""

__version__ = "0.1.0"

PROTOCOL_VERSION = 1
