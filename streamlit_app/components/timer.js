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
let message = "";
// Entries of timers that were stopped because they ran too long, and of which their owner has not said how long they were.
let unconfirmed = [];
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
    if ([401, 403].includes(answer.status)) [running, paused, unconfirmed] = [null, null, []];
    if (answer.status === 200) {
      const mine = await answer.json();
      running = received(mine.running);
      unconfirmed = mine.unconfirmed;
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

const inform = (text) => {
  message = text;
  drawAll();
  setTimeout(() => { if (message === text) { message = ""; drawAll(); } }, SHOWN_FOR);
};

// Returns the answer; null if something else is being done.
const send = async (ticket, change) => {
  if (isActing) return null;
  isActing = true;
  problem = message = "";
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
  inform(answer.problem ? "" : said(answer));
  return answer;
};

const lengthFields = (seconds) => {
  const whole = Math.max(1, Math.round(seconds / 60));
  const field = (label, value, max) => {
    const input = make("input", { type: "number", inputMode: "numeric", min: 0, max, value, required: true });
    return { input, label: make("label", {}, input, ` ${label}`) };
  };
  const [hours, minutes] = [field("hours", Math.floor(whole / 60), 24), field("minutes", whole % 60, 59)];
  return { row: [hours.label, minutes.label], isSame: () => total() === whole, total: () => total() };
  function total() { return 60 * hours.input.valueAsNumber + minutes.input.valueAsNumber; }
};

const noteField = (value = "") => {
  const input = make("input", { type: "text", maxLength: 500, value, placeholder: "What for, if it helps", class: "wide" });
  return { input, label: make("label", { class: "wide" }, "Note ", input) };
};

// A menu that is closed would hide a dialog inside it.
const openDialog = (...parts) => {
  const [dialog] = [...places].filter(({ isInMenu }) => !isInMenu).map((place) => place.dialog);
  if (!dialog) return null;
  dialog.replaceChildren(...parts);
  if (!dialog.open) dialog.showModal();
  return dialog;
};

const closeDialog = () => places.forEach(({ dialog }) => dialog.open && dialog.close());
const quietButton = (label, onclick) => make("button", { type: "button", class: "link", onclick }, label);
const between = (most) => `Between 1 minute and ${inWords(60 * most)}, please.`;

// A long timer was perhaps forgotten. Nothing is cut unless its owner says so. `away`: the ticket's own block, which tells
// what was recorded and lets it be corrected, is not where the timer was stopped.
const stop = async (ticket, seconds, away) => {
  if (seconds > LONG_SECONDS && askAboutLong(ticket, seconds)) return;
  const answer = await send(ticket, { action: "stop" });
  if (away && answer?.entry) tellOfEntry(answer.entry, `${inWords(answer.entry.seconds)} added to #${ticket}`, "Delete this time");
};

const askAboutLong = (ticket, seconds) => {
  const length = lengthFields(3600);
  const note = noteField();
  const wrong = make("p", { class: "problem", role: "alert" });
  const finish = (minutes) => {
    closeDialog();
    send(ticket, { action: "stop", ...(note.input.value ? { note: note.input.value } : {}), ...(minutes ? { minutes } : {}) });
  };
  const correct = (event) => {
    event.preventDefault();
    const most = Math.min(24 * 60, Math.ceil(seconds / 60));
    const total = length.total();
    if (!(total >= 1 && total <= most)) return void (wrong.textContent = between(most));
    finish(total);
  };
  return openDialog(
    make("h2", { id: "asked" }, `The timer of #${ticket} shows ${inWords(seconds)}`),
    make("p", {}, "Was all of it work on this ticket, or was the timer forgotten?"),
    note.label,
    make("button", { type: "button", class: "primary", onclick: () => finish(0) }, `Keep all ${inWords(seconds)}`),
    make("form", { onsubmit: correct, noValidate: true }, make("p", { class: "quiet" }, "Or say how long it really was:"), make("div", { class: "line" }, ...length.row, make("button", { type: "submit" }, "Correct")), wrong),
    quietButton("Let it be for now", closeDialog),
  );
};

// Says what was recorded, and lets its owner add a note, correct it or delete it.
const tellOfEntry = (entry, title, deletes, text = "") => {
  const length = lengthFields(entry.seconds);
  const note = noteField(entry.note ?? "");
  const wrong = make("p", { class: "problem", role: "alert" });
  const change = async (wish, said) => {
    const answer = await postFor("time/entries", { entry: entry.id, ...wish, key: newKey() });
    if (answer.problem) return void (wrong.textContent = answer.problem);
    closeDialog();
    inform(said);
    tell({ ticket: entry.ticket_id, problem: "", said });
    ask();
  };
  const save = (event) => {
    event.preventDefault();
    const isSame = length.isSame();
    const total = length.total();
    if (!isSame && !(total >= 1 && total <= 24 * 60)) return void (wrong.textContent = between(24 * 60));
    if (isSame && note.input.value === (entry.note ?? "") && !entry.is_unconfirmed) return void closeDialog();
    const minutes = isSame ? {} : { minutes: total };
    change({ correct: { version: entry.version, note: note.input.value || null, ...minutes } }, `${isSame ? inWords(entry.seconds) : inWords(60 * total)} on #${entry.ticket_id} saved.`);
  };
  const remove = () => change({ delete: true }, `The time on #${entry.ticket_id} is deleted.`);
  const goOn = () => (closeDialog(), send(entry.ticket_id, { action: "start" }));
  const opened = openDialog(
    make("h2", { id: "asked" }, title),
    text ? make("p", {}, text) : "",
    make("form", { onsubmit: save, noValidate: true }, note.label, make("div", { class: "line" }, ...length.row), wrong,
      make("div", { class: "line" }, make("button", { type: "submit", class: "primary" }, "Save"), make("button", { type: "button", onclick: goOn }, "Go on with the timer"))),
    quietButton(deletes, remove), quietButton("Close", closeDialog),
  );
  if (opened) note.input.focus();
};

const askAboutForgotten = (entry) =>
  tellOfEntry(entry, `How long did you work on #${entry.ticket_id}?`, "Delete this time", `Its timer was stopped after ${inWords(entry.seconds)}, because it was perhaps forgotten. Correct how long it really was, or save it as it is.`);

const build = (place) => {
  place.link = make("a", {});
  place.time = make("span", { class: "clock" });
  place.note = make("p", { class: "note" });
  place.act = make("button", { type: "button" });
  place.stop = make("button", { type: "button" }, "Stop");
  place.dialog = make("dialog", { "aria-labelledby": "asked" });
  place.problem = make("p", { class: "problem", role: "alert" });
  place.news = make("p", { class: "news", role: "status" });
  place.forgotten = make("button", { type: "button", class: "forgotten", onclick: () => askAboutForgotten(unconfirmed[0]) });
  place.bar = make("section", { class: "timer", "aria-label": "Timer", hidden: true }, make("p", { class: "line" }, place.link, place.time), place.note, place.problem, place.news, make("div", { class: "acts" }, place.act, place.stop), place.forgotten);
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
  place.bar.hidden = !timer && !problem && !message && !unconfirmed.length;
  // page.css leaves room for it.
  if (place.bar.hidden) delete document.documentElement.dataset.timer;
  else document.documentElement.dataset.timer = "shown";
  if (place.problem.textContent !== problem) place.problem.textContent = problem;
  if (place.news.textContent !== message) place.news.textContent = message;
  place.forgotten.hidden = !unconfirmed.length;
  if (unconfirmed.length) {
    const [{ ticket_id: ticket, seconds }] = unconfirmed;
    const question = `#${ticket} was stopped after ${inWords(seconds)}: how long was it?`;
    if (place.forgotten.textContent !== question) place.forgotten.textContent = question;
  }
  for (const one of [place.link, place.time, place.note, place.act, place.stop]) one.hidden = !timer;
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
  place.stop.onclick = () => stop(ticket, shownSeconds(timer), true);
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
  if (action === "stop") stop(ticket, seconds, false);
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
