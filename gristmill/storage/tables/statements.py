"""SQL for tables as trees: names are quoted as they are given, values are literals of the tree (api 3.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from gristmill.storage.tables.vendor import Swap, Update, Vendor


@dataclass(frozen=True, slots=True)
class NewColumn:
    """A column of a table to create; `native` is the vendor's name of its type."""

    name: str
    native: str


def named(name: str, path: Sequence[str] = ()) -> exp.Table:
    """A table; `path` is schema, or database and schema."""
    parts = [exp.to_identifier(part, quoted=True) for part in (*path, name)]
    catalog, schema = (None, None, *parts[:-1])[-2:]
    return exp.Table(this=parts[-1], db=schema, catalog=catalog)


def beside(table: exp.Table, name: str) -> exp.Table:
    """Another table in the same place."""
    other = table.copy()
    other.set("this", exp.to_identifier(name, quoted=True))
    return other


def shown(table: exp.Table) -> str:
    """A table's name for people: `public.orders`."""
    return ".".join(part.name for part in table.parts)


def column(name: str, of: str | None = None) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True), table=of)


def native_type(native: str) -> exp.DataType:
    """A type as the vendor spells it."""
    return exp.DataType(this=exp.DataType.Type.USERDEFINED, kind=native)


def create(table: exp.Table, columns: Sequence[NewColumn], vendor: Vendor) -> exp.Create:
    """A new table. Every column takes nulls (MySQL's first TIMESTAMP would not, if nothing was said)."""
    nullable = [exp.ColumnConstraint(kind=exp.NotNullColumnConstraint(allow_null=True))]
    said = nullable if vendor.ways.says_nullable else []
    definitions = [
        exp.ColumnDef(
            this=exp.to_identifier(item.name, quoted=True),
            kind=native_type(item.native),
            constraints=[constraint.copy() for constraint in said],
        )
        for item in columns
    ]
    return exp.Create(this=exp.Schema(this=table, expressions=definitions), kind="TABLE")


def create_like(table: exp.Table, model: exp.Table) -> exp.Create:
    """An empty table with the columns, defaults and indexes of another one."""
    like = exp.Properties(expressions=[exp.LikeProperty(this=model)])
    return exp.Create(this=table, kind="TABLE", properties=like)


def create_empty(table: exp.Table, model: exp.Table, names: Sequence[str], *, temporary: bool) -> exp.Create:
    """A table for rows on their way: some columns of another table, and no constraints."""
    never = exp.Literal.number(1).eq(exp.Literal.number(0))
    query = exp.select(*map(column, names)).from_(model).where(never)
    properties = [exp.TemporaryProperty()] if temporary else []
    return exp.Create(this=table, kind="TABLE", expression=query, properties=exp.Properties(expressions=properties))


def drop(table: exp.Table, *, if_exists: bool = False) -> exp.Drop:
    return exp.Drop(tables=[table], kind="TABLE", exists=if_exists)


def delete_all(table: exp.Table) -> exp.Expr:
    return exp.Delete(this=table)


def truncate(table: exp.Table) -> exp.Expr:
    return exp.TruncateTable(expressions=[table])


def insert(table: exp.Table, names: Sequence[str], query: exp.Expr) -> exp.Insert:
    """Rows of a query into some columns of a table."""
    identifiers = [exp.to_identifier(name, quoted=True) for name in names]
    return exp.Insert(this=exp.Schema(this=table, expressions=identifiers), expression=query)


def insert_all(table: exp.Table, names: Sequence[str], source: exp.Table) -> exp.Insert:
    return insert(table, names, exp.select(*map(column, names)).from_(source))


def insert_values(table: exp.Table, names: Sequence[str], marks: Sequence[str]) -> exp.Insert:
    """One row of bound values; `marks` stand for them in the driver's way."""
    row = exp.Tuple(expressions=[exp.var(mark) for mark in marks])
    return insert(table, names, exp.Values(expressions=[row]))


