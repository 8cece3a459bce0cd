// The timer of whoever works on a ticket, on every page: which ticket, how long, pause and stop. It asks the pages' server
// by itself, and not through Streamlit: it ticks while a page is drawn, and follows what is done in other tabs (live.js).
// A ticket's block "Time" lets it act too ("lodge-timer-act"), so that one place asks about a timer that was forgotten.
const NOW_AND_THEN = 60_000;
const LONG_SECONDS = 8 * 3600;
const SHOWN_FOR = 10_000;

const places = new Set();
let running = null;
// What was paused on this page, so that it can go on.
let paused = null;
let problem = "";
let askedAt = 0;
let isAsking = false;
let isActing = false;

const ask = async () => {
  if (isAsking) return;
  isAsking = true;
  askedAt = performance.now();
  try {
    const answer = await fetch(addressOf("time/timer"));
    // Whoever may no longer work on tickets, or is no longer signed in, has no timer to see.
    if ([401, 403].includes(answer.status)) running = paused = null;
    if (answer.status === 200) {
      const mine = await answer.json();
      running = received(mine.running);
      paused = received(mine.paused.find(({ ticket_id: id }) => id === paused?.ticket_id) ?? null);
    }
  } catch {
    // The desk is away, which the page says. The timer goes on.
  } finally {
    isAsking = false;
  }
  drawAll();
};

const tell = (detail) => window.dispatchEvent(new CustomEvent("lodge-timer-changed", { detail }));

const said = (changed) => {
  if (changed.paused) return `The timer of #${changed.paused.ticket_id} is paused at ${inWords(changed.paused.seconds)}.`;
  return changed.entry ? `${inWords(changed.entry.seconds)} added to #${changed.entry.ticket_id}.` : "";
};

const complain = (text) => {
  problem = text;
  setTimeout(() => { if (problem === text) { problem = ""; drawAll(); } }, SHOWN_FOR);
};

const send = async (ticket, change) => {
  if (isActing) return;
  isActing = true;
  problem = "";
  drawAll();
  const answer = await postFor("time/timer", { ticket, change, key: newKey() });
  isActing = false;
  if (answer.problem) complain(answer.problem);
  else {
    const timer = received(answer.timer);
    running = timer?.is_running ? timer : running?.ticket_id === ticket || answer.paused ? null : running;
    paused = timer && !timer.is_running ? timer : paused?.ticket_id === ticket ? null : paused;
  }
  tell({ ticket, problem: answer.problem ?? "", said: answer.problem ? "" : said(answer) });
  drawAll();
};

// A long timer was perhaps forgotten. Nothing is cut unless its owner says so.
const stop = (ticket, seconds) => {
  const [dialog] = [...places].filter(({ isInMenu }) => !isInMenu).map((place) => place.dialog);
  // A menu that is closed would hide a dialog inside it.
  if (seconds <= LONG_SECONDS || !dialog) return send(ticket, { action: "stop" });
  const field = (label, value, max) => {
    const input = make("input", { type: "number", inputMode: "numeric", min: 0, max, value, required: true });
    return { input, label: make("label", {}, input, ` ${label}`) };
  };
  const hours = field("hours", 1, 24);
  const minutes = field("minutes", 0, 59);
  const close = () => dialog.close();
  const wrong = make("p", { class: "problem", role: "alert" });
  const correct = (event) => {
    event.preventDefault();
    const total = 60 * hours.input.valueAsNumber + minutes.input.valueAsNumber;
    const most = Math.min(24 * 60, Math.ceil(seconds / 60));
    if (!(total >= 1 && total <= most)) {
      wrong.textContent = `Between 1 minute and ${inWords(60 * most)}, please.`;
      return;
    }
    close();
    send(ticket, { action: "stop", minutes: total });
  };
  const keep = () => (close(), send(ticket, { action: "stop" }));
  dialog.replaceChildren(
    make("h2", { id: "long" }, `The timer of #${ticket} shows ${inWords(seconds)}`),
    make("p", {}, "Was all of it work on this ticket, or was the timer forgotten?"),
    make("button", { type: "button", class: "primary", onclick: keep }, `Keep all ${inWords(seconds)}`),
    make("form", { onsubmit: correct, noValidate: true }, make("p", { class: "quiet" }, "Or say how long it really was:"), make("div", { class: "line" }, hours.label, minutes.label, make("button", { type: "submit" }, "Correct")), wrong),
    make("button", { type: "button", class: "link", onclick: close }, "Let it be for now"),
  );
  dialog.showModal();
};

