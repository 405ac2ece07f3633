"""PostgreSQL, and Redshift which speaks its protocol (types 13.2, 13.4)."""

from __future__ import annotations

from gristmill.storage.tables.vendor import Can, Swap, Vendor

POSTGRES = Vendor(
    name="postgres",
    title="PostgreSQL",
    dialect="postgres",
    driver="postgres",
    port=5432,
    creates={"String": "VARCHAR", "Integer": "BIGINT", "Float": "DECIMAL", "Bool": "BOOL", "Datetime": "TIMESTAMP"},
    also={
        "String": "character varying,text,character,char,bpchar,citext",
        "Integer": "integer,int,smallint,numeric,decimal",
        "Float": "numeric,double precision,real",
        "Bool": "boolean",
        "Datetime": "date,timestamp with time zone",
        "Map": "json,jsonb",
        "Array": "json,jsonb",
    },
    reads={
        "Integer": "bigint,bigserial,integer,serial,smallint,smallserial",
        "Float": "decimal,double precision,money,numeric,real",
        "Bool": "boolean",
        "Datetime": "date,time,timestamp,timestamp with time zone",
        "Map": "json,jsonb",
    },
    can=Can(path=2),
    runs_in_tests=True,
)

REDSHIFT = Vendor(
    name="redshift",
    title="Amazon Redshift",
    dialect="redshift",
    driver="others",
    extra="redshift",
    port=5439,
    creates={
        "String": "varchar(65535)",
        "Integer": "bigint",
        "Float": "double precision",
        "Bool": "bool",
        "Datetime": "timestamp",
    },
    also={"String": "varchar,text,nvarchar,bpchar,character varying,character", "Bool": "boolean"},
    reads={
        "Integer": "bigint,integer,smallint",
        "Float": "double precision,real,numeric,decimal",
        "Bool": "bool,boolean",
        "Datetime": "date,timestamp",
    },
    can=Can(path=2, truncate_rollback=False, swap=Swap.MOVE),
)
