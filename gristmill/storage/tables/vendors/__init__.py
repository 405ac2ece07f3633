"""The database products that connections may name (api 3.4)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gristmill.problems import did_you_mean, quoted, run_error
from gristmill.storage.tables.vendor import Vendor
from gristmill.storage.tables.vendors.files import DUCKDB, SQLITE
from gristmill.storage.tables.vendors.lakes import BIGQUERY, DATABRICKS, HIVE, SNOWFLAKE
from gristmill.storage.tables.vendors.mysql import MARIADB, MYSQL
from gristmill.storage.tables.vendors.oracle import ORACLE
from gristmill.storage.tables.vendors.postgres import POSTGRES, REDSHIFT
from gristmill.storage.tables.vendors.sqlserver import SQLSERVER

VENDORS: Mapping[str, Vendor] = MappingProxyType(
    {
        vendor.name: vendor
        for vendor in (
            POSTGRES,
            MYSQL,
            MARIADB,
            SQLITE,
            DUCKDB,
            SQLSERVER,
            ORACLE,
            REDSHIFT,
            SNOWFLAKE,
            BIGQUERY,
            DATABRICKS,
            HIVE,
        )
    }
)
# other names that clients use for the same products
_ALIASES = {"postgresql": "postgres", "mssql": "sqlserver", "sparksql": "databricks"}


def vendor_named(name: str) -> Vendor:
    """The vendor of that name, in any case. Raises RunError for one that this program does not know."""
    folded = name.strip().casefold()
    found = VENDORS.get(_ALIASES.get(folded, folded))
    if found is None:
        known = ", ".join(VENDORS)
        raise run_error(
            f"not supported: tables of vendor {quoted(name)} (known: {known})", hint=did_you_mean(name, VENDORS)
        )
    return found
