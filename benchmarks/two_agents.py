"""Two agents work on the same tickets, each in a real browser of their own.

`python -m benchmarks.two_agents --seconds 60 http://127.0.0.1:8501 http://127.0.0.1:8001` takes the addresses of the
pages and of the data API of a running desk, on which people sign in by choosing a role. It adds some tickets there.

First, how long a card's move takes until it is on the other screen. Then both drag cards, take tickets over, edit them
and change all of them at once, as fast as they can. Afterwards the history must account for all that was answered as
done: no update lost or doubled, no card in two columns, both screens alike, and each refusal readable for five seconds.
"""

import os
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from threading import Barrier
from typing import Annotated, Any

import httpx
import typer
from playwright.sync_api import Page, Response

from benchmarks.chromium import running_chromium
from benchmarks.told import tell

SCRIPT = Path(__file__).with_suffix(".js")
TICKETS, MOVES_MEASURED = 6, 20
WIDE = {"width": 1600, "height": 900}
PATIENCE_SECONDS = 30.0
LEAST_SHOWN_MS, NOTICE_MS = 5_000, 20_000
AGENTS = ("Una One", "Duo Two")
TAKE = ["Assign to me", "Take over"]

Pages = Annotated[str, typer.Argument(help="Where the pages are, such as http://127.0.0.1:8501.")]
DataApi = Annotated[str, typer.Argument(help="Where the data API is, such as http://127.0.0.1:8001.")]
Seconds = Annotated[float, typer.Option(min=1, max=3600, help="How long they work.")]
Seed = Annotated[int, typer.Option(help="Of what they do.")]


@dataclass
class Done:
    """What was answered as done, each with its ticket: `moves` of cards (the kind of its line in the history, and what
    it says after "to"), the `rooms` that edits wrote, and how often a change of many changed it. `refused` by kind."""

    moves: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    rooms: list[tuple[int, str]] = field(default_factory=list)
    by_bulk: Counter[int] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    refusals_on_board: int = 0


