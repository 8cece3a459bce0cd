"""Whether work that is carried out in steps goes on."""

from datetime import UTC, datetime, timedelta

from contracts.bulk import BulkState
from data_api.models import BulkChange, TagChange

# Whoever works on something notes it more often than this, also while it waits for its turn (`runs.py`).
STOPPED_AFTER = timedelta(seconds=15)


def state_of(row: BulkChange | TagChange) -> BulkState:
    if row.finished_at is not None:
        return BulkState.FINISHED
    return BulkState.RUNNING if datetime.now(UTC) - row.stepped_at < STOPPED_AFTER else BulkState.STOPPED
