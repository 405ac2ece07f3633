"""Spark in this process: one session, started when it is needed first."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gristmill.engines.spark.java import java_home
from gristmill.problems import quoted, run_error
from gristmill.recipe.job import Limits

FOLDER = "spark.local.dir"
SHUFFLES = "8"  # adaptive execution joins them where the data is small
LEAST_MEGABYTES = 1024
SILENT = f"-Dlog4j2.configurationFile={Path(__file__).with_name('log4j2.properties')}"
SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "spark.app.name": "gristmill",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.variable.substitute": "false",  # `${…}` in a text is text
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.python.worker.reuse": "true",
        "spark.driver.extraJavaOptions": SILENT,
    }
)
# For many tiny queries: no code is generated, nothing is split, and what the parser remembers is let go.
TINY: Mapping[str, str] = MappingProxyType(
    {
        "spark.driver.memory": "2g",
        "spark.sql.parser.manageParserCaches": "true",
        "spark.sql.parser.parserDfaCacheFlushThreshold": "20000",
        "spark.sql.shuffle.partitions": "1",
        "spark.default.parallelism": "1",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.driver.extraJavaOptions": f"{SILENT} -XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }
)


_routines: set[str] = set()


def registered() -> set[str]:
    """The names of the routines that the process's session knows."""
    return _routines


def settings_within(limits: Limits, scratch: Path) -> dict[str, str]:
    """Spark's settings for a job: its share of the memory, its folder for what does not fit, its own properties."""
    settings = {"spark.sql.shuffle.partitions": SHUFFLES}
    if limits.memory_bytes:
        settings["spark.driver.memory"] = f"{max(limits.memory_bytes >> 20, LEAST_MEGABYTES)}m"
    own = {name: value for name, value in limits.properties if is_settable(name)}
    return {**settings, **own, FOLDER: str(scratch)}


def is_settable(name: str) -> bool:
    """Whether a run may set a property: not what results, confinement and clean-up rest on."""
    return name.startswith("spark.") and name not in SETTINGS and name != FOLDER


def master_of(limits: Limits) -> str:
    """Where Spark runs. Raises RunError for what is not this machine."""
    master = limits.master or f"local[{limits.threads or '*'}]"
    if not re.fullmatch(r"local(\[([1-9][0-9]*|\*)\])?", master):
        raise run_error(f"not supported: Spark master {quoted(master)}; on this machine it is local[2] or local[*]")
    return master


def spark_session(limits: Limits, settings: Mapping[str, str] = MappingProxyType({})) -> Any:
    """The process's Spark session; limits and settings count when it is started.

    Raises RunError where pyspark or Java is missing, or the master is none of this machine.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise run_error("the spark engine needs pyspark: pip install 'gristmill[spark]'") from None
    running = SparkSession.getActiveSession()
    if running is not None:
        return running
    master = master_of(limits)
    os.environ["JAVA_HOME"] = java_home()
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    builder = SparkSession.builder.master(master)
    for name, value in {**SETTINGS, **settings}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    logging.getLogger("SQLQueryContextLogger").disabled = True  # our errors say what went wrong
    return session


@contextmanager
def stopped_after() -> Iterator[None]:
    """Stop the session that is started within; one that runs already stays."""
    from pyspark.sql import SparkSession

    before = SparkSession.getActiveSession()
    try:
        yield
    finally:
        session = SparkSession.getActiveSession()
        if before is None and session is not None:
            session.stop()
            _routines.clear()
