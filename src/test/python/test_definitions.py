"""Names, selections and what Spark would get wrong in silence."""

import pytest

from sparkling_client.definitions import Dataset, Definitions, FlowDefinition
from sparkling_client.errors import ClientError


def table(name: str, kind: str = "materialized_view", format: str = "parquet") -> Dataset:
    parts = ("spark_catalog", "default", name) if kind in ("materialized_view", "streaming_table") else (name,)
    return Dataset(parts, kind, "/app/src/pipelines/a.py", 3, format)


def flow(name: str, target: str, line: int = 1) -> FlowDefinition:
    qualified = ("spark_catalog", "default")
    return FlowDefinition((*qualified, name), (*qualified, target), "/app/src/pipelines/a.py", line)


def definitions(*datasets: Dataset, flows: tuple = ()) -> Definitions:
    return Definitions("spark_catalog", "default", "parquet", list(datasets), list(flows))


@pytest.mark.parametrize("name", ["orders", "default.orders", "spark_catalog.default.orders", "ORDERS", "`orders`"])
def test_a_dataset_is_named_by_one_to_three_parts(name: str) -> None:
    orders = table("orders")
    assert definitions(orders, table("other")).select([name], "--refresh") == [orders]


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(ClientError) as caught:
        definitions(table("orders"), table("customers")).select(["custommers"], "--full-refresh")
    assert caught.value.message == (
        "--full-refresh: the pipeline defines no dataset 'custommers'. Did you mean 'customers'?"
    )
    assert caught.value.exit_code == 2


def test_a_temporary_view_cannot_be_refreshed() -> None:
    with pytest.raises(ClientError, match="'step' is a temporary view") as caught:
        definitions(table("step", "temporary_view")).select(["step"], "--refresh")
    assert (caught.value.code, caught.value.line) == ("NOT_REFRESHABLE", 3)


def test_two_flows_into_one_file_table_are_refused() -> None:
    broken = definitions(
        table("events", "streaming_table"), flows=(flow("web", "events", 5), flow("app", "EVENTS", 9))
    )
    with pytest.raises(ClientError, match="Flows 'web' and 'app' append to one parquet") as caught:
        broken.check()
    assert (caught.value.code, caught.value.line, caught.value.exit_code) == ("MULTIPLE_APPEND_FLOWS", 9, 2)


def test_two_flows_into_a_table_format_are_fine() -> None:
    definitions(
        table("events", "streaming_table", "delta"), flows=(flow("web", "events"), flow("app", "events"))
    ).check()


def test_a_pipeline_without_datasets_is_refused() -> None:
    with pytest.raises(ClientError, match="defines no dataset"):
        definitions().check()


def test_names_are_completed_from_the_left() -> None:
    empty = definitions()
    assert empty.qualify(("t",)) == ("spark_catalog", "default", "t")
    assert empty.qualify(("db", "t")) == ("spark_catalog", "db", "t")
    assert empty.qualify(("c", "db", "t")) == ("c", "db", "t")
