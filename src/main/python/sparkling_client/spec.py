"""The pipeline's spec file, with the paths of another machine mapped to this one's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterable, Mapping

from sparkling_client.errors import NOT_SEEN, ClientError

if TYPE_CHECKING:
    from pyspark.pipelines.cli import PipelineSpec


def load(path: Path, mapped: Mapping[str, str]) -> PipelineSpec:
    """Reads the spec by Spark's own rules.

    :param mapped: folders named in the spec, and where they lie here: ``{"/app": "/home/me/shop"}``
        turns ``file:///app/checkpoints`` into ``file:///home/me/shop/checkpoints``.
    :raises ClientError: the file is missing or Spark would not take it.
    """
    import yaml
    from pyspark.errors import PySparkException
    from pyspark.pipelines.cli import unpack_pipeline_spec

    if not path.is_file():
        raise ClientError(
            f"There is no pipeline spec at {path.absolute()}. {NOT_SEEN}", "PIPELINE_SPEC_FILE_DOES_NOT_EXIST"
        )
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        raise ClientError(
            f"The pipeline spec is not YAML: {problem}.",
            "PIPELINE_SPEC_NOT_YAML",
            file=str(path),
            line=mark.line + 1 if mark else None,
        ) from None
    if not isinstance(document, dict):
        raise ClientError(
            "The pipeline spec is empty. It needs at least a name, a storage and libraries.",
            "PIPELINE_SPEC_EMPTY",
            file=str(path),
        )
    document = {key: value for key, value in document.items() if value is not None}
    _check_libraries(document.get("libraries", []), path)
    try:
        spec = unpack_pipeline_spec(_mapped(document, mapped))
    except PySparkException as error:
        raise ClientError(str(error), error.getCondition() or "PIPELINE_SPEC_INVALID", file=str(path)) from None
    if re.search(r"""[\s%#?"<>\\^`{|}]""", spec.storage):
        # Spark writes and looks up the checkpoints of such a path in two different folders.
        raise ClientError(
            f"storage: '{spec.storage}' has a space or another character that Spark escapes, and it would not find "
            "its checkpoints again. Choose a folder without such characters.",
            "PIPELINE_STORAGE_UNSUITABLE",
            file=str(path),
        )
    return spec


def _mapped(document: dict[str, Any], mapped: Mapping[str, str]) -> dict[str, Any]:
    """Maps the paths in storage and configuration; values of other types are left for Spark to refuse."""
    result = dict(document)
    if isinstance(document.get("storage"), str):
        result["storage"] = map_path(document["storage"], mapped)
    if isinstance(document.get("configuration"), dict):
        result["configuration"] = {
            key: map_path(value, mapped) if isinstance(value, str) else value
            for key, value in document["configuration"].items()
        }
    return result


def _check_libraries(libraries: object, path: Path) -> None:
    entries = libraries if isinstance(libraries, list) else [libraries]
    for entry in entries:
        pattern = entry.get("glob") if isinstance(entry, dict) else None
        if not isinstance(pattern, dict) or not isinstance(pattern.get("include"), str):
            raise ClientError(
                "Each entry of libraries must be of the form '- glob: {include: folder/**}'.",
                "PIPELINE_SPEC_INVALID_LIBRARIES",
                file=str(path),
            )


def map_path(text: str, mapped: Mapping[str, str]) -> str:
    """Replaces folders by where they lie here, as whole path segments only: ``/app``, not ``/apple`` or ``/srv/app``."""
    places = {origin.rstrip("/"): place.rstrip("/") for origin, place in mapped.items()}
    if not places:
        return text
    # In one pass, so that what was put in is not looked at again; the longest folder first.
    origins = "|".join(re.escape(origin) for origin in sorted(places, key=len, reverse=True))
    pattern = rf"(?<![\w.~-])({origins})(?=/|$|[,;:?\"'\s])"
    return re.sub(pattern, lambda match: places[match[1]], text)


def matching_files(root: Path, patterns: Iterable[str], path: Path) -> list[Path]:
    """The definition files, in the order of their names, each once.

    :raises ClientError: a pattern matches nothing, or something that is no definition file.
    """
    files: dict[Path, None] = {}
    for pattern in patterns:
        found = sorted(
            file for file in root.glob(pattern) if file.is_file() and "__pycache__" not in file.parts
        )
        shown = re.sub(r"\*\*/\*$", "**", pattern)
        if not found:
            raise ClientError(
                f"No file matches '{shown}', looked up from {root}.", "PIPELINE_GLOB_WITHOUT_MATCH", file=str(path)
            )
        for file in found:
            if file.suffix not in (".py", ".sql"):
                raise ClientError(
                    f"'{shown}' takes in {file.relative_to(root) if file.is_relative_to(root) else file}, "
                    "which is neither .py nor .sql. Move it to another folder.",
                    "PIPELINE_UNSUPPORTED_DEFINITIONS_FILE_EXTENSION",
                    file=str(file),
                )
            files[file] = None
    return list(files)
