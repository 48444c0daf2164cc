"""What SQL files define."""

from sparkling_client.sql_definitions import name_parts, parse, statement_line


def datasets(text: str) -> list:
    return [
        (".".join(each.parts), each.kind, each.line) for each in parse(text, "spark_catalog", "default").datasets
    ]


def flows(text: str) -> list:
    return [(".".join(each.parts), ".".join(each.target)) for each in parse(text, "spark_catalog", "default").flows]


def test_every_kind_of_dataset_with_its_line() -> None:
    text = """-- a comment; with a semicolon
CREATE MATERIALIZED VIEW a AS SELECT 1;

create or refresh streaming table db.b
  AS SELECT * FROM STREAM(x); CREATE TEMPORARY VIEW c AS SELECT 2;
CREATE MATERIALIZED VIEW IF NOT EXISTS cat.db.`d e` AS SELECT 3
"""
    assert datasets(text) == [
        ("a", "materialized_view", 2),
        ("db.b", "streaming_table", 4),
        ("c", "temporary_view", 5),
        ("cat.db.d e", "materialized_view", 6),
    ]


def test_a_streaming_table_without_a_query_has_only_its_flows() -> None:
    text = """CREATE STREAMING TABLE t (a INT COMMENT 'x AS y');
CREATE FLOW f1 AS INSERT INTO t BY NAME SELECT * FROM STREAM(a);
CREATE FLOW f2 COMMENT 'more' AS INSERT INTO `t` BY NAME SELECT * FROM STREAM(b);"""
    assert flows(text) == [("f1", "t"), ("f2", "t")]


def test_strings_and_comments_hide_what_they_hold() -> None:
    text = r"""/* CREATE MATERIALIZED VIEW no AS SELECT 1; /* nested */ ; */
CREATE MATERIALIZED VIEW a AS SELECT 'it\'s; CREATE MATERIALIZED VIEW no AS' AS "x;y", `q;r` FROM s;
CREATE MATERIALIZED VIEW b AS SELECT 2"""
    assert datasets(text) == [("a", "materialized_view", 2), ("b", "materialized_view", 3)]


def test_format_is_read_outside_of_the_query() -> None:
    text = """CREATE STREAMING TABLE a USING delta AS SELECT * FROM STREAM(x);
CREATE MATERIALIZED VIEW b AS SELECT * FROM x JOIN y USING (id);"""
    assert [each.format for each in parse(text, "c", "d").datasets] == ["delta", None]


def test_use_changes_what_follows() -> None:
    text = """CREATE MATERIALIZED VIEW a AS SELECT 1;
USE DATABASE sales;
CREATE MATERIALIZED VIEW b AS SELECT 1;
USE CATALOG lake;
CREATE MATERIALIZED VIEW c AS SELECT 1;"""
    assert [name for name, _, _ in datasets(text)] == ["a", "spark_catalog.sales.b", "lake.sales.c"]


def test_a_parser_s_error_finds_its_statement() -> None:
    text = "CREATE MATERIALIZED VIEW a AS\nSELECT 1;\n-- next\nCREATE MATERIALIZED VIEW b AS\nSELEC 2;\n"
    assert statement_line(text, "\n-- next\nCREATE MATERIALIZED VIEW b AS\nSELEC 2\n") == 2
    assert statement_line(text, "SELECT 9") is None


def test_backticks_quote_dots_and_themselves() -> None:
    assert name_parts("`a.b`.c.`d``e`") == ("a.b", "c", "d`e")


def test_an_unfinished_string_ends_with_the_file() -> None:
    assert datasets("CREATE MATERIALIZED VIEW a AS SELECT 'oops; CREATE MATERIALIZED VIEW b AS SELECT 1") == [
        ("a", "materialized_view", 1)
    ]


def test_partition_columns_are_read_from_their_clause() -> None:
    text = """CREATE MATERIALIZED VIEW a PARTITIONED BY (day, `shop name`) AS SELECT 1;
CREATE STREAMING TABLE b (day DATE) USING parquet PARTITIONED BY (day) AS SELECT * FROM STREAM(x);
CREATE MATERIALIZED VIEW c AS SELECT 'PARTITIONED BY (x)' AS text"""
    assert [each.partitions for each in parse(text, "c", "d").datasets] == [("day", "shop name"), ("day",), ()]
