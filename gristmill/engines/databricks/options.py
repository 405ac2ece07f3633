"""The options of Databricks runs: their names and types are those of the settings `databricks.…` (platform 7.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from gristmill.settings import TABLE, SettingError, Settings, read_value

PREFIX = "databricks."
Options = Mapping[str, Any]


class OptionError(Exception):
    """An option has a value that no cluster can be made of; the text names it."""


@dataclass(frozen=True, slots=True)
class Values:
    """What holds for a run: `given` are its own options, typed; the settings stand behind them."""

    settings: Settings
    given: Options

    def __getitem__(self, key: str) -> Any:
        own = self.given.get(key)
        return getattr(self.settings, TABLE[PREFIX + key].attribute) if own is None else own

    def first_of(self, id_key: str, name_key: str) -> tuple[str, str]:
        """Id and name of a pool, of which a run may give either: then the settings' other one does not hold."""
        if self.given.get(id_key) or self.given.get(name_key):
            id, name = self.given.get(id_key, ""), self.given.get(name_key, "")
        else:
            id, name = self[id_key], self[name_key]
        return (id, "") if id else ("", name)

    @property
    def cloud(self) -> str:
        """`aws`, `azure` or `gcp`."""
        if self.settings.databricks_cloud:
            return self.settings.databricks_cloud.lower()
        host = host_of(self["serviceUrl"]).partition(":")[0]
        if host.endswith(".azuredatabricks.net"):
            return "azure"
        return "gcp" if host.endswith(".gcp.databricks.com") else "aws"


def host_of(url: str) -> str:
    """Host and port of a workspace's address, with whatever else stands before the path; empty for none."""
    try:
        return urlsplit(url if "://" in url else f"https://{url}").netloc.lower()
    except ValueError:
        return ""


def read_options(options: Options) -> dict[str, Any]:
    """Options with values of their types; numbers and booleans may come as texts.

    Raises OptionError `databricksOptions maxWorkers: expected whole number, got 'many'`. The keys must be known.
    """
    return {key: read_option(key, value) for key, value in options.items()}


def read_option(key: str, value: object) -> Any:
    """One value in the type of its option. Raises OptionError."""
    row = TABLE[PREFIX + key]
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    try:
        if isinstance(row.default, bool) and is_number:  # settings would take 1 for true
            raise SettingError(f"{row.key}: expected {row.kind}, got {value}")
        return read_value(row, value)
    except SettingError as error:
        _, _, reason = str(error).partition(": ")
        raise OptionError(f"databricksOptions {key}: {reason}") from None
