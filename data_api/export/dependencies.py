"""What the routes of exports are given."""

from typing import Annotated

from fastapi import Depends, Request

from data_api.export.service import Exports


async def _exports(request: Request) -> Exports:
    exports: Exports = request.app.state.organisation.exports
    return exports


ExportsDep = Annotated[Exports, Depends(_exports)]
