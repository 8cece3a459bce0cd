"""The pages' only client of the data API."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

import httpx
from pydantic import BaseModel

from contracts.assignment_rules import (
    AssignmentRuleCreate,
    AssignmentRuleOrder,
    AssignmentRuleRead,
    AssignmentRuleUpdate,
    AssignmentTrial,
    AssignmentTry,
    TeamLoad,
)
from contracts.attachments import AttachmentRules
from contracts.board import BoardColumn, BoardQuery, BoardRead, ColumnQuery
from contracts.bulk import BulkBrief, BulkCreate, BulkPreview, BulkPreviewCreate, BulkRead
from contracts.canned_replies import CannedReplyCreate, CannedReplyQuery, CannedReplyRead, CannedReplyUpdate
from contracts.categorising import (
    CategorisingReport,
    CategoryReasonRead,
    ExampleQuery,
    ExampleRead,
    ModelRead,
    PhrasesCreate,
)
from contracts.desk import DeskRead, Overview, PersonLoad, Workload
from contracts.export import ExportColumns
from contracts.invitations import (
    InvitationCheck,
    InvitationMade,
    InvitationRedeem,
    InvitationRedeemed,
    InvitationsCreate,
    InvitationShown,
    InvitationsMade,
)
from contracts.links import Link, LinkedTicket, LinkRead
from contracts.lists import (
    BuildingCreate,
    BuildingRead,
    BuildingUpdate,
    CategoryCreate,
    CategoryMerge,
    CategoryRead,
    CategoryUpdate,
    StageCreate,
    StageRead,
    StageUpdate,
)
from contracts.mentions import MentionCheck, MentionCheckRead, MentionQuery, MentionRead
from contracts.messages import MessageCreate, MessageRead
from contracts.overview import OverviewLists
from contracts.pages import MAX_LIMIT, CountedPage, Page
from contracts.people import (
    Me,
    PeopleImport,
    PeopleImported,
    Permission,
    PersonBrief,
    PersonCreate,
    PersonDeactivated,
    PersonDetails,
    PersonQuery,
    PersonUpdate,
    Twins,
    Unread,
)
from contracts.queries import (
    QueryRunCreate,
    QueryRunRead,
    SavedQueryBrief,
    SavedQueryCreate,
    SavedQueryQuery,
    SavedQueryRead,
    SavedQueryUpdate,
)
from contracts.roles import RoleCreate, RoleRead, RoleUpdate
from contracts.search import SearchPage, SearchQuery
from contracts.sessions import HandOffCreate, HandOffRead, PasswordChange, SignInRead
from contracts.suggestions import MeTooCreate, MeTooRead, MeTooSeen, MeToosSeen, SuggestionCreate, SuggestionRead
from contracts.tags import TagChangeRead, TagMerge, TagQuery, TagRead
from contracts.teams import TeamBrief, TeamCreate, TeamRead, TeamUpdate
from contracts.tickets import (
    ReaderRead,
    StatusChange,
    TakeBack,
    TicketCreate,
    TicketEventRead,
    TicketQuery,
    TicketRead,
    TicketUpdate,
)
from contracts.time_tracking import MyTime, MyTimers, TeamTime
from contracts.tokens import TokenCreate, TokenMade, TokenRead
from contracts.views import ViewCounts, ViewCreate, ViewRead, ViewUpdate
from streamlit_app.client.environment import data_api_url
from streamlit_app.client.errors import DeskAway
from streamlit_app.client.service_client import ServiceClient
from streamlit_app.client.shared_answers import SharedAnswers

# Before a category, a team or a stage is deleted, its tickets move, which takes minutes for a million of them.
WHILE_MOVING = httpx.Timeout(20 * 60.0, connect=2, pool=5)

WHILE_TYPING = 2.0
# The rules are tried on all tickets of a month in one request.
WHILE_TRYING = httpx.Timeout(60.0, connect=2, pool=5)
# After so many seconds a change of many tickets is answered with how far it is: a small one is finished by then.
MOMENT = 0.5
MOST_BULK_CHANGES = 5

T = TypeVar("T", bound=BaseModel)


class Api:
    """The data API as one person sees it. Each method raises ApiError, and DeskAway when nothing answers.

    With `answers`, tabs that send the same request at the same moment share its response. `visitor` is the person's
    network address, by which rate limits count.
    """

    def __init__(
        self, token: str | None = None, answers: SharedAnswers | None = None, visitor: str | None = None
    ) -> None:
        self._service = ServiceClient(data_api_url(), DeskAway, token, answers, visitor=visitor)

    # Signing in with a password

    def hand_off(self, wish: HandOffCreate) -> HandOffRead:
        return self._service.post("/sessions/hand-off", wish, HandOffRead, None)

    def check_invitation(self, token: str) -> InvitationShown:
        return self._service.post("/invitations/check", InvitationCheck(token=token), InvitationShown, None)

    def redeem_invitation(self, wish: InvitationRedeem) -> InvitationRedeemed:
        return self._service.post("/invitations/redeem", wish, InvitationRedeemed, None)

    # The helpdesk and its lists

    def desk(self) -> DeskRead:
        return self._service.get("/desk", DeskRead)

    def overview(self) -> Overview:
        return self._service.get("/overview", Overview)

    def overview_lists(self) -> OverviewLists:
        return self._service.get("/overview/lists", OverviewLists)

    def workload(self) -> list[PersonLoad]:
        """Returns first the people who have more tickets than capacity, then those with the most tickets."""
        return self._service.get("/overview/workload", Workload).people

    def categories(self) -> list[CategoryRead]:
        return self._service.get("/categories", Page[CategoryRead]).items

    def buildings(self) -> list[BuildingRead]:
        return self._service.get("/buildings", Page[BuildingRead]).items

    def stages(self) -> list[StageRead]:
        return self._service.get("/stages", Page[StageRead]).items

    def add_category(self, new: CategoryCreate, key: str | None = None) -> CategoryRead:
        return self._service.post("/categories", new, CategoryRead, key)

    def change_category(self, slug: str, change: CategoryUpdate) -> CategoryRead:
        return self._service.patch(f"/categories/{slug}", change, CategoryRead)

    def delete_category(self, slug: str, tickets_to: str | None = None) -> None:
        params = {"tickets_to": tickets_to} if tickets_to else {}
        self._service.send("DELETE", f"/categories/{slug}", params=params, timeout=WHILE_MOVING)

    def merge_category(self, slug: str, merge: CategoryMerge) -> None:
        self._service.send("POST", f"/categories/{slug}/merge", json=merge.model_dump(), timeout=WHILE_MOVING)

    def add_stage(self, new: StageCreate, key: str | None = None) -> StageRead:
        return self._service.post("/stages", new, StageRead, key)

    def change_stage(self, slug: str, change: StageUpdate) -> StageRead:
        return self._service.patch(f"/stages/{slug}", change, StageRead)

    def delete_stage(self, slug: str, tickets_to: str | None = None) -> None:
        params = {"tickets_to": tickets_to} if tickets_to else {}
        self._service.send("DELETE", f"/stages/{slug}", params=params, timeout=WHILE_MOVING)

    def tags(self, query: TagQuery) -> Page[TagRead]:
        return self._service.get("/tags", Page[TagRead], query.model_dump(mode="json", exclude_defaults=True))

    def merge_tag(self, merge: TagMerge) -> TagChangeRead:
        """Begins it, and answers after a moment with how far it is. It goes on by itself."""
        return self._change_tag("POST", "/tags/merge", json=merge.model_dump())

    def delete_tag(self, tag: str) -> TagChangeRead:
        """Begins it, as `merge_tag` does."""
        return self._change_tag("DELETE", "/tags", tag=tag)

    def tag_changes(self) -> list[TagChangeRead]:
        """Returns the latest changes of tags that this person may know of, the newest first."""
        return self._service.get("/tags/changes", Page[TagChangeRead], {"limit": MAX_LIMIT}).items

    def continue_tag_change(self, change_id: int) -> TagChangeRead:
        return self._change_tag("POST", f"/tags/changes/{change_id}/continue")

    def forget_tag_change(self, change_id: int) -> None:
        """Also stops it, if it is not finished."""
        self._service.send("DELETE", f"/tags/changes/{change_id}")

    def _change_tag(
        self, method: str, path: str, *, json: dict[str, str] | None = None, **params: str
    ) -> TagChangeRead:
        answer = self._service.send(method, path, params={"wait_seconds": MOMENT, **params}, json=json)
        return TagChangeRead.model_validate_json(answer.content)

    def canned_replies(self, query: CannedReplyQuery) -> Page[CannedReplyRead]:
        asked = query.model_dump(mode="json", exclude_defaults=True)
        return self._service.get("/canned-replies", Page[CannedReplyRead], asked)

    def add_canned_reply(self, new: CannedReplyCreate, key: str | None = None) -> CannedReplyRead:
        return self._service.post("/canned-replies", new, CannedReplyRead, key)

    def change_canned_reply(self, reply_id: int, change: CannedReplyUpdate) -> CannedReplyRead:
        return self._service.patch(f"/canned-replies/{reply_id}", change, CannedReplyRead)

    def delete_canned_reply(self, reply_id: int) -> None:
        self._service.send("DELETE", f"/canned-replies/{reply_id}")

    def add_building(self, new: BuildingCreate, key: str | None = None) -> BuildingRead:
        return self._service.post("/buildings", new, BuildingRead, key)

    def change_building(self, slug: str, change: BuildingUpdate) -> BuildingRead:
        return self._service.patch(f"/buildings/{slug}", change, BuildingRead)

    def delete_building(self, slug: str) -> None:
        self._service.send("DELETE", f"/buildings/{slug}")

    # How reports get their category

    def examples(self, slug: str, query: ExampleQuery) -> Page[ExampleRead]:
        asked = query.model_dump(mode="json", exclude_defaults=True)
        return self._service.get(f"/categories/{slug}/examples", Page[ExampleRead], asked)

    def add_phrases(self, slug: str, new: PhrasesCreate, key: str | None = None) -> CategoryRead:
        return self._service.post(f"/categories/{slug}/phrases", new, CategoryRead, key)

    def remove_example(self, slug: str, example_id: int) -> None:
        self._service.send("DELETE", f"/categories/{slug}/examples/{example_id}")

    def categorising(self) -> CategorisingReport:
        return self._service.get("/categorising", CategorisingReport)

    def models(self) -> list[ModelRead]:
        """Returns the newest first."""
        return self._service.get("/categorising/models", Page[ModelRead]).items

    def use_model(self, version: int) -> None:
        """Makes this version of the model the one that predicts."""
        self._service.send("POST", f"/categorising/models/{version}/promote")

    # People

    def me(self) -> Me:
        return self._service.get("/me", Me)

    def unread(self) -> Unread:
        return self._service.get("/me/unread", Unread)

    def people(
        self, *, permission: Permission | None = None, q: str | None = None, limit: int = 50
    ) -> list[PersonDetails]:
        asked = {"permission": permission, "q": q, "limit": limit}
        return self._service.get("/people", Page[PersonDetails], asked).items

    def twins(self) -> Page[Twins]:
        """Returns the first page of the groups of people whose names cannot be told apart."""
        return self._service.get("/people/twins", Page[Twins], {"limit": MAX_LIMIT})

    def find_people(self, query: PersonQuery) -> Page[PersonDetails]:
        return self._service.get("/people", Page[PersonDetails], query.model_dump(mode="json", exclude_defaults=True))

    def person(self, person_id: int) -> PersonDetails:
        return self._service.get(f"/people/{person_id}", PersonDetails)

    def add_person(self, person: PersonCreate, key: str | None = None) -> PersonDetails:
        return self._service.post("/people", person, PersonDetails, key)

    def import_people(self, wish: PeopleImport, key: str | None = None) -> PeopleImported:
        return self._service.post("/people/import", wish, PeopleImported, key)

    def change_person(self, person_id: int, change: PersonUpdate) -> PersonDetails:
        return self._service.patch(f"/people/{person_id}", change, PersonDetails)

    def deactivate(self, person_id: int) -> PersonDeactivated:
        answer = self._service.send("POST", f"/people/{person_id}/deactivate")
        return PersonDeactivated.model_validate_json(answer.content)

    def reactivate(self, person_id: int) -> None:
        self._service.send("POST", f"/people/{person_id}/reactivate")

    # Time that somebody worked

    def my_time(self, first: date, last: date) -> MyTime:
        """Returns this person's entries of these days, at most the latest 200."""
        asked = {"from": first.isoformat(), "to": last.isoformat(), "limit": MAX_LIMIT}
        return self._service.get("/me/time", MyTime, asked)

    def team_time(self, first: date, last: date, team: str | None, person: int | None) -> TeamTime:
        """Returns the time of a team, of one person or of everybody in these days, with at most the latest 200
        entries."""
        narrowed = {"team": team, "person": person}
        asked = {"from": first.isoformat(), "to": last.isoformat(), "limit": MAX_LIMIT}
        given = {name: value for name, value in narrowed.items() if value is not None}
        return self._service.get("/time", TeamTime, asked | given)

    def my_timers(self) -> MyTimers:
        return self._service.get("/me/timer", MyTimers)

    # Who gets in: links to choose a password, sign-ins, API tokens

    def invite(self, people: Sequence[int], key: str | None = None) -> list[InvitationMade]:
        """Makes a link for each of these people, with which they choose a password."""
        wish = InvitationsCreate(people=list(people))
        return self._service.post("/people/invitations", wish, InvitationsMade, key).items

    def end_sign_ins_of(self, person_id: int) -> None:
        self._service.send("POST", f"/people/{person_id}/sessions/end")

    def tokens_of(self, person_id: int) -> list[TokenRead]:
        return self._service.get(f"/people/{person_id}/tokens", Page[TokenRead], {"limit": MAX_LIMIT}).items

    def revoke_token_of(self, person_id: int, token_id: int) -> None:
        self._service.send("DELETE", f"/people/{person_id}/tokens/{token_id}")

    def change_password(self, change: PasswordChange) -> None:
        self._service.send("PUT", "/me/password", json=change.model_dump())

    def sign_ins(self, *, limit: int, cursor: str | None) -> Page[SignInRead]:
        """Returns this person's own, the latest first."""
        return self._service.get("/me/sessions", Page[SignInRead], {"limit": limit, "cursor": cursor})

    def end_sign_in(self, session_id: int) -> None:
        self._service.send("DELETE", f"/me/sessions/{session_id}")

    def end_other_sign_ins(self) -> None:
        self._service.send("DELETE", "/me/sessions")

    def tokens(self) -> list[TokenRead]:
        """Returns this person's own, the latest first."""
        return self._service.get("/me/tokens", Page[TokenRead], {"limit": MAX_LIMIT}).items

    def make_token(self, new: TokenCreate, key: str | None = None) -> TokenMade:
        return self._service.post("/me/tokens", new, TokenMade, key)

    def revoke_token(self, token_id: int) -> None:
        self._service.send("DELETE", f"/me/tokens/{token_id}")

    # Teams and roles

    def teams(self) -> list[TeamRead]:
        return self._service.get("/teams", Page[TeamRead]).items

    def team_names(self) -> list[TeamBrief]:
        return self._service.get("/teams/names", Page[TeamBrief]).items

    def add_team(self, new: TeamCreate, key: str | None = None) -> TeamRead:
        return self._service.post("/teams", new, TeamRead, key)

    def change_team(self, slug: str, change: TeamUpdate) -> TeamRead:
        return self._service.patch(f"/teams/{slug}", change, TeamRead)

    def delete_team(self, slug: str, people_to: str | None = None, tickets_to: str | None = None) -> None:
        params = {name: to for name, to in (("people_to", people_to), ("tickets_to", tickets_to)) if to}
        self._service.send("DELETE", f"/teams/{slug}", params=params, timeout=WHILE_MOVING)

    def team_load(self, slug: str) -> TeamLoad:
        return self._service.get(f"/teams/{slug}/load", TeamLoad)

    def roles(self) -> list[RoleRead]:
        return self._service.get("/roles", Page[RoleRead]).items

    def add_role(self, new: RoleCreate, key: str | None = None) -> RoleRead:
        return self._service.post("/roles", new, RoleRead, key)

    def change_role(self, slug: str, change: RoleUpdate) -> RoleRead:
        return self._service.patch(f"/roles/{slug}", change, RoleRead)

    def delete_role(self, slug: str, people_to: str | None = None) -> None:
        self._service.send("DELETE", f"/roles/{slug}", params={"people_to": people_to} if people_to else {})

    # Automatic assignment

    def assignment_rules(self) -> list[AssignmentRuleRead]:
        """Returns the rules in their order."""
        return self._service.get("/assignment-rules", Page[AssignmentRuleRead]).items

    def add_assignment_rule(self, new: AssignmentRuleCreate, key: str | None = None) -> AssignmentRuleRead:
        return self._service.post("/assignment-rules", new, AssignmentRuleRead, key)

    def change_assignment_rule(self, rule_id: int, change: AssignmentRuleUpdate) -> AssignmentRuleRead:
        return self._service.patch(f"/assignment-rules/{rule_id}", change, AssignmentRuleRead)

    def delete_assignment_rule(self, rule_id: int) -> None:
        self._service.send("DELETE", f"/assignment-rules/{rule_id}")

    def order_assignment_rules(self, ids: Sequence[int]) -> None:
        order = AssignmentRuleOrder(ids=list(ids))
        self._service.send("PUT", "/assignment-rules/order", json=order.model_dump())

    def try_assignment_rules(self, wish: AssignmentTry) -> AssignmentTrial:
        body = wish.model_dump(mode="json", exclude_unset=True)
        answer = self._service.send("POST", "/assignment-rules/try", json=body, timeout=WHILE_TRYING, changes=False)
        return AssignmentTrial.model_validate_json(answer.content)

    # Saved queries of the SQL lab, and its history

    def queries(self, query: SavedQueryQuery) -> Page[SavedQueryBrief]:
        asked = query.model_dump(mode="json", exclude_defaults=True)
        return self._service.get("/queries", Page[SavedQueryBrief], asked)

    def query(self, query_id: int) -> SavedQueryRead:
        return self._service.get(f"/queries/{query_id}", SavedQueryRead)

    def save_query(self, new: SavedQueryCreate, key: str | None = None) -> SavedQueryRead:
        return self._service.post("/queries", new, SavedQueryRead, key)

    def change_query(self, query_id: int, change: SavedQueryUpdate) -> SavedQueryRead:
        return self._service.patch(f"/queries/{query_id}", change, SavedQueryRead)

    def delete_query(self, query_id: int) -> None:
        self._service.send("DELETE", f"/queries/{query_id}")

    def query_runs(self, limit: int) -> Page[QueryRunRead]:
        """Returns the latest first."""
        return self._service.get("/queries/history", Page[QueryRunRead], {"limit": limit})

    def add_query_run(self, new: QueryRunCreate, key: str | None = None) -> QueryRunRead:
        return self._service.post("/queries/history", new, QueryRunRead, key)

    def clear_query_runs(self) -> None:
        self._service.send("DELETE", "/queries/history")

    # Tickets

    def tickets(self, query: TicketQuery) -> CountedPage[TicketRead]:
        asked = query.model_dump(mode="json", exclude_defaults=True)
        return self._service.get("/tickets", CountedPage[TicketRead], asked)

    def export_columns(self) -> ExportColumns:
        return self._service.get("/tickets/export/columns", ExportColumns)

    def board(self, query: BoardQuery) -> BoardRead:
        return self._service.get("/board", BoardRead, query.model_dump(mode="json", exclude_defaults=True))

    def board_column(self, stage: str, query: ColumnQuery) -> BoardColumn:
        """Returns one column; with the query's cursor, what comes after the tickets that are shown."""
        asked = query.model_dump(mode="json", exclude_defaults=True)
        return self._service.get(f"/board/{stage}", BoardColumn, asked)

    def views(self) -> list[ViewRead]:
        """Returns the views that everybody has, then one's own, then those of one's team."""
        return self._service.get("/views", Page[ViewRead]).items

    def view_counts(self) -> ViewCounts:
        return self._service.get("/views/counts", ViewCounts)

    def save_view(self, new: ViewCreate, key: str | None = None) -> ViewRead:
        return self._service.post("/views", new, ViewRead, key)

    def change_view(self, view_id: int, change: ViewUpdate) -> ViewRead:
        return self._service.patch(f"/views/{view_id}", change, ViewRead)

    def delete_view(self, view_id: int) -> None:
        self._service.send("DELETE", f"/views/{view_id}")

    def search(self, query: SearchQuery) -> SearchPage:
        asked = query.model_dump(mode="json", exclude_defaults=True)
        return self._service.get("/search", SearchPage, asked)

    def ticket(self, ticket_id: int) -> TicketRead:
        return self._service.get(f"/tickets/{ticket_id}", TicketRead)

    def category_reason(self, ticket_id: int) -> CategoryReasonRead:
        return self._service.get(f"/tickets/{ticket_id}/category", CategoryReasonRead)

    def report(self, ticket: TicketCreate, key: str | None = None) -> TicketRead:
        return self._service.post("/tickets", ticket, TicketRead, key)

    def edit(self, ticket_id: int, update: TicketUpdate) -> TicketRead:
        return self._service.patch(f"/tickets/{ticket_id}", update, TicketRead)

    def move(self, ticket_id: int, change: StatusChange, key: str | None = None) -> TicketRead:
        return self._service.post(f"/tickets/{ticket_id}/status", change, TicketRead, key)

    def delete(self, ticket_id: int) -> None:
        self._service.send("DELETE", f"/tickets/{ticket_id}")

    def links(self, ticket_id: int) -> Page[LinkRead]:
        """Returns all links of the ticket to tickets that this person may read, the latest first."""
        return self._service.get(f"/tickets/{ticket_id}/links", Page[LinkRead])

    def titles(self, numbers: Sequence[int]) -> list[LinkedTicket]:
        """Returns those of the tickets that this person may read."""
        return self._service.get("/tickets/titles", Page[LinkedTicket], {"id": list(numbers)}).items

    def add_link(self, ticket_id: int, link: Link, key: str | None = None) -> LinkRead:
        return self._service.post(f"/tickets/{ticket_id}/links", link, LinkRead, key)

    def remove_link(self, ticket_id: int, link: Link) -> None:
        self._service.send("DELETE", f"/tickets/{ticket_id}/links", json=link.model_dump(mode="json"))

    # Many tickets at once

    def preview_bulk(self, wanted: BulkPreviewCreate) -> BulkPreview:
        """Returns what the change would do. Nothing is changed."""
        sent = wanted.model_dump(mode="json", exclude_unset=True)
        answer = self._service.send("POST", "/tickets/bulk/preview", json=sent, changes=False)
        return BulkPreview.model_validate_json(answer.content)

    def change_many(self, wanted: BulkCreate, key: str) -> BulkRead:
        """Begins the change, and answers after a moment with how far it is. It goes on by itself."""
        return self._service.post(f"/tickets/bulk?wait_seconds={MOMENT}", wanted, BulkRead, key)

    def bulk_changes(self) -> list[BulkBrief]:
        """Returns this person's latest changes of many tickets, the newest first."""
        return self._service.get("/tickets/bulk", Page[BulkBrief], {"limit": MOST_BULK_CHANGES}).items

    def bulk_change(self, bulk_id: int) -> BulkRead:
        return self._service.get(f"/tickets/bulk/{bulk_id}", BulkRead)

    def continue_bulk(self, bulk_id: int) -> BulkRead:
        answer = self._service.send("POST", f"/tickets/bulk/{bulk_id}/continue", params={"wait_seconds": MOMENT})
        return BulkRead.model_validate_json(answer.content)

    def forget_bulk(self, bulk_id: int) -> None:
        """Also stops it, if it is not finished."""
        self._service.send("DELETE", f"/tickets/bulk/{bulk_id}")

    def history(self, ticket_id: int, *, limit: int = 50) -> Page[TicketEventRead]:
        """Returns up to `limit` events, the latest first."""
        return self._latest(f"/tickets/{ticket_id}/history", Page[TicketEventRead], "-occurred_at", limit)

    def take_back(self, ticket_id: int, event_id: int, version: int) -> TicketRead:
        """Restores the title or description to what it was before that change."""
        at = f"/tickets/{ticket_id}/history/{event_id}/take-back"
        return self._service.post(at, TakeBack(version=version), TicketRead, None)

    def blank(self, ticket_id: int, event_id: int) -> None:
        """Removes the text from before that change for good."""
        self._service.send("POST", f"/tickets/{ticket_id}/history/{event_id}/blank")

    def messages(self, ticket_id: int, *, limit: int = 50) -> Page[MessageRead]:
        """Returns up to `limit` messages, the latest first."""
        return self._latest(f"/tickets/{ticket_id}/messages", Page[MessageRead], "-created_at", limit)

    def _latest(self, path: str, model: type[Page[T]], sort: str, limit: int) -> Page[T]:
        """Returns up to `limit` items. Sends several requests if needed: a response has at most MAX_LIMIT items, and
        fewer if their texts are long."""
        found: list[T] = []
        cursor: str | None = None
        while True:
            query = {"sort": sort, "limit": min(MAX_LIMIT, limit - len(found)), "cursor": cursor}
            page = self._service.get(path, model, query)
            found += page.items
            cursor = page.next_cursor
            if cursor is None or len(found) >= limit:
                return model(items=found, next_cursor=cursor)

    def say(self, ticket_id: int, message: MessageCreate, key: str | None = None) -> MessageRead:
        return self._service.post(f"/tickets/{ticket_id}/messages", message, MessageRead, key)

    def check_mentions(self, ticket_id: int, wanted: MentionCheck) -> MentionCheckRead:
        body = wanted.model_dump(mode="json")
        answer = self._service.send("POST", f"/tickets/{ticket_id}/mentions/check", json=body, changes=False)
        return MentionCheckRead.model_validate_json(answer.content)

    def mentions(self, query: MentionQuery) -> Page[MentionRead]:
        return self._service.get(
            "/me/mentions", Page[MentionRead], query.model_dump(mode="json", exclude_defaults=True)
        )

    # Files. The browser uploads and downloads them by itself (server/attachments.py)

    def attachment_rules(self) -> AttachmentRules:
        """Returns what may be uploaded."""
        return self._service.get("/attachments/allowed", AttachmentRules)

    def delete_attachment(self, attachment_id: int) -> None:
        self._service.send("DELETE", f"/attachments/{attachment_id}")

    # Who follows a ticket, and who reads it

    def follow(self, ticket_id: int, *, follow: bool) -> None:
        self._service.send("PUT" if follow else "DELETE", f"/tickets/{ticket_id}/follow")

    def readers(self, ticket_id: int) -> Page[ReaderRead]:
        """Returns the people who may read a confidential ticket, and why."""
        return self._service.get(f"/tickets/{ticket_id}/readers", Page[ReaderRead])

    def confidential_readers(self) -> Page[PersonBrief]:
        """Returns the people who may read every confidential ticket."""
        return self._service.get("/confidential-readers", Page[PersonBrief])

    def set_follower(self, ticket_id: int, person_id: int, *, follows: bool) -> None:
        self._service.send("PUT" if follows else "DELETE", f"/tickets/{ticket_id}/followers/{person_id}")

    # Suggestions from a report's text, and the reports that a person confirmed

    def suggestions(self, report: SuggestionCreate) -> SuggestionRead:
        """Has a shorter time-out than other calls, because somebody is typing meanwhile. Raises DeskAway also while the
        data API cannot encode texts (status 503)."""
        body = report.model_dump(mode="json", exclude_unset=True)
        answer = self._service.send("POST", "/tickets/suggestions", json=body, timeout=WHILE_TYPING, changes=False)
        return SuggestionRead.model_validate_json(answer.content)

    def me_too(self, ref: str) -> MeTooRead:
        return self._service.post("/tickets/me-too", MeTooCreate(ref=ref), MeTooRead, None)

    def take_me_too_back(self, ref: str) -> None:
        self._service.send("DELETE", "/tickets/me-too", params={"ref": ref})

    def confirmed(self, *, limit: int = 50, cursor: str | None = None) -> Page[MeTooRead]:
        """Returns the reports that this person confirmed, the latest first."""
        return self._service.get("/tickets/me-too", Page[MeTooRead], {"limit": limit, "cursor": cursor})

    def see_confirmed(self, shown: Sequence[MeTooRead]) -> None:
        """Marks confirmed reports as seen with the status that was shown: if it has changed since, the report stays
        news."""
        seen = MeToosSeen(seen=[MeTooSeen(ref=one.ref, status=one.status) for one in shown])
        self._service.send("PUT", "/tickets/me-too/seen", json=seen.model_dump(mode="json"))