class Agent:
    """Somebody with a browser and, for edits and changes of many tickets, a session of the data API."""

    def __init__(self, name: str, page: Page, api: httpx.Client, tickets: Sequence[int], chance: random.Random) -> None:
        self.name = name
        self.page = page
        self.api = api
        self.tickets = tickets
        self.chance = chance
        self.done = Done()
        self._last_tag = ""
        page.on("response", self._hear)

    def work(self, until: float) -> None:
        acts: list[Callable[[], None]] = [self.drag, self.drag, self.take, self.edit, self.change_all]
        while time.monotonic() < until:
            self.chance.choice(acts)()

    def drag(self) -> None:
        """Takes a card, holds it for a moment, and drops it in another column."""
        ticket = self.chance.choice(self.tickets)
        place = self.places().get(str(ticket))
        if place is not None:
            self.move(ticket, self.chance.choice(self.ways_from(place)), self.chance.uniform(0, 0.6))

    def move(self, ticket: int, column: str, holds: float = 0.0) -> float | None:
        """Returns the moment in milliseconds at which it was dropped; None if the card was not there any more."""
        start, end = self.page.evaluate("([id, name]) => [seen.card(id), seen.column(name)]", [ticket, column])
        if start is None or end is None:
            return None
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(*end, steps=4)
        self.page.wait_for_timeout(holds * 1000)
        at: float = self.page.evaluate("Date.now()")
        self.page.mouse.up()
        return at

    def take(self) -> None:
        ticket = self.chance.choice(self.tickets)
        self.page.evaluate("(id) => seen.focus(id)", ticket)
        self.page.keyboard.press("m")
        if not self.page.evaluate("(words) => seen.press(words)", TAKE):
            self.page.keyboard.press("Escape")

    def edit(self) -> None:
        ticket = self.chance.choice(self.tickets)
        now = self.api.get(f"/tickets/{ticket}").json()
        self.page.wait_for_timeout(self.chance.uniform(0, 150))
        room = f"{self.name} {self.chance.getrandbits(32)}"
        answer = self.api.patch(f"/tickets/{ticket}", json={"version": now["version"], "room": room})
        if self._is_done(answer):
            self.done.rooms.append((ticket, room))

    def change_all(self) -> None:
        """Changes the tickets as the pages do: as they were when the preview was shown."""
        preview = self.api.post("/tickets/bulk/preview", json={"ids": list(self.tickets)}).json()["tickets"]
        self.page.wait_for_timeout(self.chance.uniform(0, 150))
        tag = f"{self.name.lower()} {self.chance.getrandbits(32)}"
        change = {"tags_added": [tag], "tags_removed": [self._last_tag] if self._last_tag else []}
        seen = {"ids": [one["id"] for one in preview], "versions": [one["version"] for one in preview]}
        answer = self.api.post("/tickets/bulk", json=seen | {"change": change})
        if not self._is_done(answer):
            return
        self._last_tag = tag
        refused = {one["id"]: one["error"] for one in answer.json()["refused"]}
        self.done.refused.update(refused.values())
        self.done.by_bulk.update(set(seen["ids"]) - set(refused))

    def places(self) -> dict[str, str]:
        found: dict[str, str] = self.page.evaluate("seen.places()")
        return found

    def ways_from(self, place: str) -> list[str]:
        status = STATUS_OF[place]
        allowed = {"open": ["active"], "active": ["active", "closed"], "closed": ["active"]}[status]
        return [name for name, other in STATUS_OF.items() if other in allowed and name != place]

    def _is_done(self, answer: httpx.Response) -> bool:
        if answer.status_code == httpx.codes.OK:
            return True
        self.done.refused[answer.json().get("error", str(answer.status_code))] += 1
        return False

    def _hear(self, response: Response) -> None:
        """Notes what the board is answered."""
        if not response.url.endswith("/board/changes"):
            return
        asked: Any = response.request.post_data_json
        answer = response.json()
        if answer.get("problem") or answer.get("faster"):
            self.done.refusals_on_board += 1
            self.done.refused["on the board"] += 1
        else:
            wanted = self.name if asked["field"] == "assignee" else asked["wanted"]
            self.done.moves[asked["ticket"], asked["field"], wanted] += 1


STATUS_OF: dict[str, str] = {}


def main(pages: Pages, data_api: DataApi, seconds: Seconds = 60.0, seed: Seed = 1) -> None:
    """Work, and print what was found; fails if anything is wrong."""
    with httpx.Client(base_url=data_api, timeout=60) as desk:
        token = _sign_in(desk, "Una One")
        STATUS_OF.update({one["name"]: one["status"] for one in desk.get("/stages", headers=token).json()["items"]})
        tickets = [_report(desk, token, number) for number in range(TICKETS)]
        waits = _latencies(pages, data_api, tickets, seed)
        middle, longest = statistics.median(waits), max(waits)
        tell(f"{len(waits)} moves on the other screen: median {middle:.0f} ms, longest {longest:.0f} ms")
        before = {ticket: (_read(desk, token, ticket), _history(desk, token, ticket)) for ticket in tickets}
        with ThreadPoolExecutor(2) as both:
            ready = Barrier(2)
            working = [
                both.submit(_work, pages, data_api, name, tickets, seed + number, seconds, ready)
                for number, name in enumerate(AGENTS)
            ]
            outcomes = {name: one.result() for name, one in zip(AGENTS, working, strict=True)}
        wrong = _wrong(desk, token, before, outcomes)
    for number, (done, told) in enumerate(outcomes.values(), 1):
        shown = [one["until"] - one["from"] for one in told["refusals"]]
        tell(
            f"agent {number}: {done.moves.total()} moves and takeovers, {len(done.rooms)} edits, "
            f"{done.by_bulk.total()} tickets changed by bulk; "
            f"refused {dict(done.refused)}; refusals were shown for {min(shown, default=0) / 1000:.1f} s at least"
        )
    tell(f"load {os.getloadavg()[0]:.1f}, {len(before)} tickets, {'nothing is wrong' if not wrong else 'wrong:'}")
    for line in wrong:
        tell(line)
    raise typer.Exit(code=bool(wrong))


