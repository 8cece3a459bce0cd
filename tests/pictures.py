"""Takes the pictures of the guides anew, on a demo campus of its own: `python -m tests.pictures [NAME …]`.

Without names it takes all of them. A picture is reduced to 256 colours and kept only if it looks different, so that a
second run changes little.
"""

import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageChops
from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from lodge.seeding.pictures import wet_ceiling
from tests.chromium import find_chromium
from tests.journeys.window import Window, choose, settled
from tests.lodge.desk_process import ROOT, DeskProcess
from tests.support.api import Api, Visitor, done
from tests.support.browser import DESKTOP, FLAGS, PHONE

FOLDER = ROOT / "docs/images"
TALL = ViewportSize(width=1280, height=1060)
COLOURS = 256
# Of the demo campus, who has worked on tickets.
AGENT = "Aisha Palmer"
# Of a busy machine; only a failure takes so long.
READY_SECONDS, STOPPED_SECONDS, PATIENCE_MS = 600.0, 120.0, 120_000
# More tickets than this are not looked through for the one that shows most.
LOOKED_AT = 60
BY_MONTH = """SELECT
  category,
  opened_month AS month,
  count(*) AS tickets,
  round(median(first_response_seconds) / 3600, 1) AS median_hours,
  round(quantile_cont(first_response_seconds, 0.9) / 3600, 1) AS p90_hours
FROM tickets
GROUP BY ALL
ORDER BY ALL"""
BY_WEEK = """-- $days = 90
-- $category = Technical IT
SELECT
  date_trunc('week', opened_day)::DATE AS week,
  count(*) AS tickets,
  round(median(first_response_seconds) / 3600, 1) AS median_hours
FROM tickets
WHERE opened_day >= current_date - $days AND category = $category
GROUP BY week
ORDER BY week"""


class Picture(NamedTuple):
    """`draw` leads the window of this person to what the picture shows."""

    role: str
    person: str
    draw: Callable[[Window, Api], Page]
    size: ViewportSize = DESKTOP


def page_of(name: str) -> Callable[[Window, Api], Page]:
    return lambda window, _: window.open(name)


def the_ticket(window: Window, api: Api) -> Page:
    """The ticket that has most of what a ticket can have, with a timer that runs on it."""
    agent = api.enter("agent", AGENT)
    ticket = max(agent.list_ids(status="active", limit=LOOKED_AT), key=lambda number: _riches(agent, number))
    day = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    entry = {"minutes": 25, "day": day, "note": "Looked at it with the caretaker"}
    done(agent.post(f"/tickets/{ticket}/time", json=entry), 201)
    done(agent.post(f"/tickets/{ticket}/timer", json={"action": "start"}))
    api.sql("UPDATE timer SET last_started_at = last_started_at - interval '12 minutes' WHERE ticket_id = %s", ticket)
    page = window.open("ticket", id=ticket)
    expect(page.get_by_role("region", name="Timer")).to_contain_text("12")
    return page


def _riches(agent: Visitor, number: int) -> tuple[int, int]:
    ticket = agent.read(number)
    links = done(agent.get(f"/tickets/{number}/links"))["items"]
    messages = done(agent.get(f"/tickets/{number}/messages"))["items"]
    files = ticket["attachments"] + [file for message in messages for file in message["attachments"]]
    return bool(files) + bool(links) + bool(ticket["tags"]), len(messages)


def the_export(window: Window, _: Api) -> Page:
    page = window.open("queue")
    page.get_by_role("button", name="Export…").click()
    expect(page.get_by_role("dialog")).to_contain_text("Excel")
    return page


def the_report(window: Window, _: Api) -> Page:
    page = window.open("report")
    page.get_by_label("What is the problem?").fill("Water drips from the ceiling beside the lift.")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "ceiling.jpg", "mimeType": "image/jpeg", "buffer": wet_ceiling()}
    )
    expect(page.get_by_role("button", name="Remove ceiling.jpg")).to_be_visible()
    page.get_by_text("Add files").first.scroll_into_view_if_needed()
    return page


def the_trial(window: Window, _: Api) -> Page:
    page = window.open("assignment_rules")
    page.get_by_role("button", name="Try them").click()
    expect(page.get_by_text("would have gone")).to_be_visible()
    return page


def the_token(window: Window, _: Api) -> Page:
    page = window.open("profile")
    page.get_by_role("button", name="Make a token").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What it is for").fill("Room displays")
    dialog.get_by_text("Report a problem").click()
    dialog.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("button", name="Copy API token")).to_be_visible()
    page.get_by_role("heading", name="Sign-ins").scroll_into_view_if_needed()
    return page