const build = (place) => {
  place.link = make("a", {});
  place.time = make("span", { class: "clock" });
  place.note = make("p", { class: "note" });
  place.act = make("button", { type: "button" });
  place.stop = make("button", { type: "button" }, "Stop");
  place.dialog = make("dialog", { "aria-labelledby": "long" });
  place.problem = make("p", { class: "problem", role: "alert" });
  place.bar = make("section", { class: "timer", "aria-label": "Timer", hidden: true }, make("p", { class: "line" }, place.link, place.time), place.note, place.problem, make("div", { class: "acts" }, place.act, place.stop));
  place.append(place.bar, place.dialog);
};

const tick = (place, timer) => {
  const seconds = shownSeconds(timer);
  place.time.textContent = clock(seconds);
  const note = seconds > LONG_SECONDS ? "Over 8 hours: still working?" : timer.is_running ? "" : "Paused";
  if (place.note.textContent !== note) place.note.textContent = note;
  place.bar.classList.toggle("is-long", seconds > LONG_SECONDS);
};

const draw = (place) => {
  const timer = running ?? paused;
  place.bar.hidden = !timer && !problem;
  // page.css leaves room for it.
  if (place.bar.hidden) delete document.documentElement.dataset.timer;
  else document.documentElement.dataset.timer = "shown";
  if (place.problem.textContent !== problem) place.problem.textContent = problem;
  for (const one of [place.link, place.time, place.act, place.stop]) one.hidden = !timer;
  if (!timer) return;
  const { ticket_id: ticket, ticket_title: title, is_running: isRunning } = timer;
  const name = `#${ticket}${title ? ` ${title}` : ""}`;
  if (place.link.textContent !== name) {
    place.link.textContent = place.link.title = name;
    linkTo(place.link, `ticket?id=${ticket}`, closeSidebar);
  }
  const label = isRunning ? "Pause" : "Resume";
  if (place.act.textContent !== label) place.act.textContent = label;
  place.act.ariaLabel = `${label} the timer of #${ticket}`;
  place.stop.ariaLabel = `Stop the timer of #${ticket}`;
  place.act.onclick = () => send(ticket, { action: isRunning ? "pause" : "start" });
  place.stop.onclick = () => stop(ticket, shownSeconds(timer));
  place.act.disabled = place.stop.disabled = isActing;
  tick(place, timer);
};

const drawAll = () => places.forEach(draw);

setInterval(() => {
  const timer = running ?? paused;
  if (timer) places.forEach((place) => tick(place, timer));
  if (places.size && !document.hidden && performance.now() - askedAt > NOW_AND_THEN) ask();
}, 500);
window.addEventListener("lodge-time", () => places.size && ask());
// A ticket that was deleted takes its timer with it. A connection that was lost may have missed something.
window.addEventListener("lodge-news", ({ detail }) => places.size && [null, running?.ticket_id, paused?.ticket_id].includes(detail) && ask());
document.addEventListener("visibilitychange", () => places.size && !document.hidden && ask());
window.addEventListener("lodge-timer-act", ({ detail: { ticket, action, seconds } }) => {
  if (!places.size) return;
  if (action === "stop") stop(ticket, seconds);
  else send(ticket, { action });
});

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, build);
  root.isInMenu = data.in_menu;
  root.classList.toggle("in-menu", data.in_menu);
  if (!places.has(root)) {
    places.add(root);
    ask();
  }
  draw(root);
  return () => {
    places.delete(root);
    if (!places.size) delete document.documentElement.dataset.timer;
  };
}
