// The views of the queue, with counts. The counts are asked for here and not by the page, so that no page waits for them:
// when the links are new, when something has changed (live.js), and otherwise now and then; never of a hidden tab.
const OFTEN = 10_000;
const NOW_AND_THEN = 60_000;
const AFTER_A_CHANGE = 500;

const lists = new Set();
let counts = {};
let askedAt = -NOW_AND_THEN;
let timer = null;

const said = ({ total, capped } = {}) => (total === null || total === undefined ? "" : `${total.toLocaleString("en")}${capped ? "+" : ""}`);

const showCounts = () => {
  for (const list of lists) {
    for (const place of list.querySelectorAll("[data-view]")) {
      const text = said(counts[place.dataset.view]);
      if (place.textContent !== text) place.textContent = text;
    }
  }
};

const ask = async () => {
  timer = null;
  askedAt = performance.now();
  try {
    const answer = await fetch(addressOf("views/counts"));
    if (answer.status !== 200) return;
    counts = Object.fromEntries((await answer.json()).counts.map((count) => [count.view, count]));
    showCounts();
  } catch {
    // The desk is away, which the page says. The counts stay as they are.
  }
};

const askWithin = (pause, distance) => {
  if (timer !== null || lists.size === 0 || document.hidden) return;
  timer = setTimeout(ask, Math.max(pause, askedAt + distance - performance.now()));
};

window.addEventListener("lodge-changed", () => askWithin(AFTER_A_CHANGE, OFTEN));
document.addEventListener("visibilitychange", () => askWithin(0, OFTEN));
setInterval(() => askWithin(0, 0), NOW_AND_THEN);

const entry = ({ key, name, href, note, is_current }) => {
  const link = make("a", { "aria-current": is_current ? "page" : null }, make("span", { class: "name" }, name), note ? make("span", { class: "note quiet" }, note) : null);
  linkTo(link, href, closeSidebar);
  link.append(make("span", { class: "count", "data-view": key }));
  return make("li", {}, link);
};

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, (place) => place.append(make("h2", { id: "views" }, "Views"), make("ul", { "aria-labelledby": "views" })));
  lists.add(root);
  const drawn = JSON.stringify(data.links);
  if (root.drawn !== drawn) {
    const keys = JSON.stringify(data.links.map(({ key }) => key));
    if (root.keys !== keys) askWithin(0, 0);
    Object.assign(root, { drawn, keys });
    keepFocus(parentElement, "href", () => root.lastChild.replaceChildren(...data.links.map(entry)));
    showCounts();
  }
  return () => lists.delete(root);
}
