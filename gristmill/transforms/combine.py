"""Several datasets: join, lookup, union."""

from __future__ import annotations

from dataclasses import replace

from gristmill.language import tree
from gristmill.language.grammar import Kind as Written
from gristmill.plan.branches import unite
from gristmill.plan.building import case, null
from gristmill.plan.comparison import compare
from gristmill.plan.expressions import Column, Expr, Form, Key, Literal
from gristmill.plan.relations import Join as JoinRelation
from gristmill.plan.relations import JoinKind
from gristmill.plan.relations import Union as UnionRelation
from gristmill.plan.rows import Field, Rows, claim_name, name_key
from gristmill.plan.values import NULL, SOFT, Kind, Typing, Value
from gristmill.plan.views import condition_view, fits
from gristmill.problems import Span, quoted, recipe_error
from gristmill.transforms import naming
from gristmill.transforms import parameters as p
from gristmill.transforms.base import Transform
from gristmill.transforms.evaluate import evaluate
from gristmill.transforms.scope import Aggregates, Scope
from gristmill.types.logical import STRING, Family

CURRENT = "current_dataset"
JOIN_CONDITION = "an aggregate cannot stand in a join's condition"


class Join(Transform, name="join", title="Join datasets", group="combine"):
    """Put rows of another dataset beside the rows, wherever a condition holds.

    Empty keys never match, not even each other. Rows come in the order of the current dataset, each with its partners
    in their order; rows of the other dataset without a partner come last.
    """

    with_ = p.datasets("the other dataset")
    col = p.special(Written.JOIN_COLUMNS, "columns of the result: name = dataset.column")
    row = p.expression("which rows match", required=False)
    type = p.word(
        "rows without a partner: none, of the current dataset, of the other, of both",
        ("inner", "left", "right", "outer", "cross"),
        required=True,
        synonyms={"full": "outer", "fullouter": "outer", "full outer": "outer"},
    )

    def apply(self, rows: Rows) -> Rows:
        if len(self.with_) != 1:
            raise recipe_error("syntax", "join takes one other dataset", span=self.step.span)
        name = self.with_[0].name
        sides = Sides(rows, self.env.rows_of(name, self.with_[0].span).renumbered(), name)
        condition = self._condition(rows, sides)
        joined = sides.joined(JoinKind(self.type) if condition is not None else JoinKind.CROSS, condition)
        if sides.open:
            return replace(joined.with_fields(()), open=True)
        return joined.with_fields(self._fields(sides)).without_lineage(path=True)

    def _condition(self, rows: Rows, sides: Sides) -> Expr | None:
        if self.row is None or self.type == "cross":
            return None
        scope = self.scope(
            rows, qualified=sides.column, aggregates=Aggregates.REFUSED, refusal=JOIN_CONDITION, joining=True
        )
        return condition_view(evaluate(keys_present(self.row, sides), scope))

    def _fields(self, sides: Sides) -> list[Field]:
        if not self.col:
            used = {name_key(item.name) for item in sides.left.fields}
            added = [Field(claim_name(item.name, used), item.value) for item in sides.right.fields]
            return [*sides.left.fields, *added]
        fields: list[Field] = []
        for item in self.col:
            if not isinstance(item, tree.OutputColumn):
                raise recipe_error("syntax", "expected name = dataset.column", span=item.span)
            name = naming.clean(item.name)
            if any(name_key(name) == name_key(field.name) for field in fields):
                raise recipe_error("duplicate-column", f"column {quoted(name)} already exists", span=item.span)
            fields.append(Field(name, sides.column(item.source)))
        return fields


def keys_present(condition: tree.Value, sides: Sides) -> tree.Value:
    """The condition, in which a key that is empty or mismatched equals nothing (language 1.5)."""
    if not isinstance(condition, tree.Call):
        return condition
    if condition.function in ("AND", "OR"):
        args = tuple(keys_present(arg, sides) for arg in condition.args)
        return tree.Call(condition.function, args, span=condition.span)  # type: ignore[arg-type]
    if condition.function != "EQUAL":
        return condition
    return replace(condition, args=tuple(_present(side, sides) for side in condition.args))


