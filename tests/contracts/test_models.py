"""What all contracts have in common."""

import importlib
import pkgutil

import pytest
from pydantic import BaseModel, ValidationError

import contracts
from contracts.base import Input, Output
from contracts.errors import ErrorEnvelope
from contracts.tickets import TicketCreate, TicketEventRead, TicketQuery, TicketRead, TicketUpdate


def everything() -> set[type[BaseModel]]:
    """Every model in the package."""
    modules = [importlib.import_module(f"contracts.{found.name}") for found in pkgutil.iter_modules(contracts.__path__)]
    return {
        thing
        for module in modules
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, BaseModel) and thing.__module__.startswith("contracts")
    }


@pytest.mark.parametrize("model", sorted(everything(), key=str), ids=str)
def test_each_is_what_is_sent_or_what_comes_back(model: type[BaseModel]) -> None:
    assert issubclass(model, Input | Output)
    assert model.model_config.get("extra") == ("forbid" if issubclass(model, Input) else None)
    assert issubclass(model, Input) or model.model_config.get("frozen")


def test_a_client_ignores_what_it_does_not_know_yet() -> None:
    envelope = {"error": "New", "detail": "x", "request_id": "r", "hint": "of a later version"}
    assert ErrorEnvelope.model_validate(envelope).error == "New"


def test_an_unknown_field_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="colour"):
        TicketCreate.model_validate({"description": "x", "colour": "red"})


def test_fields_left_out_differ_from_fields_that_are_null() -> None:
    assert TicketUpdate.model_validate({"version": 1}).model_fields_set == {"version"}
    assert TicketUpdate.model_validate({"version": 1, "room": None}).model_fields_set == {"version", "room"}


def test_history_is_spelled_from_and_to_on_the_wire() -> None:
    assert {"from", "to"} <= set(TicketEventRead.model_json_schema(by_alias=True)["properties"])


def test_a_ticket_has_what_outsiders_hold_on_to() -> None:
    promised = {
        *("id", "title", "description", "status", "stage", "category", "priority", "building", "room", "requester"),
        *("assignee", "opened_at", "modified_at", "closed_at", "first_response_at", "version"),
    }
    assert promised <= set(TicketRead.model_fields)


def test_a_list_takes_what_outsiders_ask_it() -> None:
    promised = {
        *("status", "category", "priority", "assignee", "requester", "building", "tag", "q"),
        *("opened_after", "opened_before", "sort", "limit", "cursor"),
    }
    assert promised <= set(TicketQuery.model_fields)
