"""Spark in this process: one session, started when it is needed first."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gristmill.engines.spark.java import java_home
from gristmill.problems import run_error

LOCAL = "local[2]"
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
# For many tiny queries: no code is generated, nothing is split.
TINY: Mapping[str, str] = MappingProxyType(
    {
        "spark.sql.shuffle.partitions": "1",
        "spark.default.parallelism": "1",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.driver.extraJavaOptions": f"{SILENT} -XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }
)


def spark_session(master: str = "", settings: Mapping[str, str] = MappingProxyType({})) -> Any:
    """The process's Spark session; `settings` count when it is started. Raises RunError where Java is missing."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise run_error("the spark engine needs pyspark: pip install 'gristmill[spark]'") from None
    running = SparkSession.getActiveSession()
    if running is not None:
        return running
    os.environ["JAVA_HOME"] = java_home()
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    builder = SparkSession.builder.master(master or LOCAL)
    for name, value in {**SETTINGS, **settings}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    logging.getLogger("SQLQueryContextLogger").disabled = True  # our errors say what went wrong
    return session
