"""The server's sentences, as Spark 4.1.1 writes them."""

import pytest

from sparkling_client.events import FlowProgress, RunProgress, parse


@pytest.mark.parametrize(
    ("sentence", "flow", "state"),
    [
        ("Flow spark_catalog.default.a is QUEUED.", "spark_catalog.default.a", "QUEUED"),
        ("Flow spark_catalog.default.a is PLANNING.", "spark_catalog.default.a", "PLANNING"),
        ("Flow spark_catalog.default.a is STARTING.", "spark_catalog.default.a", "STARTING"),
        ("Flow spark_catalog.default.a is RUNNING.", "spark_catalog.default.a", "RUNNING"),
        ("Flow spark_catalog.default.a has COMPLETED.", "spark_catalog.default.a", "COMPLETED"),
        ("Flow 'spark_catalog.default.a' has FAILED.", "spark_catalog.default.a", "FAILED"),
        ("Flow 'c.d.a' has FAILED more than 2 times and will not be restarted.", "c.d.a", "FAILED"),
        ("Flow 'c.d.a' SKIPPED due to upstream failure(s).", "c.d.a", "SKIPPED"),
        ("Flow 'c.d.a' is EXCLUDED.", "c.d.a", "EXCLUDED"),
        ("Flow 'c.d.a' is IDLE, waiting for new data.", "c.d.a", "IDLE"),
        ("Flow 'c.d.a' has STOPPED.", "c.d.a", "STOPPED"),
        ("Failed to resolve flow: 'c.d.a'.", "c.d.a", "FAILED"),
        ("Failed to resolve flow due to upstream failure: 'c.d.a'.", "c.d.a", "SKIPPED"),
        ("Flow c.d.a b is RUNNING.", "c.d.a b", "RUNNING"),
    ],
)
def test_states(sentence: str, flow: str, state: str) -> None:
    progress = parse(sentence)
    assert isinstance(progress, FlowProgress)
    assert (progress.flow, progress.state, progress.error) == (flow, state, None)


def test_the_error_is_kept_whole() -> None:
    progress = parse("Flow 'c.d.a' has FAILED.\nError: [X] first\nsecond")
    assert isinstance(progress, FlowProgress)
    assert progress.message == "Flow 'c.d.a' has FAILED."
    assert progress.error == "[X] first\nsecond"


def test_the_run_s_own_state() -> None:
    assert parse("Run is COMPLETED.") == RunProgress("COMPLETED", "Run is COMPLETED.")
    assert parse("Run is FAILED since flow 'c.d.a' has failed.").state == "FAILED"  # type: ignore[union-attr]


def test_other_sentences_are_no_progress() -> None:
    assert parse("Flow 'c.d.a' has been processed by a previous iteration and will not be rerun.") is None
    assert parse("Error stopping flow c.d.a") is None
