"""A restore beside a data API that goes on serving."""

import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from lodge.backup import restore
from tests.lodge.backup.conftest import QUIET, TICKETS, SmallDesk
from tests.lodge.backup.test_restore import agree
from tests.lodge.waiting import wait_until
from tests.support.api import Api, Visitor, done, running_api
from tests.support.live import listen


@pytest.fixture
def api(desk: SmallDesk) -> Iterator[Api]:
    with running_api(desk.url) as running:
        yield running


def ask_until(over: threading.Event, visitor: Visitor, statuses: Counter[int]) -> None:
    while not over.is_set():
        statuses[visitor.get("/tickets").status_code] += 1
        time.sleep(0.005)


def test_the_services_find_the_restored_desk(api: Api, desk: SmallDesk) -> None:
    target = desk.home.parent / "desk.lodge"
    visitor = api.enter("agent")
    desk.back_up(target)
    [stream] = listen(visitor)
    later = visitor.report("After the backup.")
    told = stream.next()
    assert told is not None
    assert told["ticket_id"] == later["id"]
    over, statuses = threading.Event(), Counter[int]()
    asking = [threading.Thread(target=ask_until, args=(over, visitor, statuses)) for _ in range(4)]
    for thread in asking:
        thread.start()
    restore(desk.settings, target, agree, QUIET)
    over.set()
    for thread in asking:
        thread.join()
    assert statuses[200] > 0
    assert set(statuses) <= {200, 401, 503}
    assert statuses[503] <= 5 * len(asking)  # whoever waits is sent away again and again, as long as the swap takes
    wait_until(lambda: visitor.get("/me").status_code == 401, "everybody has to sign in again")
    assert stream.next() is None
    wait_until(lambda: api.get("/health").status_code == 200, "healthy")
    again = api.enter("agent")
    assert done(again.get("/tickets"))["total"] == TICKETS
    assert again.get(f"/tickets/{later['id']}").status_code == 404
    [stream] = listen(again)
    wait_until(lambda: api.get("/health").status_code == 200, "healthy")
    ticket = again.report("On the restored desk.")
    event = stream.next()
    assert event is not None
    assert event["ticket_id"] in (ticket["id"], None)


def test_a_client_that_only_waited_sees_no_error(api: Api, desk: SmallDesk) -> None:
    target = desk.home.parent / "desk.lodge"
    visitor = api.enter("agent")
    desk.back_up(target)
    statuses = [visitor.get("/tickets").status_code for _ in range(20)]
    restore(desk.settings, target, agree, QUIET)
    wait_until(lambda: api.get("/health").status_code == 200, "healthy")
    statuses += [visitor.get("/tickets").status_code for _ in range(20)]
    assert statuses == [200] * 20 + [401] * 20
