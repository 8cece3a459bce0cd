"""A page on another port of this machine is sent with the visitor's cookie, and gets nothing for it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser

from tests.journeys.test_sessions import session_cookie
from tests.journeys.window import Window
from tests.support.api import Api
from tests.support.browser import DESKTOP, PATIENCE_MS

TRIES = """
async (desk) => {
  const opened = (path, protocols) => new Promise((done) => {
    const socket = new WebSocket(desk.replace("http", "ws") + path, protocols);
    socket.onopen = () => { socket.close(); done("opened"); };
    socket.onerror = () => done("nothing");
  });
  const answered = async (method, path, mode, body) => {
    try {
      const answer = await fetch(desk + path, { method, mode, body, credentials: "include" });
      return `${answer.type} ${answer.status}`;
    } catch {
      return "nothing";
    }
  };
  return {
    stream: await opened("/_stcore/stream", ["streamlit"]),
    live: await opened("/live", []),
    read: await answered("GET", "/", "cors"),
    embed: await answered("GET", "/", "no-cors"),
    enter: await answered("POST", "/enter", "no-cors", '{"role": "admin"}'),
    leave: await answered("POST", "/leave", "no-cors", "{}"),
    upload: await answered("PUT", "/_stcore/upload_file/session/file", "cors", "x"),
    send: await answered("POST", "/_stcore/upload_file/session/file", "no-cors", "x"),
  };
}
"""


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Another program of this machine</title>")

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_page_on_another_port_gets_nothing(browser: Browser, url: str, api: Api, elsewhere: str) -> None:
    with browser.new_context() as context:
        context.set_default_timeout(PATIENCE_MS)
        window = Window(context, url, DESKTOP).enter("admin", "Vera Victim")
        before = session_cookie(window)

        window.page.goto(elsewhere)
        got = window.page.evaluate(TRIES, url)
        assert set(got.values()) == {"nothing"}, got

        assert session_cookie(window) == before
        me = api.get("/me", headers={"Authorization": f"Bearer {before['value']}"})
        assert me.json()["person"]["name"] == "Vera Victim"

        # A page of the desk's own is let in with the same script.
        window.page.goto(window.address("_stcore/health"))
        own = window.page.evaluate(TRIES, url)
        assert (own["stream"], own["live"], own["read"]) == ("opened", "opened", "basic 200")
        assert own["upload"] == own["send"] == "basic 404"
