"""Runs the user's own program as a plain Connect client: its streams and its exit code are its own."""

from __future__ import annotations

import os
import runpy
import signal
import sys
import traceback
from pathlib import Path

from sparkling_client.errors import CANCELED, FAILED, NOT_SEEN, ClientError
from sparkling_client.failures import is_users


def run_script(path: Path, arguments: list[str], verbose: bool) -> int:
    """Runs a Python file as ``__main__``, as ``python3 PATH ARGUMENTS`` would.

    An error that nobody caught is shown with the user's frames only, unless ``verbose``.

    :returns: the program's exit code; 1 after an uncaught error, 130 after Ctrl-C.
    :raises ClientError: there is no such file.
    """
    if not path.is_file():
        raise ClientError(f"There is no program at {path.absolute()}. {NOT_SEEN}", "SCRIPT_NOT_FOUND")
    sys.argv = [str(path), *arguments]
    sys.path.insert(0, str(path.resolve().parent))
    # A stop by signal unwinds the program, so that its `finally` runs and its session ends.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        runpy.run_path(str(path), run_name="__main__")
        return 0
    except SystemExit as exit:
        return _exit_code(exit)
    except KeyboardInterrupt:
        return CANCELED
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")
        return FAILED
    except BaseException as error:
        _show(error, verbose)
        return FAILED
    finally:
        _stop_active_session()


def _exit_code(exit: SystemExit) -> int:
    if exit.code is None:
        return 0
    if isinstance(exit.code, int):
        return exit.code
    print(exit.code, file=sys.stderr)
    return FAILED


def _show(error: BaseException, verbose: bool) -> None:
    """Prints the traceback from the user's first frame on, without the library's frames after the last."""
    root = Path.cwd()
    script = str(Path(sys.argv[0]).resolve())
    frames = traceback.extract_tb(error.__traceback__)
    users = [frame for frame in frames if str(Path(frame.filename).resolve()) == script or is_users(frame.filename, root)]
    if verbose or (not users and not isinstance(error, SyntaxError)):
        traceback.print_exception(type(error), error, error.__traceback__)
        return
    if users:
        print("Traceback (most recent call last):", file=sys.stderr)
        print("".join(traceback.format_list(users)), end="", file=sys.stderr)
    text = "".join(traceback.format_exception_only(type(error), error))
    print(text.split("\n\nJVM stacktrace:")[0].rstrip(), file=sys.stderr)


def _stop_active_session() -> None:
    """Ends the session that the program left open, and with it what still runs for it on the server."""
    module = sys.modules.get("pyspark.sql.connect.session")
    session = module.SparkSession.getActiveSession() if module else None
    if session is not None:
        try:
            session.client.interrupt_all()
            session.client.release_session()
        except Exception:
            # A server that is gone has nothing left to stop.
            return
