"""What a setting is: a row of the table with its key, its kind and who may change it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any

PREFIX = "GRISTMILL_"


class Reach(Enum):
    """Who may see and change a setting."""

    SERVER = "server"  # flag, environment or file; not shown by the API
    SHOWN = "shown"  # the same, and shown in the workspace configuration
    SWITCH = "switch"  # a default that an administrator may change in the workspace configuration
    OPTION = "option"  # a default that the options of a run may replace; not shown by the API


class Texts(tuple[str, ...]):
    """A list of texts; other lists of the table are of folders."""

    __slots__ = ()


class Pairs(tuple[tuple[str, str], ...]):
    """Names with their texts, in order."""

    __slots__ = ()


class InstanceType(StrEnum):
    """What a server is for (platform 9.1)."""

    DEV = "dev"  # building only
    PROD = "prod"  # releases only
    BOTH = "both"


class SettingError(ValueError):
    """A setting has an unknown name or a value of the wrong kind."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A row of the table."""

    key: str
    attribute: str
    default: Any
    sentence: str
    reach: Reach

    @property
    def environment(self) -> str:
        """`jobs.photon.maxConcurrent` → `GRISTMILL_JOBS_PHOTON_MAX_CONCURRENT`."""
        return PREFIX + self.attribute.upper()

    @property
    def kind(self) -> str:
        """The type for people: `text`, `number`, `true or false`, `folder`, `list of folders`, `list of texts`."""
        return _KINDS[type(self.default)]


_KINDS: dict[type, str] = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    str: "text",
    tuple: "list of folders",
    Texts: "list of texts",
    Pairs: "names with texts",
    InstanceType: "one of dev, prod, both",
    type(Path()): "folder",
}