def _present(side: tree.Expression, sides: Sides) -> tree.Expression:
    """A key, null where its cell is no key: null equals nothing.

    A condition beside the comparison would keep engines from hashing the keys.
    """
    if not isinstance(side, tree.Name | tree.Qualified | tree.Call):
        return side
    if not isinstance(side, tree.Call) and is_strict(sides.column(side)):
        return tree.Call("IF", (tree.Call("VALID", (side,)), side, tree.Call("NULL", ())))
    return tree.Call("IF", (tree.Call("ISMISSING", (side,)), tree.Call("NULL", ()), side))


def is_strict(key: Value) -> bool:
    """Whether texts may be no keys: those that do not fit a hard type; views of numbers and dates are null there."""
    return key.typing.kind is Kind.HARD and key.typing.family is Family.TEXT and key.typing.logical != STRING


class Sides:
    """The two datasets of a join."""

    def __init__(self, left: Rows, right: Rows, name: str) -> None:
        self.left, self.right, self.name = left, right, name

    @property
    def open(self) -> bool:
        return self.left.open or self.right.open

    def column(self, node: tree.Qualified | tree.Name, own: Rows | None = None) -> Value:
        """The column of the side that the node names; of `own` where that has it and the node names no side.

        Raises RecipeError for an unknown dataset or column.
        """
        if isinstance(node, tree.Name):
            if own is not None and own.position(node.name) is not None:
                return own.find(node.name, node.span).value
            return self._unqualified(node)
        rows = self._side(node.dataset, node.span)
        if rows.open and rows.position(node.name) is None:
            return NULL
        return rows.find(node.name, node.span).value

    def _unqualified(self, node: tree.Name) -> Value:
        found = [rows for rows in (self.left, self.right) if rows.position(node.name) is not None]
        if len(found) > 1:
            raise recipe_error(
                "ambiguous-column",
                f"column {quoted(node.name)} exists in both datasets, write {CURRENT}.{node.name} or "
                f"{self.name}.{node.name}",
                span=node.span,
            )
        if not found and self.open:
            return NULL
        return (found[0] if found else self.left).find(node.name, node.span).value

    def _side(self, name: str, span: Span | None) -> Rows:
        if name == CURRENT:
            return self.left
        if name.casefold() == self.name.casefold():
            return self.right
        if name == "MISSING":
            raise recipe_error(
                "unknown-dataset", "dataset not found: the input of this step no longer exists", span=span
            )
        raise recipe_error("unknown-dataset", f"dataset not found: {quoted(name)}", span=span)

    def joined(self, kind: JoinKind, condition: Expr | None) -> Rows:
        """The joined rows, with the columns of the left side."""
        left, left_order = self.left.numbered()
        right_order = self.right.order[0].expr
        relation = JoinRelation(left.relation, self.right.relation, kind, condition)
        keys = (Key(left_order), Key(right_order))
        return replace(left, relation=relation, order=keys).without_lineage()


class Lookup(Transform, name="lookup", title="Lookup", group="combine"):
    """Add all columns of another dataset, beside the column that finds its row there by a key."""

    with_ = p.datasets("the other dataset")
    col = p.special(Written.QUALIFIED, "the column of the current dataset", required=True)
    key = p.special(Written.QUALIFIED, "the key column of the other dataset", required=True)

    def apply(self, rows: Rows) -> Rows:
        if len(self.with_) != 1:
            raise recipe_error("syntax", "lookup takes one other dataset", span=self.step.span)
        name = self.with_[0].name
        sides = Sides(rows, self.env.rows_of(name, self.with_[0].span).renumbered(), name)
        scope = self.scope(rows, joining=True)
        column, key = sides.column(self.col[0], rows), sides.column(self.key[0], sides.right)
        present = _key_of(column, scope), _key_of(key, scope)
        joined = sides.joined(JoinKind.LEFT, compare("=", *present, scope))
        if sides.open:
            return replace(joined.with_fields(()), open=True)
        added = [item for item in sides.right.fields if item.value.expr != key.expr]
        place = next(at for at, item in enumerate(rows.fields) if item.value.expr == column.expr)
        used = {name_key(item.name) for item in rows.fields}
        new = [Field(claim_name(item.name, used), item.value) for item in added]
        return joined.with_fields([*rows.fields[: place + 1], *new, *rows.fields[place + 1 :]])


