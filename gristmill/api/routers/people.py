"""`/v4/people` (api 3.2)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import Field

from gristmill.api.answers import listed, shown
from gristmill.api.embedding import Json
from gristmill.api.errors import invalid
from gristmill.api.inputs import Flag, Item, List, Name, PathId, V4Body, read_id
from gristmill.api.resources.people import PEOPLE, privileges
from gristmill.api.routing import Conf, CurrentUser, Db, v4_router
from gristmill.model import people
from gristmill.model.tables import Person

router = v4_router("people")
WithPrivileges = Annotated[Flag, Query(alias="includePrivileges", description="add `maximalPrivileges`")]


class NewPerson(V4Body):
    """`password` and `password2` must be equal, `accept` says yes to the terms."""

    name: Name
    email: Annotated[str, Field(min_length=3, max_length=320)]
    password: Annotated[str, Field(max_length=1000)]
    password2: str
    accept: Literal["accept"]
    is_admin: bool = False
    output_home_dir: str | None = None
    upload_dir: str | None = None


@router.get("/current")
def get_current_person(
    user: CurrentUser, db: Db, conf: Conf, query: Item, with_privileges: WithPrivileges = False
) -> Json:
    """The person whose credentials the request carries."""
    with db.read() as session:
        person = people.readable_person(session, user, user.person_id)
        item = shown(session, conf, PEOPLE, person, query.embed, query.fields)
        return _add_privileges(item, person) if with_privileges else item


@router.get("")
def list_people(
    user: CurrentUser,
    db: Db,
    conf: Conf,
    query: List,
    email: Annotated[str | None, Query(description="exact mail address, any case")] = None,
    state: Annotated[str | None, Query(description="`active` or `hidden`")] = None,
    is_disabled: Annotated[Flag | None, Query(alias="isDisabled")] = None,
    people_ids: Annotated[str | None, Query(alias="peopleIds", description="ids separated by commas")] = None,
    with_privileges: WithPrivileges = False,
) -> Json:
    """People: everyone for administrators, yourself otherwise."""
    where: list[Any] = []
    if email is not None:
        where.append(Person.email_key == email.casefold())
    if state is not None:
        where.append(Person.state == state)
    if is_disabled is not None:
        where.append(Person.is_disabled.is_(is_disabled))
    if people_ids is not None:
        where.append(Person.id.in_(_ids(people_ids)))
    with db.read() as session:
        answer = listed(session, conf, user, PEOPLE, query, *where)
        if with_privileges:
            answer["data"] = [_add_privileges(item, session.get_one(Person, item["id"])) for item in answer["data"]]
        return answer


@router.get("/{id}")
def get_person(
    id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item, with_privileges: WithPrivileges = False
) -> Json:
    """A person: anybody for administrators, only yourself otherwise."""
    with db.read() as session:
        person = people.readable_person(session, user, id)
        item = shown(session, conf, PEOPLE, person, query.embed, query.fields)
        return _add_privileges(item, person) if with_privileges else item


@router.post("", status_code=201)
def create_person(body: NewPerson, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Add a person who may log in. Only administrators may."""
    if body.password != body.password2:
        raise invalid("password2: differs from password")
    with db.write() as session:
        new = people.NewPerson(**body.model_dump(exclude={"password2", "accept"}))
        return shown(session, conf, PEOPLE, people.create_person(session, user, new))


def _add_privileges(item: Json, person: Person) -> Json:
    return {**item, "maximalPrivileges": privileges(person)}


def _ids(text: str) -> list[int]:
    try:
        return [min(read_id(part.strip()), 2**63 - 1) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise invalid(f"peopleIds: {error}") from None
