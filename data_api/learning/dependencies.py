"""The FastAPI dependency that gives an endpoint the organisation's categoriser."""

from typing import Annotated

from fastapi import Depends, Request

from data_api.learning.categoriser import Categoriser


async def _categoriser(request: Request) -> Categoriser:
    categoriser: Categoriser = request.app.state.organisation.categoriser
    return categoriser


CategoriserDep = Annotated[Categoriser, Depends(_categoriser)]
