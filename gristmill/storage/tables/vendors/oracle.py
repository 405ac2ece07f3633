"""Oracle (types 13.2, 13.4)."""

from __future__ import annotations

from gristmill.storage.tables.vendor import Can, Swap, Update, Vendor

ORACLE = Vendor(
    name="oracle",
    title="Oracle",
    dialect="oracle",
    driver="others",
    extra="oracle",
    port=1521,
    creates={
        "String": "VARCHAR2(4000)",
        "Integer": "NUMBER(19)",
        "Float": "DECIMAL(38,9)",
        "Bool": "VARCHAR2(4000)",
        "Datetime": "TIMESTAMP",
    },
    also={
        "String": "varchar,nvarchar2,char,nchar,clob,nclob",
        "Integer": "int,integer,smallint,decimal,dec,numeric,float",
        "Float": "number,dec,numeric,float,binary_double,binary_float",
        "Datetime": "date",
    },
    reads={
        "Integer": "integer",
        "Float": "number,binary_double,binary_float,float",
        "Datetime": "date,timestamp,timestamp with time zone,timestamp with local time zone",
    },
    can=Can(
        ddl_rollback=False,
        truncate_rollback=False,
        like=False,
        temporary=False,
        swap=Swap.MOVE,
        update=Update.MERGE,
        empty_is_null=True,
    ),
)
