// Reloads a page that has died. After an error during rendering React removes the whole page, and after some errors
// Streamlit closes its connection for good. Neither recovers by itself; this script keeps running in both cases.
const DIED = "lodge-died";
const MOST_RELOADS = 3;
const WITHIN = 60000;
const ASK_AGAIN_AFTER = 2000;
const page = document.getElementById("root") ?? document.body;
const shown = () => page.querySelector("[data-testid=stApp]");
const isDead = () => !shown() || shown().dataset.testConnectionState === "DISCONNECTED_FOREVER";

// A page that dies after every load must not be reloaded for ever.
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

// Waits for the server before it reloads: while the server is down the browser would show its own error page instead.
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