def _key_of(key: Value, scope: Scope) -> Value:
    """The key, null where its cell is none: null equals nothing."""
    if not key.is_text:
        return key
    is_key = fits(key, key.typing.logical, scope) if is_strict(key) else ~key.expr.eq("")
    return replace(key, expr=case((is_key, key.expr)))


class Union(Transform, name="union", title="Union datasets", group="combine"):
    """Put the rows of other datasets under the rows; columns meet by a mapping, or by name."""

    with_ = p.datasets("the other datasets")
    mapping = p.special(Written.MAPPING, "columns of the result: name and sources")

    def apply(self, rows: Rows) -> Rows:
        others = [self.env.rows_of(item.name, item.span).renumbered() for item in self.with_]
        names = [CURRENT, *(item.name for item in self.with_)]
        parts = [rows, *others]
        if any(part.open for part in parts):
            return replace(rows.with_fields(()), open=True)
        columns = self._mapped(parts, names) if self.mapping else _by_name(parts)
        return self._united(parts, columns)

    def _mapped(self, parts: list[Rows], names: list[str]) -> list[tuple[str, list[Value | None]]]:
        columns: list[tuple[str, list[Value | None]]] = []
        used: set[str] = set()
        for item in self.mapping:
            if not isinstance(item, tree.MappedColumn):
                raise recipe_error("syntax", "expected {'as': name, 'sources': columns}", span=item.span)
            values: list[Value | None] = [None] * len(parts)
            for source in item.sources:
                at, value = _source(source, parts, names)
                values[at] = value
            columns.append((claim_name(naming.clean(item.name), used), values))
        return columns

    def _united(self, parts: list[Rows], columns: list[tuple[str, list[Value | None]]]) -> Rows:
        scope = self.scope(parts[0])
        numbered = [part.numbered() for part in parts]
        definitions: list[tuple[int, tuple[Expr, ...]]] = []
        fields = []
        for name, values in columns:
            present = [value or NULL for value in values]
            exprs, typing = unite(present, scope)
            form = next((expr.form for expr in exprs if expr.form is not Form.ANY), Form.TEXT)
            number = next(parts[0].ids)
            definitions.append((number, tuple(null(form) if _is_null(expr) else expr for expr in exprs)))
            fields.append(Field(name, Value(Column(number, form), _united_typing(values, typing))))
        order = [Column(next(parts[0].ids), Form.INTEGER) for _ in range(2)]
        definitions.append((order[0].id, tuple(Literal(at, Form.INTEGER) for at in range(len(parts)))))
        definitions.append((order[1].id, tuple(key for _, key in numbered)))
        path = Column(next(parts[0].ids), Form.TEXT)
        definitions.append((path.id, tuple(part.path or null(Form.TEXT) for part, _ in numbered)))
        relation = UnionRelation(tuple(part.relation for part, _ in numbered), tuple(definitions))
        first = numbered[0][0]
        return replace(
            first.with_fields(fields), relation=relation, order=tuple(Key(column) for column in order), path=path
        ).without_lineage()


def _is_null(expr: Expr) -> bool:
    return isinstance(expr, Literal) and expr.value is None


def _united_typing(values: list[Value | None], typing: Typing) -> Typing:
    """Same type on all sides: that type, hard if one is; two Datetime formats and all else: soft (types 8.4)."""
    return typing if any(value is not None for value in values) else SOFT


def _source(node: tree.Qualified | tree.Name, parts: list[Rows], names: list[str]) -> tuple[int, Value]:
    if isinstance(node, tree.Name):
        return 0, parts[0].find(node.name, node.span).value
    folded = [name.casefold() for name in names]
    if node.dataset.casefold() not in folded:
        raise recipe_error("unknown-dataset", f"dataset not found: {quoted(node.dataset)}", span=node.span)
    at = folded.index(node.dataset.casefold())
    return at, parts[at].find(node.name, node.span).value


def _by_name(parts: list[Rows]) -> list[tuple[str, list[Value | None]]]:
    """Columns of equal names meet; new ones follow in the order of their appearance."""
    columns: dict[str, tuple[str, list[Value | None]]] = {}
    for at, part in enumerate(parts):
        for item in part.fields:
            found = columns.setdefault(name_key(item.name), (item.name, [None] * len(parts)))
            found[1][at] = item.value
    return list(columns.values())
