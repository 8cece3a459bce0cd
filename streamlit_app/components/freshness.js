// The age of the shown numbers. It counts on without a redraw: a page that is no longer updated must not look live.
const LIVE_WITHIN = 5;
const LATE = 2;
const TICK = 200;

const SPANS = [["day", 86400], ["hour", 3600], ["minute", 60]];

const said = (seconds) => {
  if (seconds < 0.95) return `${Math.max(seconds, 0).toFixed(1)} s`;
  const [name, size] = SPANS.find(([, size]) => seconds >= 1.5 * size) ?? ["s", 1];
  const count = Math.round(seconds / size);
  return name === "s" ? `${count} s` : `${count} ${name}${count === 1 ? "" : "s"}`;
};

// While the computer sleeps, either clock may stand still, so the larger difference is right.
const elapsed = ({ ticks, clock }) => Math.max(performance.now() - ticks, Date.now() - clock) / 1000;

const state = ({ follows, age, renewed }, now) => {
  if (follows && now <= LIVE_WITHIN) return "live";
  // The answer was recent when it arrived, and the next one is not overdue.
  const isAwaited = follows && age <= LIVE_WITHIN && now <= renewed + LATE;
  return isAwaited ? "" : "not following";
};

const show = (root) => {
  const now = root.told.age + elapsed(root.told);
  const word = state(root.told, now);
  const [line, aloud] = root.children;
  line.lastChild.textContent = [word, `${said(now)} behind`].filter(Boolean).join(", ");
  line.dataset.state = word;
  // Screen readers announce when the numbers stop or resume following, not each tick.
  if (word && aloud.textContent !== word) aloud.textContent = word;
};

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, (place) => place.append(
    make("p", { class: "quiet freshness" }, make("span", { class: "dot", "aria-hidden": "true" }), make("span", {})),
    make("span", { class: "unseen", role: "status" }),
  ));
  root.firstChild.title = data.title;
  // Data of the same drawing may arrive twice; the age must not start again then.
  if (root.told?.drawn !== data.drawn) root.told = { ...data, ticks: performance.now(), clock: Date.now() };
  show(root);
  root.timer ??= setInterval(() => show(root), TICK);
  return () => {
    clearInterval(root.timer);
    root.timer = null;
  };
}
