// The block "Time" of a ticket, for staff: the own timer, who worked how long, and the entries, which are added, corrected
// and deleted here. It asks the pages' server by itself (timer.js says why), so that the page does not wait for it; what
// is being typed stays through all news.
const AFTER_NEWS = 300;
const AT_ONCE = 50;
const DAY_MS = 86_400_000;
const MOST_DAYS = 366;
const NOW_AND_THEN = 60_000;

const places = new Set();

const dayInWords = (day, today) => {
  if (day === today) return "Today";
  const isThisYear = day.slice(0, 4) === today.slice(0, 4);
  return new Date(`${day}T00:00Z`).toLocaleDateString("en-GB", { timeZone: "UTC", weekday: "short", day: "numeric", month: "short", year: isThisYear ? undefined : "numeric" });
};

const build = (place) => {
  place.clock = make("span", { class: "clock", role: "timer", "aria-live": "off" });
  place.acts = make("div", { class: "acts" });
  place.status = make("p", { class: "quiet", role: "status" });
  place.problem = make("p", { class: "problem", role: "alert" });
  place.people = make("ul", { class: "people", "aria-label": "Time by person" });
  place.running = make("p", { class: "quiet" });
  place.form = make("div", {});
  place.entries = make("ul", { class: "entries", "aria-label": "Entries" });
  place.more = make("button", { type: "button", class: "link", hidden: true, onclick: () => load(place, { more: true }) }, "Earlier entries");
  place.add = make("button", { type: "button", onclick: () => edit(place, null) }, "Add time");
  place.log = make("button", { type: "button", class: "link", "aria-expanded": "false", onclick: () => toggleLog(place) }, "Corrections");
  place.changes = make("ul", { class: "changes", "aria-label": "Corrections", hidden: true });
  place.total = make("strong", { class: "total" });
  place.append(
    make("div", { class: "line" }, place.clock, place.acts), place.status, place.problem, place.running, place.total, place.people,
    make("div", { class: "acts" }, place.add, place.log), place.form, place.entries, place.more, place.changes,
  );
};

const page = async (ticket, cursor) => {
  const address = addressOf(`time/tickets/${ticket}`);
  address.searchParams.set("limit", AT_ONCE);
  if (cursor) address.searchParams.set("cursor", cursor);
  const answer = await fetch(address);
  return answer.status === 200 ? answer.json() : null;
};

// Shows what the data API says of the ticket's time: as many entries as are shown already, and the next ones with `more`.
const load = async (place, { more = false } = {}) => {
  const { ticket } = place.given;
  const asked = (place.asked = (place.asked ?? 0) + 1);
  place.askedAt = performance.now();
  const wanted = more ? place.read.items.length + 1 : (place.read?.items.length ?? 0);
  try {
    let read = null;
    let items = [];
    do {
      const next = await page(ticket, read?.next_cursor);
      if (asked !== place.asked || place.given.ticket !== ticket) return;
      if (!next) {
        if (!place.read) place.problem.textContent = "The time on this ticket cannot be shown at the moment.";
        return;
      }
      items = [...items, ...next.items];
      read = { ...(read ?? next), next_cursor: next.next_cursor };
    } while (read.next_cursor && items.length < wanted);
    read.items = items;
    read.timer = received(read.timer);
    place.read = read;
    if (place.problem.textContent.includes("cannot be shown")) place.problem.textContent = "";
    draw(place);
    if (!place.changes.hidden) loadChanges(place);
  } catch {
    // The desk is away, which the page says.
  }
};

const wishTimer = (place, action) => {
  place.status.textContent = place.problem.textContent = "";
  const seconds = place.read.timer ? shownSeconds(place.read.timer) : 0;
  window.dispatchEvent(new CustomEvent("lodge-timer-act", { detail: { ticket: place.given.ticket, action, seconds } }));
};

const drawTimer = (place) => {
  const { timer } = place.read;
  const wanted = timer?.is_running ? ["pause", "stop"] : timer ? ["start", "stop"] : ["start"];
  const label = { start: timer ? "Resume" : "Start timer", pause: "Pause", stop: "Stop" };
  const drawn = wanted.map((name) => label[name]).join();
  if (place.acts.drawn !== drawn) {
    place.acts.drawn = drawn;
    const hadFocus = place.acts.contains(place.getRootNode().activeElement);
    const primary = wanted[0] === "start" ? "primary" : "";
    place.acts.replaceChildren(...wanted.map((name, at) => make("button", { type: "button", name, class: at ? "" : primary, onclick: () => wishTimer(place, name) }, label[name])));
    if (hadFocus) place.acts.firstChild.focus({ preventScroll: true });
  }
  tick(place);
};

const tick = (place) => {
  const timer = place.read?.timer;
  place.clock.hidden = !timer;
  if (timer) place.clock.textContent = clock(shownSeconds(timer));
};

