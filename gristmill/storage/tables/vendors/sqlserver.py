"""SQL Server and Azure SQL (types 13.2, 13.4)."""

from __future__ import annotations

from gristmill.storage.tables.vendor import Can, Update, Vendor, Ways

SQLSERVER = Vendor(
    name="sqlserver",
    title="SQL Server",
    dialect="tsql",
    driver="others",
    extra="sqlserver",
    port=1433,
    creates={
        "String": "NVARCHAR(MAX)",
        "Integer": "BIGINT",
        "Float": "FLOAT",
        "Bool": "BIT",
        "Datetime": "DATETIME2",
    },
    also={
        "String": "varchar,char,nchar,text,ntext",
        "Integer": "int,smallint,tinyint,decimal,numeric",
        "Float": "real,decimal,numeric",
        "Datetime": "datetime,date,smalldatetime",
    },
    reads={
        "Integer": "bigint,int,smallint,tinyint",
        "Float": "decimal,numeric,float,real,money,smallmoney",
        "Bool": "bit",
        "Datetime": "date,datetime,datetime2,smalldatetime",
    },
    can=Can(path=2, update=Update.MERGE, nul_in_text=True),
    ways=Ways(says_nullable=True, temporary="#", merged=";"),
)