@contextmanager
def _board(pages: str, data_api: str, name: str, tickets: Sequence[int], seed: int) -> Iterator[Agent]:
    with running_chromium() as browser, httpx.Client(base_url=data_api, timeout=60) as api:
        api.headers.update(_sign_in(api, name))
        context = browser.new_context(viewport=WIDE)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        context.request.post(f"{pages}/enter", data={"role": "agent", "name": name}, headers={"Origin": pages})
        context.add_init_script(path=SCRIPT)
        page = context.new_page()
        page.goto(f"{pages}/board?q=twoagents")
        page.wait_for_function("(most) => Object.keys(seen.places()).length >= most", arg=len(tickets))
        yield Agent(name, page, api, tickets, random.Random(seed))


def _latencies(pages: str, data_api: str, tickets: Sequence[int], seed: int) -> list[float]:
    """Returns the milliseconds from the drop of a card until it is in that column on the other screen."""
    waits = []
    with ThreadPoolExecutor(1) as other_thread:
        watching = other_thread.submit(_watch, pages, data_api, tickets, seed)
        with _board(pages, data_api, "Una One", tickets, seed) as agent:
            agent.page.wait_for_timeout(6_000)  # until the other one is there, too
            moved = []
            for number in range(MOVES_MEASURED):
                ticket = tickets[number % len(tickets)]
                place = agent.places()[str(ticket)]
                # Stays open or active, so that no question is asked.
                column = next(one for one in agent.ways_from(place) if STATUS_OF[one] == "active")
                moved.append((ticket, column, agent.move(ticket, column)))
                agent.page.wait_for_timeout(1_500)
        seen = watching.result()["moves"]
    for ticket, column, at in moved:
        if at is None:
            continue
        later = [
            one["at"] for one in seen if (one["ticket"], one["column"]) == (ticket, column) and one["at"] >= at - 5
        ]
        waits.append(later[0] - at if later else float("inf"))
    return waits


def _watch(pages: str, data_api: str, tickets: Sequence[int], seed: int) -> Any:
    with _board(pages, data_api, "Duo Two", tickets, seed) as other:
        other.page.wait_for_timeout(6_000 + MOVES_MEASURED * 2_500 + 5_000)
        return other.page.evaluate("seen.told()")


def _work(
    pages: str, data_api: str, name: str, tickets: Sequence[int], seed: int, seconds: float, ready: Barrier
) -> tuple[Done, dict[str, Any]]:
    with _board(pages, data_api, name, tickets, seed) as agent:
        ready.wait(PATIENCE_SECONDS * 4)
        agent.work(time.monotonic() + seconds)
        agent.page.wait_for_timeout(NOTICE_MS + 3_000)
        told: dict[str, Any] = agent.page.evaluate("seen.told()")
        return agent.done, told | {"places": agent.places()}


def _sign_in(desk: httpx.Client, name: str) -> dict[str, str]:
    token = desk.post("/sessions", json={"role": "agent", "name": name}).raise_for_status().json()["token"]
    return {"Authorization": f"Bearer {token}"}


def _report(desk: httpx.Client, token: dict[str, str], number: int) -> int:
    wish = {"title": f"twoagents {number}", "description": "A ticket on which two agents work at once."}
    return int(desk.post("/tickets", json=wish, headers=token).raise_for_status().json()["id"])


def _read(desk: httpx.Client, token: dict[str, str], ticket: int) -> dict[str, Any]:
    found: dict[str, Any] = desk.get(f"/tickets/{ticket}", headers=token).raise_for_status().json()
    return found


def _history(desk: httpx.Client, token: dict[str, str], ticket: int) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    cursor = None
    while True:
        asked = {"limit": 200} | ({"cursor": cursor} if cursor else {})
        page = desk.get(f"/tickets/{ticket}/history", params=asked, headers=token).raise_for_status().json()
        lines += page["items"]
        if (cursor := page["next_cursor"]) is None:
            return lines


