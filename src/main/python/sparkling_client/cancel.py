"""Stops what a canceled run leaves at work on the server.

Ending the session stops streaming flows. Of a batch flow Spark 4.1 only notes that it is to stop: its job
goes on, and the tags by which Spark could cancel it are those of the thread's first run. The driver's UI
can end a job by its number, and knows which table each query writes.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Iterable
from urllib.parse import urlsplit

from sparkling_client.session import quoted, remote

if TYPE_CHECKING:
    from sparkling_client.definitions import Dataset

# Seconds for one answer of the UI, and for all jobs to be gone.
_ANSWER = 5
_GONE = 15


@dataclass(frozen=True)
class DriverUi:
    """The driver's UI: where to look for it, and which application it must be of."""

    host: str
    port: int
    application: str

    def stop(self, tables: Iterable[Dataset]) -> bool:
        """Ends the jobs of queries that write the tables, until no such query is left.

        :returns: True if none is left; False if the UI does not answer or a query does not end.
        """
        base = self._find()
        if base is None:
            return False
        names = [quoted(table.parts).lower() for table in tables]
        deadline = time.monotonic() + _GONE
        while time.monotonic() < deadline:
            try:
                queries = self._queries(base, names)
                for query in queries:
                    for job in query["runningJobIds"]:
                        _request(f"{base}/jobs/job/kill/?id={job}", method="POST")
            except (OSError, ValueError):
                return False
            if not queries:
                return True
            time.sleep(0.2)
        return False

    def _find(self) -> str | None:
        """Spark takes the next port if its first choice is taken."""
        for port in range(self.port, self.port + 4):
            base = f"http://{self.host}:{port}"
            try:
                applications = json.loads(_request(f"{base}/api/v1/applications"))
            except (OSError, ValueError):
                continue
            if any(application["id"] == self.application for application in applications):
                return base
        return None

    def _queries(self, base: str, names: list[str]) -> list[dict[str, Any]]:
        address = f"{base}/api/v1/applications/{self.application}/sql?details=false&planDescription=true&length=100000"
        return [
            query
            for query in json.loads(_request(address))
            if query["status"] == "RUNNING" and any(name in query["planDescription"].lower() for name in names)
        ]


def driver_ui(client: Any) -> DriverUi | None:
    """Asks the server for its UI, while the session is still open; None if it has none."""
    enabled, port, application = client.get_config_with_defaults(
        ("spark.ui.enabled", "true"), ("spark.ui.port", "4040"), ("spark.app.id", "")
    )
    host = urlsplit(remote()).hostname
    if enabled == "false" or not application or not host:
        return None
    return DriverUi(host, int(port or 4040), application)


def _request(address: str, method: str = "GET") -> bytes:
    request = urllib.request.Request(address, method=method, data=b"" if method == "POST" else None)
    # The UI is next door: a proxy of the environment is not meant for it.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())
    try:
        with opener.open(request, timeout=_ANSWER) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        if error.code in (301, 302, 303):
            return b""
        raise


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The UI answers a kill by sending the browser to a page, whose text nobody needs."""

    def redirect_request(self, *arguments: Any) -> None:
        return None
