"""``python3 -m sparkling_client COMMAND``: see PROTOCOL.md for what it prints."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType

from sparkling_client.errors import CANCELED, Canceled, ClientError


def main(arguments: list[str]) -> int:
    """Carries out one command.

    :returns: the exit code: 0 completed, 1 failed, 2 wrong usage or files, 3 no server, 130 canceled.
    """
    from sparkling_client.arguments import parse
    from sparkling_client.records import configure_logging

    options = parse(arguments)
    configure_logging()
    if options.command == "script":
        from sparkling_client.script import run_script

        if options.gateway_port is not None:
            from sparkling_client.gateway import forward

            forward(options.gateway_port, os.environ.get("SPARK_REMOTE", ""))
        return run_script(Path(options.path), options.arguments, options.verbose)

    from sparkling_client.protocol import Protocol, claim_standard_output

    protocol = Protocol(claim_standard_output())
    _cancel_on_signals()
    try:
        if options.command in ("run", "check"):
            from sparkling_client.run import RunOptions, run

            return run(
                RunOptions(
                    spec=Path(options.spec),
                    dry=options.command == "check",
                    refresh=options.refresh,
                    full_refresh=options.full_refresh,
                    full_refresh_all=options.full_refresh_all,
                    configuration=options.conf,
                    last_seconds=options.last_seconds,
                    mapped_paths=options.map_path,
                    verbose=options.verbose,
                ),
                protocol,
            )
        if options.command == "probe":
            from sparkling_client.probe import probe

            return probe(options.timeout, protocol)
        from sparkling_client.warm_up import warm_up

        return warm_up(protocol)
    except ClientError as error:
        protocol.emit("error", message=error.message, error_class=error.code, file=error.file, line=error.line)
        return error.exit_code
    except Canceled:
        return CANCELED


def _cancel_on_signals() -> None:
    """The first signal cancels what is going on, a second one ends the process at once."""

    def cancel(number: int, frame: FrameType | None) -> None:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, lambda number, frame: os._exit(CANCELED))
        raise Canceled()

    signal.signal(signal.SIGINT, cancel)
    signal.signal(signal.SIGTERM, cancel)


if __name__ == "__main__":
    try:
        code = main(sys.argv[1:])
    except ClientError as error:
        print(f"error: {error}", file=sys.stderr)
        code = error.exit_code
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            # The reader has gone away, and with it what it would have read.
            continue
    # The interpreter's own end would wait for PySpark's threads and for calls to a session that is gone.
    os._exit(code)
