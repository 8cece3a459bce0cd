"""The statement that notes on what work a process goes on."""

from functools import cache

from sqlalchemy import BigInteger, Update, bindparam, func, select, update

from data_api.models import BulkChange, TagChange


@cache
def still_worked_on(table: type[BulkChange] | type[TagChange]) -> Update:
    """Notes the present moment in the rows with these `ids` that are not finished. Rows that are locked are left out: a
    step of them is being made, and ends with a note of its own."""
    ids = bindparam("ids", type_=BigInteger, expanding=True)
    some = select(table.id).where(table.id.in_(ids), table.finished_at.is_(None)).with_for_update(skip_locked=True)
    return update(table).where(table.id.in_(some)).values(stepped_at=func.now())