def upsert(
    table: exp.Table, source: exp.Table, names: Sequence[str], keys: Sequence[str], how: Update
) -> list[exp.Expr]:
    """Update the rows whose keys are in `source`, then insert the others."""
    others = [name for name in names if name not in keys]
    if how is Update.MERGE:
        return [_merge(table, source, names, keys, others)]
    update = [_update(table, source, keys, others, how)] if others else []
    there = exp.select(exp.Literal.number(1)).from_(_aliased(table, "t")).where(_same(keys))
    missing = exp.select(*(column(name, "s") for name in names)).from_(_aliased(source, "s"))
    return [*update, insert(table, names, missing.where(exp.Not(this=exp.Exists(this=there))))]


def replace_by(
    table: exp.Table, staging: exp.Table, old: exp.Table, vendor: Vendor, *, exists: bool, is_same: bool
) -> list[exp.Expr]:
    """Let a loaded table take the name, and the place, of another one; `is_same`: both have the same columns."""
    if not exists:
        return [_rename(staging, table, vendor)]
    match vendor.can.swap:
        case Swap.RENAME:
            return [_rename_all([(table, old), (staging, table)], vendor)]
        case Swap.EXCHANGE:
            return [exp.Alter(this=table, kind="TABLE", actions=[exp.SwapTable(this=staging)])]
        case Swap.REPLACE:
            query = exp.select("*").from_(staging)
            return [exp.Create(this=table, kind="TABLE", expression=query, replace=True)]
        case Swap.OVERWRITE if is_same:
            return [exp.Insert(this=table, expression=exp.select("*").from_(staging), overwrite=True)]
        case _:
            return [drop(table), _rename(staging, table, vendor)]


def _rename(table: exp.Table, to: exp.Table, vendor: Vendor) -> exp.Expr:
    if vendor.can.swap is Swap.RENAME:
        return _rename_all([(table, to)], vendor)
    # only the name: most databases refuse a path here
    return exp.Alter(this=table, kind="TABLE", actions=[exp.AlterRename(this=named(to.name))])


def _rename_all(pairs: Sequence[tuple[exp.Table, exp.Table]], vendor: Vendor) -> exp.Expr:
    # sqlglot has no tree for several names at once
    text = ", ".join(f"{one.sql(dialect=vendor.dialect)} TO {two.sql(dialect=vendor.dialect)}" for one, two in pairs)
    return exp.Command(this="RENAME TABLE", expression=text)


def _aliased(table: exp.Table, name: str) -> exp.Table:
    found = table.copy()
    found.set("alias", exp.TableAlias(this=exp.to_identifier(name)))
    return found


def _same(keys: Sequence[str]) -> exp.Expr:
    return exp.and_(*(column(key, "t").eq(column(key, "s")) for key in keys))


def _update(table: exp.Table, source: exp.Table, keys: Sequence[str], others: Sequence[str], how: Update) -> exp.Expr:
    if how is Update.JOIN:
        joined = _aliased(table, "t")
        joined.append("joins", exp.Join(this=_aliased(source, "s"), on=_same(keys)))
        return exp.Update(this=joined, expressions=[column(name, "t").eq(column(name, "s")) for name in others])
    values = [column(name).eq(column(name, "s")) for name in others]
    return exp.Update(
        this=_aliased(table, "t"),
        expressions=values,
        from_=exp.From(this=_aliased(source, "s")),
        where=exp.Where(this=_same(keys)),
    )


def _merge(
    table: exp.Table, source: exp.Table, names: Sequence[str], keys: Sequence[str], others: Sequence[str]
) -> exp.Expr:
    values = [column(name).eq(column(name, "s")) for name in others]
    matched = [exp.When(matched=True, then=exp.Update(expressions=values))] if others else []
    added = exp.Insert(
        this=exp.Tuple(expressions=[column(name) for name in names]),
        expression=exp.Tuple(expressions=[column(name, "s") for name in names]),
    )
    return exp.Merge(
        this=_aliased(table, "t"),
        using=_aliased(source, "s"),
        on=exp.Paren(this=_same(keys)),
        whens=exp.Whens(expressions=[*matched, exp.When(matched=False, then=added)]),
    )
