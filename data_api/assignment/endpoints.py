"""The routes of automatic assignment."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path

from contracts.assignment_rules import (
    AssignmentRuleCreate,
    AssignmentRuleOrder,
    AssignmentRuleRead,
    AssignmentRuleUpdate,
    AssignmentTrial,
    AssignmentTry,
    TeamLoad,
)
from contracts.base import MAX_ID, Slug
from contracts.pages import Page
from contracts.people import Permission
from data_api.access.actor import ActorDep, permitted
from data_api.access.idempotency import IdempotencyKeyReused, OnceDep
from data_api.access.rate_limits import TooManyRequests, changes
from data_api.assignment.errors import OtherRulesNow, RuleNotFound, TooManyRules
from data_api.assignment.load import team_load
from data_api.assignment.load_repository import LoadRepository
from data_api.assignment.rule_repository import RuleRepository
from data_api.assignment.rule_service import RuleService
from data_api.assignment.trial import RuleTrial
from data_api.assignment.trial_repository import TrialRepository
from data_api.kit.database import SessionDep
from data_api.kit.errors import ChangedMeanwhile, StaleVersion
from data_api.kit.settings import SettingsDep
from data_api.lists.errors import CategoryGoing, NotInList
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(
    tags=["assignment"],
    route_class=Route,
    responses=documented(NotSignedIn, NotPermitted, InvalidInput, TooManyRequests),
)
manages = Depends(permitted(Permission.ASSIGNMENT_MANAGE))
RuleId = Annotated[int, Path(ge=1, le=MAX_ID)]


async def _service(session: SessionDep, actor: ActorDep) -> RuleService:
    return RuleService(actor, RuleRepository(session))


async def _trial(session: SessionDep, actor: ActorDep, settings: SettingsDep) -> RuleTrial:
    return RuleTrial(RuleRepository(session), TrialRepository(session, actor), settings.campus_zone)


ServiceDep = Annotated[RuleService, Depends(_service, scope="function")]
TrialDep = Annotated[RuleTrial, Depends(_trial, scope="function")]


@router.get("/assignment-rules", dependencies=[manages])
def list_assignment_rules(service: ServiceDep) -> Page[AssignmentRuleRead]:
    """All rules, in their order: the first one that is on and fits decides which team a new ticket goes to."""
    return _page(service.rules())


@router.post(
    "/assignment-rules",
    status_code=201,
    dependencies=[manages, changes],
    responses=documented(TooManyRules, CategoryGoing, ChangedMeanwhile, IdempotencyKeyReused),
)
def add_assignment_rule(new: AssignmentRuleCreate, service: ServiceDep, once: OnceDep) -> AssignmentRuleRead:
    """Add a rule, which comes last. It is off unless `is_on` says otherwise."""
    return once(lambda: service.add(new), service.read)


@router.put(
    "/assignment-rules/order",
    dependencies=[manages, changes],
    responses=documented(OtherRulesNow, ChangedMeanwhile),
)
def order_assignment_rules(order: AssignmentRuleOrder, service: ServiceDep) -> Page[AssignmentRuleRead]:
    """Put all rules in another order."""
    return _page(service.put_in_order(order.ids))


@router.post("/assignment-rules/try", dependencies=[manages, changes], responses=documented(RuleNotFound))
def try_assignment_rules(wish: AssignmentTry, trial: TrialDep) -> AssignmentTrial:
    """Who would have got what of the last 30 days, among the tickets that I may read. Changes nothing."""
    return trial.do(wish)


@router.patch(
    "/assignment-rules/{rule_id}",
    dependencies=[manages, changes],
    responses=documented(RuleNotFound, StaleVersion, CategoryGoing, ChangedMeanwhile),
)
def change_assignment_rule(rule_id: RuleId, change: AssignmentRuleUpdate, service: ServiceDep) -> AssignmentRuleRead:
    return service.change(rule_id, change)


@router.delete(
    "/assignment-rules/{rule_id}",
    status_code=204,
    dependencies=[manages, changes],
    responses=documented(RuleNotFound, ChangedMeanwhile),
)
def delete_assignment_rule(rule_id: RuleId, service: ServiceDep) -> None:
    """Delete a rule; those behind it move up."""
    service.delete(rule_id)


@router.get(
    "/teams/{slug}/load",
    dependencies=[Depends(permitted(Permission.TEAMS_MANAGE, Permission.PEOPLE_MANAGE))],
    responses=documented(NotInList),
)
def read_team_load(slug: Annotated[Slug, Path()], session: SessionDep, settings: SettingsDep) -> TeamLoad:
    """What each person of the team has to do, and who could be given a ticket now. Confidential tickets count too."""
    return team_load(LoadRepository(session), slug, datetime.now(settings.campus_zone))


def _page(rules: list[AssignmentRuleRead]) -> Page[AssignmentRuleRead]:
    return Page[AssignmentRuleRead](items=rules, next_cursor=None)
