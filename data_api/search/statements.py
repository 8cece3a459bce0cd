"""The statements of the search. Each is built once for everybody who reads the same (ADR 9), and holds the reading
rule: what somebody may not read is not even a candidate.

A word that is searched for is one bit of a number. For each place, such as the title or the messages, a statement
returns the number whose bits say which of the words stand there.
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    TEXT,
    BigInteger,
    ColumnElement,
    Float,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.sql.selectable import LateralFromClause

from contracts.tickets import Status
from data_api.access.reading import ME, Reads, readable_by, visible
from data_api.models import Message, Person, Ticket, TicketTag
from data_api.tickets.fields import LIVE
from data_api.tickets.filters import holds, was_called

Statement = Select[*tuple[Any, ...]]

CANDIDATES = bindparam("candidates", type_=Integer)
MOST_PEOPLE = 5_000  # people with one of the words in their names
SPELT_ALIKE = 0.45  # the least `word_similarity` of what is offered
OFFERS = 5

# For the transaction of a search. Without sequential scans, because a search that took a word for a common one would
# read a whole table. The index on names knows its own measure of what is alike.
BOUNDS = select(
    func.set_config("statement_timeout", bindparam("milliseconds", type_=String), True),
    func.set_config("enable_seqscan", "off", True),
    func.set_config("pg_trgm.word_similarity_threshold", str(SPELT_ALIKE), True),
)


def _words() -> CTE:
    """The tsqueries of the parameter `terms`, each with its bit."""
    asked = func.unnest(bindparam("terms", type_=ARRAY(TEXT))).table_valued("term", with_ordinality="place")
    named = asked.render_derived()
    bit = cast(literal(1), Integer).op("<<")(cast(named.c.place - 1, Integer))
    return select(cast(named.c.term, TSQUERY).label("term"), bit.label("bit")).cte("word")


def _named(word: CTE) -> CTE:
    """The people in whose names there are words."""
    has_word = func.lodge_search(Person.name).bool_op("@@")(word.c.term)
    person = select(Person.id).where(has_word).limit(MOST_PEOPLE).lateral("person_with_word")
    found = select(person.c.id, func.bit_or(word.c.bit).label("bits")).select_from(word.join(person, true()))
    return found.group_by(person.c.id).cte("named")


def _newest(reads: Reads) -> CTE:
    """The newest tickets that `me` may read."""
    newest = select(Ticket.id).where(readable_by(reads)).order_by(Ticket.id.desc()).limit(CANDIDATES)
    if reads is not Reads.SHARED:
        return newest.cte("candidate")
    # Each part has an index with its order; with an OR, all tickets that are not closed would be read.
    latest_first = (Ticket.opened_at.desc(), Ticket.id.desc())
    own = select(Ticket.id).where(Ticket.requester_id == ME).order_by(*latest_first).limit(CANDIDATES)
    is_live = Ticket.status != Status.CLOSED
    live = select(Ticket.id).where(is_live, readable_by(reads, LIVE)).order_by(*latest_first).limit(CANDIDATES)
    both = union(own, live).subquery()
    return select(both.c.id).order_by(both.c.id.desc()).limit(CANDIDATES).cte("candidate")


def _looked_up(reads: Reads, *, is_staff: bool) -> CTE:
    """The newest readable tickets that have `driver`, a tsquery, at any place. The reading rule is applied from the
    newest on, until there are enough. OFFSET 0 keeps the planner from choosing another way, which for a word that it
    wrongly takes to be common would read whole tables."""
    people = (
        select(Person.id)
        .where(func.lodge_search(Person.name).bool_op("@@")(cast(bindparam("driver", type_=String), TSQUERY)))
        .limit(MOST_PEOPLE)
        .cte("person_with_driver")
    )
    has_tag = func.lodge_search(TicketTag.tag).bool_op("@@")(cast(bindparam("driver", type_=String), TSQUERY))
    everywhere = union(
        select(Ticket.id.label("id")).where(holds(Ticket.search, "driver")),
        select(Message.ticket_id).where(holds(Message.search, "driver"), visible(is_staff=is_staff)),
        select(TicketTag.ticket_id).where(has_tag),
        _tickets_of(people, Ticket.requester_id),
        _tickets_of(people, Ticket.assignee_id),
    ).subquery("everywhere")
    found = select(everywhere.c.id).order_by(everywhere.c.id.desc()).offset(0).subquery("found")
    is_readable = select(Ticket.id).where(Ticket.id == found.c.id, readable_by(reads)).offset(0).lateral("readable")
    readable = select(found.c.id).select_from(found.join(is_readable, true()))
    return readable.order_by(found.c.id.desc()).limit(CANDIDATES).cte("candidate")


def _tickets_of(people: CTE, whose: Any) -> Select[int]:
    """The newest tickets of each of the people."""
    newest = select(Ticket.id).where(whose == people.c.id).order_by(Ticket.opened_at.desc(), Ticket.id.desc())
    tickets = newest.limit(CANDIDATES).lateral()
    return select(tickets.c.id).select_from(people.join(tickets, true()))


def _look(candidate: CTE, *, is_staff: bool) -> Statement:
    """Selects the candidates that have any of the words: the number of all candidates, the ticket's id, the words
    anywhere, and those in the title, tags, names, text, messages and notes. If there are none, it selects one row with
    the number only. The title is only looked at where all words were found and one of them in the text, because the
    index has its words together with those of the text."""
    word = _words()
    named = _named(word)
    requester, assignee = named.alias("requester"), named.alias("assignee")
    messages = _messages(word, is_staff=is_staff)
    joined = (
        candidate.join(Ticket, Ticket.id == candidate.c.id)
        .outerjoin(requester, requester.c.id == Ticket.requester_id)
        .outerjoin(assignee, assignee.c.id == Ticket.assignee_id)
        .join(messages, true())
    )
    own_tags = _vectors(TicketTag.tag).where(TicketTag.ticket_id == Ticket.id).correlate(Ticket).lateral("own_tag")
    tags = select(_bits(word)).join_from(own_tags, word, own_tags.c.vector.bool_op("@@")(word.c.term))
    seen = (
        select(
            Ticket.id,
            Ticket.title,
            tags.scalar_subquery().label("tag"),
            func.coalesce(requester.c.bits, 0).op("|")(func.coalesce(assignee.c.bits, 0)).label("name"),
            select(_bits(word)).where(Ticket.search.bool_op("@@")(word.c.term)).scalar_subquery().label("text"),
            messages.c.message,
            messages.c.note,
        )
        .select_from(joined)
        .offset(0)
        .subquery("seen")
    )
    anywhere = seen.c.tag.op("|")(seen.c.name).op("|")(seen.c.text).op("|")(seen.c.message).op("|")(seen.c.note)
    own_title = _vectors(seen.c.title).correlate(seen).lateral("own_title")
    in_title = select(_bits(word)).join_from(own_title, word, own_title.c.vector.bool_op("@@")(word.c.term))
    may_be_in_title = and_(anywhere == bindparam("every_bit", type_=Integer), seen.c.text != 0)
    title = case((may_be_in_title, in_title.scalar_subquery()), else_=0)
    looked_through = select(func.count().label("number")).select_from(candidate).subquery("looked_through")
    places = (title, seen.c.tag, seen.c.name, seen.c.text, seen.c.message, seen.c.note)
    with_words = looked_through.outerjoin(seen, anywhere != 0)
    return select(looked_through.c.number, seen.c.id, anywhere, *places).select_from(with_words)


def _messages(word: CTE, *, is_staff: bool) -> LateralFromClause:
    """The words in a ticket's public messages, and in its internal notes for staff."""
    bits = func.bit_or(word.c.bit)
    found = select(
        func.coalesce(bits.filter(Message.is_internal.is_(False)), 0).label("message"),
        (func.coalesce(bits.filter(Message.is_internal), 0) if is_staff else literal(0)).label("note"),
    )
    with_words = found.join_from(Message, word, Message.search.bool_op("@@")(word.c.term))
    return with_words.where(Message.ticket_id == Ticket.id, visible(is_staff=is_staff)).lateral("messages")


