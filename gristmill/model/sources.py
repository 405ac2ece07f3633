"""Where the data of a run lies: datasets with their parameters put in, or the files that stand in for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gristmill.model.addresses import address_of_path, address_of_uri, real_path
from gristmill.model.errors import InvalidError
from gristmill.model.parameter_values import defaults_of
from gristmill.model.readings import Columns, columns_from_json, look_at, reading_of
from gristmill.model.relations import relation_source
from gristmill.model.resolving import Resolved
from gristmill.model.tables import ImportedDataset
from gristmill.problems import ProblemError, did_you_mean, quoted
from gristmill.recipe.job import Source
from gristmill.settings import Settings
from gristmill.storage.listing import chosen_files
from gristmill.storage.matching import PathPattern, Text, path_pattern
from gristmill.storage.reading import Reading

Swaps = Mapping[str, Sequence[str]]
"""Files by the display name of the dataset that they stand in for (api 4.8)."""


def place_of(settings: Settings, dataset: ImportedDataset, resolved: Resolved) -> str | PathPattern:
    """The address of a dataset in a run, or the pattern of its files.

    Raises InvalidError when the result is no path of this server.
    """
    if not dataset.is_dynamic:
        return dataset.uri
    parameters = dataset.run_parameters
    bucket = dataset.dynamic_bucket if dataset.dynamic_bucket is not None else dataset.bucket
    bucket = None if bucket is None else resolved.put_in(bucket, parameters, "bucket")
    nested = bool((dataset.options or {}).get("includeNestedFolders"))
    template = dataset.path if dataset.dynamic_path is None else dataset.dynamic_path
    parts = resolved.parts(template, parameters, "path", nested=nested)
    on = {"bucket": bucket, "container": dataset.container, "host": dataset.host, "userinfo": dataset.userinfo}
    if all(isinstance(part, Text) for part in parts):
        path = "".join(part.text for part in parts if isinstance(part, Text))
        return address_of_path(settings, path, dataset.type, **on).uri
    store = address_of_path(settings, "/", dataset.type, **on).uri.removesuffix("/")
    found = path_pattern(parts, nested=nested)
    assert isinstance(found, PathPattern)
    folder = real_path(settings, found.folder) if dataset.type == "file" else found.folder
    return replace(found, folder=store + folder, shown=store + found.shown)


def source_of(
    settings: Settings, dataset: ImportedDataset, resolved: Resolved, swaps: Swaps, *, look_again: bool = False
) -> Source:
    """A dataset as a job reads it. Files that stand in for its own are read by its settings (platform 1.2)."""
    if dataset.connection_id is not None:
        return relation_source(dataset)
    if dataset.name in swaps:
        return _swapped(settings, dataset, swaps[dataset.name])
    place = place_of(settings, dataset, resolved)
    if isinstance(place, str):
        reading, columns = reading_of(settings, dataset, place, look_again=look_again)
        return Source(dataset.name, reading | {"literal": dataset.is_dynamic}, columns)
    match = {"match": place.as_json(), "records": False, "known": dataset.detected}
    document = Reading((), None, dict(dataset.options or {})).as_json() | match
    columns = _columns_of_first(settings, place, dataset) if look_again else None
    return Source(dataset.name, document, columns)


def swap_troubles(settings: Settings, datasets: Iterable[ImportedDataset], swaps: Swaps) -> list[str]:
    """Why sources cannot be replaced so: unknown names, tables, converted files, bad addresses (api 4.8)."""
    by_name: dict[str, list[ImportedDataset]] = {}
    for dataset in datasets:
        by_name.setdefault(dataset.name, []).append(dataset)
    troubles = []
    for name, uris in swaps.items():
        if name not in by_name:
            hint = did_you_mean(name, by_name) or f"Its sources are {', '.join(map(quoted, by_name))}."
            troubles.append(f"overrides.datasources: no source of the recipe is called {quoted(name)}. {hint}")
            continue
        reasons = (_cannot_be_swapped(settings, dataset) for dataset in by_name[name])
        troubles += [f"overrides.datasources: {quoted(name)} {reason}" for reason in reasons if reason]
        troubles += [f"overrides.datasources: {quoted(name)}: {why}" for why in _bad_addresses(settings, uris)]
    return troubles


def is_converted(dataset: ImportedDataset) -> bool:
    """Whether a dataset is brought into another form before a run reads it: workbooks and JSON documents."""
    if dataset.connection_id is not None:
        return False
    reading = (dataset.detected or {}).get("reading") or {}
    if reading.get("format") == "json":
        return bool(reading.get("layout", {}).get("kind") != "lines")
    if reading.get("format") is not None:
        return bool(reading["format"] == "excel")
    return dataset.uri.lower().endswith((".xls", ".xlsx", ".json"))


def first_file(settings: Settings, dataset: ImportedDataset) -> str | None:
    """The file that tells the structure of a dataset: its own, or the first that fits with all defaults.

    None where only a run knows. Raises InvalidError when no file fits a pattern (platform 1.2).
    """
    definitions = defaults_of(dataset.run_parameters)
    if not dataset.is_dynamic or any(item.kind == "environment" for item in definitions):
        return dataset.uri
    place = place_of(settings, dataset, Resolved({item.name: item.default for item in definitions}))
    if isinstance(place, str):
        return place
    try:  # today may have no file
        found = chosen_files(settings, place, 1) or chosen_files(settings, place.at_any_time(), 1)
    except (ProblemError, OSError):
        return None
    if not found and not settings.parameters_allow_empty:
        raise InvalidError(f"dynamicPath: no files match '{place.shown}'")
    return found[0] if found else None


def _swapped(settings: Settings, dataset: ImportedDataset, uris: Sequence[str]) -> Source:
    files = tuple(_address(settings, uri) or uri for uri in uris)
    if dataset.detected is None:
        bare = Reading(files, None, dict(dataset.options or {})).as_json()
        return Source(dataset.name, bare | {"literal": True}, None)
    known = Reading.from_json(dataset.detected["reading"])
    options = dict(known.options)
    if known.csv is not None:
        options.setdefault("delimiter", known.csv.delimiter)
    reading = replace(known, files=files, options=options, foreign=True)
    return Source(dataset.name, reading.as_json() | {"literal": True}, columns_from_json(dataset.detected["columns"]))


def _address(settings: Settings, uri: str) -> str | None:
    """The address of a file; None where it is none, which `swap_troubles` tells."""
    try:
        return address_of_uri(settings, uri).uri
    except InvalidError:
        return None


def _cannot_be_swapped(settings: Settings, dataset: ImportedDataset) -> str | None:
    if dataset.connection_id is not None:
        return "is a table or query; only files can be replaced"
    if is_converted(dataset) and not settings.jobs_allow_converted_swap:
        return "is converted when it is read (Excel, JSON), such files cannot be replaced"
    return None


def _bad_addresses(settings: Settings, uris: Sequence[str]) -> list[str]:
    if not uris:
        return ["no file is named"]
    found = []
    for uri in uris:
        try:
            address_of_uri(settings, uri)
        except InvalidError as error:
            found.append(error.details)
    return found


def _columns_of_first(settings: Settings, place: PathPattern, dataset: ImportedDataset) -> Columns | None:
    try:
        first = chosen_files(settings, place, 1)
    except (ProblemError, OSError):
        return None
    found = look_at(settings, first[0], dict(dataset.options or {})) if first else None
    return None if found is None else found[1]
