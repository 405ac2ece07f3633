"""Values of settings: from flags, the environment and `config.toml`, each in its type."""

from __future__ import annotations

import json
import math
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from gristmill.problems import did_you_mean, quoted
from gristmill.settings.kinds import InstanceType, Pairs, Setting, SettingError, Texts
from gristmill.settings.table import TABLE, Settings

_TRUE = ("true", "1", "yes", "on")
_FALSE = ("false", "0", "no", "off")


def load_settings(
    flags: Mapping[str, object | None] | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """The settings in force: flag > environment > `config.toml` > default.

    `flags` has the keys of the table (`server.port`); None means "not given". Raises SettingError for an unknown key
    in the flags or the file, and for a value of the wrong kind.
    """
    given = {key: value for key, value in (flags or {}).items() if value is not None}
    environ = os.environ if environment is None else environment
    named = {row.key: environ[row.environment] for row in TABLE.values() if environ.get(row.environment)}
    home = Path(read_value(TABLE["home"], given.get("home", named.get("home", TABLE["home"].default))))
    values = {**_from_file(home / "config.toml"), **named, **given, "home": home}
    return Settings(**{_row_of(key).attribute: read_value(_row_of(key), value) for key, value in values.items()})


def read_value(row: Setting, value: object) -> Any:
    """`value` in the type of `row`; texts are read as in the environment.

    Raises SettingError `jobs.maxAttempts: expected whole number, got 'many'`.
    """
    try:
        return _READERS[type(row.default)](value)
    except (ValueError, TypeError):
        raise SettingError(f"{row.key}: expected {row.kind}, got {quoted(value)}") from None


def _row_of(key: str) -> Setting:
    row = TABLE.get(key)
    if row is None:
        hint = did_you_mean(key, TABLE)
        raise SettingError(f"unknown setting {quoted(key)}" + (f". {hint}" if hint else ""))
    return row


def _from_file(path: Path) -> dict[str, object]:
    if not path.is_file():
        return {}
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"{path}: {error}") from None
    return dict(_flat(document, ""))


def _flat(table: Mapping[str, object], prefix: str) -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        if isinstance(value, Mapping) and f"{prefix}{key}" not in TABLE:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _bool(value: object) -> bool:
    text = str(value).strip().lower()
    if text not in (*_TRUE, *_FALSE):
        raise ValueError(text)
    return text in _TRUE


def _int(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise TypeError
    return int(value)


def _float(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise TypeError
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(number)
    return number


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _folder(value: object) -> Path:
    if not isinstance(value, (str, Path)):
        raise TypeError
    return Path(value).expanduser().absolute()


def _folders(value: object) -> tuple[Path, ...]:
    return tuple(_folder(item) for item in _items(value, os.pathsep))


def _texts(value: object) -> Texts:
    return Texts(text for item in _items(value, ",") if (text := _text(item).strip()))


def _pairs(value: object) -> Pairs:
    document = json.loads(value) if isinstance(value, str) else value
    if not isinstance(document, Mapping):
        raise TypeError
    return Pairs((str(name), _plain_text(text)) for name, text in document.items())


def _plain_text(value: object) -> str:
    if isinstance(value, (Mapping, list)) or value is None:
        raise TypeError
    return str(value).lower() if isinstance(value, bool) else str(value)


def _items(value: object, separator: str) -> Iterable[object]:
    if isinstance(value, str):
        is_array = value.lstrip().startswith("[")
        value = json.loads(value) if is_array else [part for part in value.split(separator) if part]
    if not isinstance(value, (list, tuple)):
        raise TypeError
    return value


_READERS: dict[type, Any] = {
    bool: _bool,
    int: _int,
    float: _float,
    str: _text,
    tuple: _folders,
    Texts: _texts,
    Pairs: _pairs,
    InstanceType: InstanceType,
    type(Path()): _folder,
}
