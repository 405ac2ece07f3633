"""MySQL and MariaDB: DDL ends a transaction, so tables are loaded beside and renamed (types 13.2, 13.4)."""

from __future__ import annotations

from dataclasses import replace

from gristmill.storage.tables.vendor import Can, Update, Vendor, Ways

MYSQL = Vendor(
    name="mysql",
    title="MySQL",
    dialect="mysql",
    driver="mysql",
    extra="mysql",
    port=3306,
    creates={"String": "LONGTEXT", "Integer": "BIGINT", "Float": "DOUBLE", "Bool": "BIT(1)", "Datetime": "TIMESTAMP"},
    also={
        "String": "varchar,char,tinytext,text,mediumtext,longtext",
        "Integer": "int,smallint,mediumint,tinyint,decimal,numeric",
        "Float": "float,decimal,real,numeric",
        "Bool": "tinyint",
        "Datetime": "datetime,date",
        "Map": "json",
        "Array": "json",
    },
    reads={
        "Integer": "bigint,tinyint,mediumint,smallint,int",
        "Float": "float,numeric,decimal,real,double",
        "Bool": "boolean",
        "Datetime": "date,time,datetime,timestamp",
    },
    can=Can(ddl_rollback=False, truncate_rollback=False, update=Update.JOIN, nul_in_text=True, inner_order=False),
    ways=Ways(
        says_nullable=True,
        limited="VARCHAR",
        fraction="(6)",
        text="CHAR",
        booleans=("tinyint(1)",),
        are_numbers=True,
        moments={"timestamp": ("1970-01-01 00:00:01", "2038-01-19 03:14:07.999999")},
        is_placed=True,
    ),
    runs_in_tests=True,
)

MARIADB = replace(MYSQL, name="mariadb", title="MariaDB")
