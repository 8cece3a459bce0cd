// Loads a page again that has died. React leaves nothing of a page in which an error was thrown while it was drawn, and
// Streamlit gives a connection up for good after some errors. Neither comes back by itself; this script outlives both.
const DIED = "lodge-died";
const MOST_RELOADS = 3;
const WITHIN = 60000;
const ASK_AGAIN_AFTER = 2000;
const page = document.getElementById("root") ?? document.body;
const shown = () => page.querySelector("[data-testid=stApp]");
const isDead = () => !shown() || shown().dataset.testConnectionState === "DISCONNECTED_FOREVER";

// One that dies each time it is loaded must not be loaded without end.
const mayReload = () => {
  const now = Date.now();
  const reloads = JSON.parse(sessionStorage.getItem(DIED) ?? "[]").filter((moment) => now - moment < WITHIN);
  if (reloads.length >= MOST_RELOADS) return false;
  sessionStorage.setItem(DIED, JSON.stringify([...reloads, now]));
  return true;
};

const tell = () => {
  const again = make("button", { type: "button", onclick: () => location.reload() }, "Load it again");
  page.replaceChildren(make("p", { role: "alert", style: "font: 1rem sans-serif; margin: 2rem" }, "This page has stopped working. What you typed is kept. ", again));
};

let isDying = false;

// A server that is away could not give the page either: the browser would show its own error instead.
const reload = async () => {
  const isThere = await fetch(addressOf("_stcore/health")).then((answer) => answer.ok, () => false);
  if (!isThere) return setTimeout(reload, ASK_AGAIN_AFTER);
  if (mayReload()) location.reload();
  else tell();
};

const look = () => {
  if (isDying || !isDead()) return;
  isDying = true;
  watch.disconnect();
  reload();
};

const watch = new MutationObserver(look);

export default function () {
  watch.observe(page, { childList: true });
  watch.observe(shown(), { attributeFilter: ["data-test-connection-state"] });
}