def _vectors(text: Any) -> Select[Any]:
    """The words of a short text. OFFSET 0 keeps them from being computed once for each word that is searched for."""
    return select(func.lodge_search(text).label("vector")).offset(0)


def _bits(word: CTE) -> ColumnElement[int]:
    return func.coalesce(func.bit_or(word.c.bit), 0)


@cache
def near_statement(reads: Reads, *, is_staff: bool) -> Statement:
    """Looks through the newest tickets."""
    return _look(_newest(reads), is_staff=is_staff)


@cache
def looked_up_statement(reads: Reads, *, is_staff: bool) -> Statement:
    """Looks through the tickets that the indexes have for `driver`."""
    return _look(_looked_up(reads, is_staff=is_staff), is_staff=is_staff)


@cache
def called_statement(reads: Reads, asked: frozenset[str]) -> Statement:
    """Selects the tickets with the number that was typed, now or before an import, and whether it is the whole number.
    `asked`: which of `number` and `formerly` are searched for."""
    is_exact = [was_called(Ticket.source_id, bindparam("typed", type_=String), exactly=True)]
    if "number" in asked:
        is_exact.append(Ticket.id == bindparam("number", type_=BigInteger))
    begins = [was_called(Ticket.source_id, bindparam("formerly", type_=String))] if "formerly" in asked else []
    whole = func.coalesce(or_(*is_exact), False).label("is_exact")
    found = select(Ticket.id, whole).where(readable_by(reads), or_(*is_exact, *begins))
    return found.order_by(whole.desc(), Ticket.id.desc()).limit(CANDIDATES)


