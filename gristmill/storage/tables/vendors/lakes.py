"""Warehouses whose DDL is not part of transactions: Snowflake, BigQuery, Databricks, Hive (types 13.2, 13.3)."""

from __future__ import annotations

from dataclasses import replace

from gristmill.storage.tables.vendor import Can, Swap, Update, Vendor

STATEMENT_BY_STATEMENT = Can(
    path=2,
    rollback=False,
    temporary=False,
    ddl_rollback=False,
    truncate_rollback=False,
    swap=Swap.REPLACE,
    update=Update.MERGE,
)

SNOWFLAKE = Vendor(
    name="snowflake",
    title="Snowflake",
    dialect="snowflake",
    driver="others",
    extra="snowflake",
    port=443,
    creates={
        "String": "VARCHAR",
        "Integer": "BIGINT",
        "Float": "FLOAT",
        "Bool": "BOOLEAN",
        "Datetime": "TIMESTAMP",
        "Date": "DATE",
        "Time": "TIME",
    },
    also={
        "String": "char,character,string,text",
        "Integer": "number,decimal,numeric,int,integer,smallint",
        "Float": "float4,float8,double,double precision,real,number",
        "Datetime": "date,time,datetime,timestamp_ntz,timestamp_ltz,timestamp_tz",
    },
    reads={
        "Integer": "int,integer,bigint,smallint",
        "Float": "number,decimal,numeric,float,float4,float8,double,double precision,real",
        "Bool": "boolean",
        "Datetime": "date,time,datetime,timestamp,timestamp_tz,timestamp_ltz,timestamp_ntz",
        "Map": "variant,object",
        "Array": "array",
    },
    can=Can(
        path=2,
        ddl_rollback=False,
        truncate_rollback=False,
        swap=Swap.EXCHANGE,
        nul_in_text=True,
    ),
)

BIGQUERY = Vendor(
    name="bigquery",
    title="BigQuery",
    dialect="bigquery",
    driver="others",
    extra="bigquery",
    creates={
        "String": "STRING",
        "Integer": "INTEGER",
        "Float": "FLOAT64",
        "Bool": "BOOLEAN",
        "Datetime": "DATETIME",
        "Date": "DATE",
        "Time": "TIME",
    },
    also={
        "Integer": "int64,bigint,int,numeric,bignumeric",
        "Float": "float,numeric,bignumeric",
        "Bool": "bool",
        "Datetime": "date,time,timestamp",
    },
    reads={
        "Integer": "integer,int64",
        "Float": "float,float64,numeric,bignumeric",
        "Bool": "boolean,bool",
        "Datetime": "timestamp,date,time,datetime",
        "Map": "record,struct",
        "Array": "array",
    },
    can=STATEMENT_BY_STATEMENT,
)

DATABRICKS = Vendor(
    name="databricks",
    title="Databricks",
    dialect="databricks",
    driver="others",
    extra="databricks",
    port=443,
    creates={"String": "string", "Integer": "bigint", "Float": "double", "Bool": "boolean", "Datetime": "timestamp"},
    also={"String": "char,varchar", "Integer": "int", "Float": "float,decimal", "Datetime": "date"},
    reads={
        "Integer": "tinyint,smallint,int,bigint",
        "Float": "decimal,double,float",
        "Bool": "boolean",
        "Datetime": "date,timestamp",
        "Map": "map,struct",
        "Array": "array",
    },
    can=STATEMENT_BY_STATEMENT,
)

HIVE = replace(
    DATABRICKS,
    name="hive",
    title="Hive",
    dialect="hive",
    extra="hive",
    port=10000,
    can=Can(
        rollback=False,
        ddl_rollback=False,
        truncate_rollback=False,
        swap=Swap.OVERWRITE,
        update=Update.NEVER,
    ),
)
