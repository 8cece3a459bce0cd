"""What routes are given to mention people."""

from typing import Annotated

from fastapi import Depends

from data_api.access.actor import ActorDep
from data_api.kit.database import SessionDep
from data_api.kit.settings import SettingsDep
from data_api.mentions.candidate_repository import CandidateRepository
from data_api.mentions.repository import MentionRepository
from data_api.mentions.service import MentionService
from data_api.tickets.repository import TicketRepository


async def _service(session: SessionDep, actor: ActorDep, settings: SettingsDep) -> MentionService:
    mentions, candidates = MentionRepository(session), CandidateRepository(session)
    return MentionService(actor, mentions, candidates, TicketRepository(session), settings.students_may_see)


MentionServiceDep = Annotated[MentionService, Depends(_service, scope="function")]