@cache
def message_statement(*, is_staff: bool) -> Statement:
    """Selects for each of the tickets `ids` one message and one internal note: the newest with the most words of
    `terms`. The caller checks afterwards whether the tickets are readable."""
    ids = func.unnest(bindparam("ids", type_=ARRAY(BigInteger))).table_valued("id").render_derived("asked")
    word = _words()
    kinds = [_best_message(ids, word, is_internal=kind) for kind in ((False, True) if is_staff else (False,))]
    parts = [select(ids.c.id, *best.c).select_from(ids.join(best, true())) for best in kinds]
    best = union_all(*parts).subquery()
    return select(*best.c)


def _best_message(ids: Any, word: CTE, *, is_internal: bool) -> LateralFromClause:
    words = select(func.count()).where(Message.search.bool_op("@@")(word.c.term)).scalar_subquery()
    best = select(Message.is_internal, Message.body).where(
        Message.ticket_id == ids.c.id, Message.is_internal.is_(is_internal), words > 0
    )
    return best.order_by(words.desc(), Message.id.desc()).limit(1).lateral()


@cache
def alike_statement(reads: Reads, *, looks_people_up: bool) -> Statement:
    """Selects what is spelt like one of `words`, the most similar first: words of titles, tags and names of the newest
    tickets that `me` may read, and with `looks_people_up` also the names of all people who reported one of those."""
    newest = _newest(reads)
    facts = select(Ticket.id, Ticket.title, Ticket.requester_id, Ticket.assignee_id)
    recent = facts.select_from(newest.join(Ticket, Ticket.id == newest.c.id)).cte("recent")
    typed = _typed()
    of_recent = union(select(recent.c.requester_id), select(recent.c.assignee_id))
    people = select(Person.name).where(Person.id.in_(of_recent))
    kinds = [
        select(func.unnest(func.lodge_words(recent.c.title)).label("text")),
        select(TicketTag.tag).where(TicketTag.ticket_id.in_(select(recent.c.id))),
        people,
        *([_people_like(reads)] if looks_people_up else []),
    ]
    offered: Subquery = union(*kinds).subquery("offered")
    likeness = func.word_similarity(typed.c.word, offered.c.text, type_=Float)
    best = func.max(likeness).label("likeness")
    found = select(offered.c.text, best).select_from(offered.join(typed, likeness >= SPELT_ALIKE))
    return found.group_by(offered.c.text).order_by(best.desc(), offered.c.text).limit(OFFERS + 1)


def _typed() -> Any:
    asked = func.unnest(bindparam("words", type_=ARRAY(TEXT))).table_valued("word")
    return asked.render_derived("typed")


def _people_like(reads: Reads) -> Select[str]:
    """The index on names finds those who are at least as much alike as `BOUNDS` says."""
    typed = _typed()
    reported = exists().where(Ticket.requester_id == Person.id, readable_by(reads)).correlate(Person)
    is_like = typed.c.word.bool_op("<%")(Person.name)
    return select(Person.name).select_from(typed.join(Person, is_like)).where(reported).limit(MOST_PEOPLE)
