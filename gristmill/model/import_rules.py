"""The import rules of a deployment: kept by it, and put to use when a package comes in (api 3.13, platform 9.3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.model.access import Caller, hide, made_by, touch, visible
from gristmill.model.deployment_tables import Deployment, ObjectImportRule, ValueImportRule
from gristmill.model.errors import InvalidError
from gristmill.model.tables import Connection
from gristmill.problems import RecipeError, quoted
from gristmill.recipe.packages.flow import Package
from gristmill.recipe.packages.rules import Change, ValueRule, apply_rules, check_rule

Json = dict[str, Any]
Rule = TypeVar("Rule", ObjectImportRule, ValueImportRule)
CONNECTIONS = "connections"
CONDITIONS = ("id", "uuid", "name", "vendor", "type", "description")


def rules_of(session: Session, table: type[Rule], deployment: Deployment) -> list[Rule]:
    """The rules in force, in their order."""
    live = select(table).where(table.deployment_id == deployment.id, table.deleted_at.is_(None))
    return list(session.scalars(live.order_by(table.id)))


def replace_object_rules(
    session: Session, caller: Caller, deployment: Deployment, rules: Sequence[Json]
) -> list[ObjectImportRule]:
    """Put these rules in place of the former ones, which are returned; `rules` are keyed by column names.

    Raises InvalidError for other objects than connections, and where no connection of ours takes their place.
    """
    ours = _connections(session, caller)
    for place, rule in enumerate(rules):
        if rule["table_name"] != CONNECTIONS:
            raise InvalidError(f"[{place}].tableName: not supported: {quoted(rule['table_name'])}, only {CONNECTIONS}")
        for field in ("on_condition", "with_condition"):
            _check_condition(rule[field], f"[{place}].{'onCondition' if field[0] == 'o' else 'withCondition'}")
        _replacement(ours, rule["with_condition"], f"[{place}].withCondition")
    return _replace(session, caller, ObjectImportRule, deployment, rules)


def replace_value_rules(
    session: Session, caller: Caller, deployment: Deployment, rules: Sequence[Json]
) -> list[ValueImportRule]:
    """Put these rules in place of the former ones, which are returned; `rules` are keyed by column names.

    Raises InvalidError for unknown types and patterns that cannot be read.
    """
    for place, rule in enumerate(rules):
        try:
            check_rule(ValueRule(rule["type"], rule["on_value"], rule["with_value"]))
        except RecipeError as error:
            raise InvalidError(f"[{place}]: {error}") from None
    return _replace(session, caller, ValueImportRule, deployment, rules)


def follow_rules(
    session: Session, caller: Caller, deployment: Deployment, package: Package, mapped: Collection[str]
) -> tuple[Package, tuple[Change, ...]]:
    """A package as the rules of a deployment want it, and what they have changed: first objects, then values.

    Connections whose uuid is in `mapped` are left to whoever imports.
    """
    package, objects = _with_connections(session, caller, deployment, package, mapped)
    rows = rules_of(session, ValueImportRule, deployment)
    package, values = apply_rules(package, [ValueRule(row.type, row.on_value, row.with_value) for row in rows])
    return package, (*objects, *values)


def _with_connections(
    session: Session, caller: Caller, deployment: Deployment, package: Package, mapped: Collection[str]
) -> tuple[Package, list[Change]]:
    """Each rule sees what those before it have chosen."""
    ours = _connections(session, caller)
    now: dict[int, Json] = {one.id: one.document for one in package.connections if one.uuid not in mapped}
    for place, rule in enumerate(rules_of(session, ObjectImportRule, deployment)):
        chosen = {number for number, facts in now.items() if _fits(facts, rule.on_condition)}
        if chosen:
            row = _replacement(ours, rule.with_condition, f"objectImportRules[{place}].withCondition")
            now |= dict.fromkeys(chosen, _facts(row))
    connections, changes = [], []
    for one in package.connections:
        facts = now.get(one.id, one.document)
        connections.append(one if facts is one.document else replace(one, uuid=facts["uuid"]))
        if facts is not one.document:
            before, after = ({key: found.get(key) for key in ("id", "uuid", "name")} for found in (one.document, facts))
            changes.append(Change(CONNECTIONS, before, after, CONNECTIONS, one.id, one.name))
    return replace(package, connections=tuple(connections)), changes


def _replace(
    session: Session, caller: Caller, table: type[Rule], deployment: Deployment, rules: Sequence[Json]
) -> list[Rule]:
    former = rules_of(session, table, deployment)
    for row in former:
        hide(row, caller)
    for fields in rules:
        session.add(table(deployment_id=deployment.id, **fields, **made_by(caller)))
        session.flush()  # ids in the order of the rules
    touch(deployment, caller)
    session.flush()
    return former


def _connections(session: Session, caller: Caller) -> list[Connection]:
    live = select(Connection).where(visible(Connection, caller), Connection.deleted_at.is_(None))
    return list(session.scalars(live.order_by(Connection.id)))


def _check_condition(condition: Mapping[str, Any], field: str) -> None:
    unknown = next((key for key in condition if key not in CONDITIONS), None)
    if unknown is not None or not condition:
        got = "nothing" if unknown is None else quoted(unknown)
        raise InvalidError(f"{field}: expected some of {', '.join(CONDITIONS)}, got {got}")


def _replacement(ours: Sequence[Connection], condition: Mapping[str, Any], field: str) -> Connection:
    found = [row for row in ours if _fits(_facts(row), condition)]
    if len(found) != 1:
        shown = (f"{key} {value if isinstance(value, int) else quoted(value)}" for key, value in condition.items())
        number = "no connection has" if not found else f"{len(found)} connections have"
        raise InvalidError(f"{field}: {number} {' and '.join(shown)}")
    return found[0]


def _facts(row: Connection) -> Json:
    return {key: getattr(row, key) for key in CONDITIONS}


def _fits(facts: Mapping[str, Any], condition: Mapping[str, Any]) -> bool:
    """Literal equality; numbers may be given as texts, as in `{"id": "22"}`."""
    return all(facts.get(key) is not None and str(facts[key]) == str(value) for key, value in condition.items())