def the_balance(window: Window, _: Api) -> Page:
    page = window.open("analyses", analysis="created-and-closed-by-day")
    expect(page.locator("canvas, svg.marks").first).to_be_visible()
    return page


def the_rows(sql: str) -> Callable[[Window, Api], Page]:
    def draw(window: Window, _: Api) -> Page:
        page = window.open("sql_lab")
        page.get_by_role("textbox", name="SQL").press("Control+A")
        page.keyboard.insert_text(sql)
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text(" rows in ")).to_be_visible()
        return page

    return draw


def the_values(window: Window, api: Api) -> Page:
    page = the_rows(BY_WEEK)(window, api)
    page.get_by_text("$days").last.scroll_into_view_if_needed()
    return page


def the_chart(window: Window, api: Api) -> Page:
    page = the_values(window, api)
    choose(page, "Chart", "Line")
    choose(page, "Up", "median_hours")
    settled(page)
    page.get_by_role("button", name="Save as SVG").scroll_into_view_if_needed()
    return page


def the_tables(window: Window, api: Api) -> Page:
    page = window.open("sql_lab")
    page.get_by_text("Tables and columns").first.click()
    page.get_by_text("Tickets, with names in place of numbers").click()
    return page


# The link of an invitation is shown only where people sign in with a password, behind a proxy: no picture of this tool.
PICTURES = {
    "queue": Picture("agent", AGENT, page_of("queue")),
    "overview": Picture("agent", AGENT, page_of("overview")),
    "board": Picture("agent", "Maja Weber", page_of("board")),
    "export": Picture("agent", AGENT, the_export),
    "ticket": Picture("agent", AGENT, the_ticket, TALL),
    "report-phone": Picture("student", "Pietro Russo", the_report, PHONE),
    "analyses": Picture("agent", AGENT, the_balance),
    "tags": Picture("admin", "Ines Lima", page_of("tags")),
    "roles": Picture("admin", "Ines Lima", page_of("roles")),
    "assignment-rules": Picture("admin", "Ines Lima", the_trial),
    "profile": Picture("admin", "Ines Lima", the_token),
    "sql-lab": Picture("analyst", "Dana Reed", the_rows(BY_MONTH)),
    "sql-lab-tables": Picture("analyst", "Dana Reed", the_tables),
    "sql-lab-parameters": Picture("analyst", "Dana Reed", the_values),
    "sql-lab-chart": Picture("analyst", "Dana Reed", the_chart),
}


def keep(path: Path, taken: bytes) -> bool:
    """Returns whether the picture looks different from the one before."""
    image = Image.open(BytesIO(taken)).convert("RGB")
    if path.exists():
        before = Image.open(path).convert("RGB")
        small = image.quantize(COLOURS).convert("RGB")
        if before.size == image.size and ImageChops.difference(before, small).getbbox() is None:
            return False
    image.quantize(COLOURS).save(path, optimize=True)
    return True


def take(names: list[str], desk: DeskProcess) -> None:
    url = f"http://127.0.0.1:{desk.ui_port}"
    expect.set_options(timeout=PATIENCE_MS)
    with (
        Api(f"http://127.0.0.1:{desk.data_api_port}", desk.database_url()) as api,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=find_chromium(playwright), args=FLAGS) as browser,
    ):
        for name in names:
            picture = PICTURES[name]
            with browser.new_context(viewport=picture.size, timezone_id="UTC") as context:
                context.set_default_timeout(PATIENCE_MS)
                window = Window(context, url, picture.size).enter(picture.role, picture.person)
                page = picture.draw(window, api)
                settled(page)
                page.mouse.move(0, 0)
                is_new = keep(FOLDER / f"{name}.png", page.screenshot())
                print(f"{name}: {'taken' if is_new else 'as before'}", flush=True)  # noqa: T201 (its purpose)


def main() -> int:
    names = sys.argv[1:] or list(PICTURES)
    if unknown := set(names) - set(PICTURES):
        print(f"There is no picture {', '.join(sorted(unknown))}; there are {', '.join(PICTURES)}.")  # noqa: T201 (its purpose)
        return 2
    with tempfile.TemporaryDirectory(prefix="lodge-pictures-", ignore_cleanup_errors=True) as folder:
        # Postgres runs as another person if this one is root.
        Path(folder).chmod(0o755)
        with DeskProcess(Path(folder) / "home", "--demo", command=("-m", "lodge.main", "up")) as desk:
            desk.wait_for("ready", READY_SECONDS)
            take(names, desk)
            desk.interrupt()
            desk.wait(STOPPED_SECONDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
