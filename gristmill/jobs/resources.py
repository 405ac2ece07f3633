"""What an engine may use: its share of the machine, the same for all that run (platform 2.6)."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from gristmill.recipe.job import Limits
from gristmill.settings import Settings

_CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def share(settings: Settings, limits: Limits, running: int) -> Limits:
    """`limits` with the memory and threads of one of `running` engines; one alone gets everything."""
    memory = machine_memory() * settings.jobs_photon_memory_percent // 100
    threads = settings.jobs_photon_threads or machine_threads()
    return replace(limits, memory_bytes=memory // running, threads=max(threads // running, 1))


def machine_memory() -> int:
    """Bytes that this machine, or the container around us, has."""
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in _CGROUP_LIMITS:
        with suppress(OSError, ValueError):  # absent, or `max`
            found.append(int(path.read_text()))
    return min(found)


def machine_threads() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
