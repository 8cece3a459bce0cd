"""The settings of the organisation that a request is for."""

from typing import Annotated

from fastapi import Depends, Request

from service_kit.settings import Settings


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.organisation.settings
    return settings


SettingsDep = Annotated[Settings, Depends(_settings)]
