"""Databases that are files inside of the permitted roots: SQLite and DuckDB."""

from __future__ import annotations

from gristmill.storage.tables.vendor import Can, Vendor, Ways

SQLITE = Vendor(
    name="sqlite",
    title="SQLite",
    dialect="sqlite",
    driver="sqlite",
    creates={"String": "TEXT", "Integer": "INTEGER", "Float": "REAL", "Bool": "BOOLEAN", "Datetime": "TIMESTAMP"},
    also={
        "String": "varchar,char,clob,",
        "Integer": "bigint,int,smallint,numeric",
        "Float": "double,double precision,float,numeric,decimal",
        "Bool": "bool,integer",
        "Datetime": "datetime,date",
        "Map": "json",
        "Array": "json",
    },
    reads={
        "Integer": "integer,int,bigint,smallint,tinyint",
        "Float": "real,double,float,numeric,decimal",
        "Bool": "boolean,bool",
        "Datetime": "timestamp,datetime,date",
    },
    can=Can(nul_in_text=True, truncate_rollback=False),
    ways=Ways(text=""),
    is_file=True,
    runs_in_tests=True,
)

DUCKDB = Vendor(
    name="duckdb",
    title="DuckDB",
    dialect="duckdb",
    driver="duckdb",
    creates={"String": "VARCHAR", "Integer": "BIGINT", "Float": "DOUBLE", "Bool": "BOOLEAN", "Datetime": "TIMESTAMP"},
    also={
        "Integer": "integer,smallint,tinyint,hugeint,decimal",
        "Float": "float,decimal",
        "Datetime": "date,timestamp with time zone",
        "Map": "json",
        "Array": "json",
    },
    reads={
        "Integer": "bigint,integer,smallint,tinyint,utinyint,usmallint,uinteger",
        "Float": "double,float,decimal,hugeint,ubigint",
        "Bool": "boolean",
        "Datetime": "date,time,timestamp,timestamp with time zone,timestamp_s,timestamp_ms,timestamp_ns",
        "Map": "json",
    },
    can=Can(nul_in_text=True),
    is_file=True,
    runs_in_tests=True,
)
