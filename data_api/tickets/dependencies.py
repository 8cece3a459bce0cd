"""What routes of several rooms need of tickets."""

from typing import Annotated

from fastapi import Depends

from data_api.kit.database import DatabaseDep, SessionDep
from data_api.kit.settings import SettingsDep
from data_api.tickets.list_repository import TicketListRepository


async def _lists(session: SessionDep, database: DatabaseDep, settings: SettingsDep) -> TicketListRepository:
    return TicketListRepository(session, database.counting, settings.campus_zone)


TicketListsDep = Annotated[TicketListRepository, Depends(_lists, scope="function")]