const setText = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

const draw = (place) => {
  const { read, given } = place;
  drawTimer(place);
  const others = read.running.filter(({ id }) => id !== given.me).map(({ name }) => name);
  setText(place.running, others.length ? `Working on it now: ${others.join(", ")}` : "");
  place.running.hidden = !others.length;
  setText(place.total, read.seconds ? `${inWords(read.seconds)} in all` : "No time yet");
  place.people.hidden = read.people.length < 2;
  place.people.replaceChildren(...read.people.map(({ person, seconds }) => make("li", {}, make("bdi", {}, person.name), make("span", {}, inWords(seconds)))));
  place.more.hidden = !read.next_cursor;
  const hold = place.entries.getRootNode().activeElement?.dataset?.key;
  place.entries.replaceChildren(...read.items.map((entry) => entryOf(place, entry)));
  if (hold) place.entries.querySelector(`[data-key="${hold}"]`)?.focus({ preventScroll: true });
};

const entryOf = (place, entry) => {
  const what = `${inWords(entry.seconds)} of ${entry.person.name}`;
  const act = (name, label, onclick) => make("button", { type: "button", class: "link", "data-key": `${name}-${entry.id}`, ariaLabel: `${label} ${what}`, onclick }, label);
  const isRight = () => { place.key = newKey(); change(place, { entry: entry.id, correct: { version: entry.version } }, "Noted."); };
  const confirm = entry.is_unconfirmed ? act("confirm", "It is right", isRight) : null;
  const acts = entry.may_change ? make("span", { class: "acts" }, confirm, act("correct", "Correct", () => edit(place, entry)), act("delete", "Delete", () => askToDelete(place, entry))) : null;
  return make("li", { "data-entry": String(entry.id) },
    make("p", { class: "line" }, make("span", {}, make("bdi", {}, entry.person.name), " ", make("span", { class: "quiet" }, dayInWords(entry.day, place.given.today))), make("strong", {}, inWords(entry.seconds))),
    entry.note ? make("p", { class: "words quiet" }, entry.note) : null,
    entry.stopped_because ? make("p", { class: entry.is_unconfirmed ? "forgotten" : "quiet" }, whyStopped(entry)) : null,
    acts);
};

const change = async (place, wish, done) => {
  const answer = await postFor("time/entries", { ...wish, key: place.key });
  if (answer.problem) {
    const wrong = place.form.querySelector(".problem") ?? place.problem;
    wrong.textContent = answer.problem;
    load(place);
    return;
  }
  closeForm(place);
  place.status.textContent = done;
  load(place);
};

const closeForm = (place) => {
  const back = place.opener;
  place.form.replaceChildren();
  place.opener = null;
  ((back && place.querySelector(`[data-key="${back}"]`)) || place.add).focus({ preventScroll: true });
};

// Returns nothing: a handler that returns false would keep the browser from typing.
const closeOnEscape = (place, event) => {
  if (event.key === "Escape") closeForm(place);
};

const number = (label, value, max) => {
  const input = make("input", { type: "number", inputMode: "numeric", min: 0, max, value, required: true });
  return { input, label: make("label", {}, input, ` ${label}`) };
};

// The form that adds time, or corrects an entry.
const edit = (place, entry) => {
  place.key = newKey();
  place.opener = entry ? `correct-${entry.id}` : null;
  place.status.textContent = place.problem.textContent = "";
  const { today } = place.given;
  const before = entry ? entry.minutes : 30;
  const hours = number("h", Math.floor(before / 60), 24);
  const minutes = number("min", before % 60, 59);
  const day = make("input", { type: "date", value: entry?.day ?? today, max: today, min: new Date(Date.parse(today) - MOST_DAYS * DAY_MS).toISOString().slice(0, 10), required: true });
  const note = make("input", { type: "text", maxLength: 500, value: entry?.note ?? "", placeholder: "What for, if it helps", class: "wide" });
  const wrong = make("p", { class: "problem", role: "alert" });
  const save = (event) => {
    event.preventDefault();
    const total = 60 * hours.input.valueAsNumber + minutes.input.valueAsNumber;
    const isSame = entry && total === entry.minutes;
    if (!isSame && !(total >= 1 && total <= 24 * 60)) return void (wrong.textContent = "Between 1 minute and 24 hours, please.");
    if (!day.value) return void (wrong.textContent = "Please choose a day.");
    wrong.textContent = "";
    const values = { day: day.value, note: note.value || null };
    if (!entry) return change(place, { ticket: place.given.ticket, add: { minutes: total, ...values } }, `${inWords(60 * total)} added.`);
    const corrected = { version: entry.version, note: values.note, ...(isSame ? {} : { minutes: total }), ...(day.value === entry.day ? {} : { day: day.value }) };
    return change(place, { entry: entry.id, correct: corrected }, "Corrected.");
  };
  const buttons = make("div", { class: "acts" }, make("button", { type: "submit", class: "primary" }, entry ? "Save" : "Add"), make("button", { type: "button", onclick: () => closeForm(place) }, "Cancel"));
  const title = entry ? `Correct ${inWords(entry.seconds)} of ${entry.person.name}` : "Add time that no timer measured";
  const form = make("form", { onsubmit: save, noValidate: true, "aria-label": title },
    make("p", { class: "quiet" }, title),
    make("div", { class: "fields" }, hours.label, minutes.label),
    make("label", {}, "Day ", day), make("label", { class: "wide" }, "Note ", note), wrong, buttons);
  form.onkeydown = (event) => closeOnEscape(place, event);
  // What was changed after an attempt to send is another entry.
  form.oninput = () => { place.key = newKey(); };
  place.form.replaceChildren(form);
  hours.input.focus();
  hours.input.select();
};

