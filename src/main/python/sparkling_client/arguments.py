"""The command line. It is Sparkling's own, not a person's: one command, long options."""

from __future__ import annotations

import argparse


def parse(arguments: list[str]) -> argparse.Namespace:
    """Parses; wrong usage ends the process with 2."""
    parser = argparse.ArgumentParser(prog="python3 -m sparkling_client", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)

    run = commands.add_parser("run", help="run a pipeline", allow_abbrev=False)
    check = commands.add_parser("check", help="register and analyze a pipeline without running it", allow_abbrev=False)
    for command in (run, check):
        command.add_argument("--spec", required=True, metavar="PATH")
        command.add_argument("--conf", action=_Pairs, default={}, metavar="KEY=VALUE")
        command.add_argument("--map-path", action=_Pairs, default={}, metavar="FROM=TO")
        command.add_argument("--verbose", action="store_true", help="ask the server for its stack traces")
    run.add_argument("--refresh", action="extend", type=_names, default=[], metavar="NAME,…")
    run.add_argument("--full-refresh", action="extend", type=_names, default=[], metavar="NAME,…")
    run.add_argument("--full-refresh-all", action="store_true")
    run.add_argument("--last-seconds", type=float, metavar="SECONDS")
    check.set_defaults(last_seconds=None, refresh=[], full_refresh=[], full_refresh_all=False)

    script = commands.add_parser("script", help="run a Python program as a Connect client", allow_abbrev=False)
    script.add_argument("--verbose", action="store_true", help="show whole tracebacks")
    script.add_argument("--gateway-port", type=int, metavar="PORT", help="where the host reaches the server")
    script.add_argument("path", metavar="PATH")
    script.add_argument("arguments", nargs=argparse.REMAINDER, metavar="ARGUMENTS")

    probe = commands.add_parser("probe", help="wait until the server answers a call", allow_abbrev=False)
    probe.add_argument("--timeout", type=float, default=5.0, metavar="SECONDS")

    commands.add_parser("warm-up", help="make the first run as quick as the second", allow_abbrev=False)
    return parser.parse_args(arguments)


def _names(value: str) -> list[str]:
    return [name.strip() for name in value.split(",") if name.strip()]


class _Pairs(argparse.Action):
    """Collects ``key=value``."""

    def __call__(self, parser, namespace, values, option_string=None):  # type: ignore[no-untyped-def]
        key, separator, value = values.partition("=")
        if not separator or not key:
            parser.error(f"{option_string} takes KEY=VALUE, not '{values}'")
        setattr(namespace, self.dest, {**getattr(namespace, self.dest), key: value})
