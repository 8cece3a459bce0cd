"""The tables, one in each file. All are imported here, so that the metadata is complete."""

from data_api.models.assignment_rule import AssignmentRule
from data_api.models.attachment import Attachment
from data_api.models.base import Base
from data_api.models.building import Building
from data_api.models.bulk_change import BulkChange
from data_api.models.canned_reply import CannedReply, CannedReplyUse
from data_api.models.category import Category
from data_api.models.category_model import CategoryModel, LearningState
from data_api.models.change import Change
from data_api.models.credential import Credential
from data_api.models.deletion_notice import DeletionNotice
from data_api.models.desk import Desk
from data_api.models.hand_off import HandOff
from data_api.models.idempotency_key import IdempotencyKey
from data_api.models.import_batch import ImportBatch
from data_api.models.invitation import Invitation
from data_api.models.message import Message
from data_api.models.message_mention import MessageMention
from data_api.models.oidc import OidcSession, OidcStart, PersonIdentity
from data_api.models.person import Person
from data_api.models.person_building import PersonBuilding
from data_api.models.person_expertise import PersonExpertise
from data_api.models.query_run import QueryRun
from data_api.models.saved_query import SavedQuery
from data_api.models.session_token import SessionToken, SessionUse
from data_api.models.stage import Stage
from data_api.models.stored_role import StoredRole
from data_api.models.tag_change import TagChange
from data_api.models.tag_use import TagUse
from data_api.models.team import Team
from data_api.models.ticket import Ticket
from data_api.models.ticket_confirmation import TicketConfirmation
from data_api.models.ticket_event import TicketEvent
from data_api.models.ticket_link import TicketLink
from data_api.models.ticket_people import ReadMarker, TicketTag, TicketWatcher
from data_api.models.ticket_prediction import TicketPrediction
from data_api.models.ticket_view import TicketView
from data_api.models.time_entry import TimeEntry
from data_api.models.time_entry_change import TimeEntryChange
from data_api.models.timer import Timer
from data_api.models.training_example import TrainingExample

__all__ = [
    "AssignmentRule",
    "Attachment",
    "Base",
    "Building",
    "BulkChange",
    "CannedReply",
    "CannedReplyUse",
    "Category",
    "CategoryModel",
    "Change",
    "Credential",
    "DeletionNotice",
    "Desk",
    "HandOff",
    "IdempotencyKey",
    "ImportBatch",
    "Invitation",
    "LearningState",
    "Message",
    "MessageMention",
    "OidcSession",
    "OidcStart",
    "Person",
    "PersonBuilding",
    "PersonExpertise",
    "PersonIdentity",
    "QueryRun",
    "ReadMarker",
    "SavedQuery",
    "SessionToken",
    "SessionUse",
    "Stage",
    "StoredRole",
    "TagChange",
    "TagUse",
    "Team",
    "Ticket",
    "TicketConfirmation",
    "TicketEvent",
    "TicketLink",
    "TicketPrediction",
    "TicketTag",
    "TicketView",
    "TicketWatcher",
    "TimeEntry",
    "TimeEntryChange",
    "Timer",
    "TrainingExample",
]