def _wrong(
    desk: httpx.Client,
    token: dict[str, str],
    before: dict[int, tuple[dict[str, Any], list[dict[str, Any]]]],
    outcomes: Mapping[str, tuple[Done, Any]],
) -> list[str]:
    """`before`: the tickets and their histories before the two began to work."""
    wrong = []
    stages = {one["slug"]: one["name"] for one in desk.get("/stages", headers=token).json()["items"]}
    for ticket, (was, known) in before.items():
        now = _read(desk, token, ticket)
        lines = _history(desk, token, ticket)[len(known) :]
        rooms = Counter(line["to"] for line in lines if line["kind"] == "room")
        if lost := [
            room for done, _ in outcomes.values() for id_, room in done.rooms if id_ == ticket and rooms[room] != 1
        ]:
            wrong.append(f"#{ticket}: not once in the history: {lost}")
        changes = {(line["occurred_at"], line["actor"]["name"]) for line in lines}
        if len(changes) != now["version"] - was["version"]:
            wrong.append(
                f"#{ticket}: {len(changes)} changes in the history, {now['version'] - was['version']} versions"
            )
        changed = Counter((line["kind"], line["actor"]["name"]) for line in lines)
        for name, (done, _) in outcomes.items():
            if changed["tags", name] != done.by_bulk[ticket]:
                wrong.append(
                    f"#{ticket}: {done.by_bulk[ticket]} by bulk of {name}, {changed['tags', name]} in the history"
                )
        wrong += _wrong_moves(ticket, lines, now, outcomes)
        for number, (_, told) in enumerate(outcomes.values(), 1):
            if told["places"].get(str(ticket)) != stages[now["stage"]]:
                wrong.append(f"#{ticket} is in {now['stage']}, on screen {number} in {told['places'].get(str(ticket))}")
    for number, (done, told) in enumerate(outcomes.values(), 1):
        if told["twice"]:
            wrong.append(f"in two columns on screen {number}: {told['twice']}")
        if len(told["refusals"]) != done.refusals_on_board:
            wrong.append(f"screen {number}: {done.refusals_on_board} refusals, {len(told['refusals'])} notices")
        if brief := [one for one in told["refusals"] if one["until"] - one["from"] < LEAST_SHOWN_MS]:
            wrong.append(f"screen {number}: shown too briefly: {brief}")
    return wrong


def _wrong_moves(
    ticket: int, lines: Sequence[dict[str, Any]], now: dict[str, Any], outcomes: Mapping[str, tuple[Done, Any]]
) -> list[str]:
    """The moves and assignments in the history are those that were answered, and each goes on from the one before. A
    move to where somebody else has moved the card meanwhile changes nothing; whoever reopens a ticket that nobody has,
    gets it."""
    wrong = []
    reopened = {line["occurred_at"] for line in lines if line["kind"] == "status" and line["from"] == "closed"}
    for kind in ("stage", "assignee"):
        told = [line for line in lines if line["kind"] == kind]
        if any(later["from"] != earlier["to"] for earlier, later in pairwise(told)):
            wrong.append(f"#{ticket}: a line of {kind} does not go on from the one before")
        asked = [line for line in told if kind == "stage" or line["occurred_at"] not in reopened]
        for name, (done, _) in outcomes.items():
            answered = Counter(
                {to: number for (id_, one, to), number in done.moves.items() if (id_, one) == (ticket, kind)}
            )
            made = Counter(line["to"] for line in asked if line["actor"]["name"] == name)
            others = {line["to"] for line in told if line["actor"]["name"] != name}
            if made - answered or not (answered - made).keys() <= others:
                wrong.append(f"#{ticket}: {kind} of {name}: answered {answered}, in the history {made}")
    if now["stage"] != next((line["to"] for line in reversed(lines) if line["kind"] == "stage"), now["stage"]):
        wrong.append(f"#{ticket} is in {now['stage']}, and the history says otherwise")
    return wrong


if __name__ == "__main__":
    typer.run(main)