const askToDelete = (place, entry) => {
  place.key = newKey();
  place.opener = `delete-${entry.id}`;
  const what = `${inWords(entry.seconds)} of ${entry.person.name}`;
  const yes = make("button", { type: "button", class: "danger", onclick: () => change(place, { entry: entry.id, delete: true }, "Deleted.") }, "Delete it");
  const form = make("div", { role: "group", "aria-label": `Delete ${what}?` }, make("p", {}, `Delete ${what}? The corrections below keep what it was.`), make("p", { class: "problem", role: "alert" }), make("div", { class: "acts" }, yes, make("button", { type: "button", onclick: () => closeForm(place) }, "Keep it")));
  form.onkeydown = (event) => closeOnEscape(place, event);
  place.form.replaceChildren(form);
  yes.focus();
};

const toggleLog = (place) => {
  place.changes.hidden = !place.changes.hidden;
  place.log.setAttribute("aria-expanded", String(!place.changes.hidden));
  if (!place.changes.hidden) loadChanges(place);
};

const stateOf = (one, which, today) => [inWords(one[`${which}_seconds`]), dayInWords(one[`${which}_day`], today), one[`${which}_note`] ?? ""].filter(Boolean);

const changeOf = (one, { today, zone }) => {
  const from = stateOf(one, "from", today);
  const to = one.is_deletion ? [] : stateOf(one, "to", today);
  const isSame = (part) => to.includes(part) && from.includes(part);
  const told = (parts) => parts.filter((part, at) => !at || !isSame(part)).join(", ") || "no note";
  const whose = one.actor.id === one.person.id ? "" : ` (time of ${one.person.name})`;
  const at = new Date(one.changed_at).toLocaleString("en-GB", { timeZone: zone, day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const what = one.is_deletion ? `deleted ${told(from)}` : `${told(from)} → ${told(to)}`;
  return make("li", {}, make("span", { class: "quiet" }, `${at} `), make("bdi", {}, one.actor.name), `${whose}: ${what}`);
};

const loadChanges = async (place) => {
  const { ticket } = place.given;
  try {
    const answer = await fetch(addressOf(`time/tickets/${ticket}/changes`));
    if (answer.status !== 200 || place.given.ticket !== ticket) return;
    const { items, next_cursor: next } = await answer.json();
    const lines = items.map((one) => changeOf(one, place.given));
    if (next) lines.push(make("li", { class: "quiet" }, "And earlier ones."));
    place.changes.replaceChildren(...(lines.length ? lines : [make("li", { class: "quiet" }, "Nothing was corrected or deleted.")]));
  } catch {
    // As above.
  }
};

const loadSoon = (place) => {
  clearTimeout(place.timer);
  place.timer = setTimeout(load, AFTER_NEWS, place);
};

window.addEventListener("lodge-time", ({ detail }) => places.forEach((place) => [null, place.given.ticket].includes(detail) && loadSoon(place)));
window.addEventListener("lodge-news", ({ detail }) => detail === null && places.forEach(loadSoon));
window.addEventListener("lodge-timer-changed", ({ detail: { ticket, problem, said } }) => places.forEach((place) => {
  if (ticket === place.given.ticket) {
    place.problem.textContent = problem;
    place.status.textContent = said;
  }
  load(place);
}));
document.addEventListener("visibilitychange", () => document.hidden || places.forEach(loadSoon));
setInterval(() => {
  places.forEach(tick);
  if (!document.hidden) places.forEach((place) => performance.now() - place.askedAt > NOW_AND_THEN && load(place));
}, 500);

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, build);
  const isOther = root.given?.ticket !== data.ticket;
  root.given = data;
  places.add(root);
  if (isOther) {
    root.read = null;
    root.form.replaceChildren();
    root.changes.hidden = true;
    load(root);
  }
  return () => places.delete(root);
}
