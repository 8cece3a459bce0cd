// Tells the server (server/presence.py) again and again which ticket is on the screen, and whether something is being
// written, and shows what it says of others. live.js owns the WebSocket.
const AGAIN_AFTER = 5000;
const STOPS_WRITING_AFTER = 6000;
// The server takes no more than one a second.
const SHORTEST_PAUSE = 1100;

let typedAt = -STOPS_WRITING_AFTER;
let toldAt = -SHORTEST_PAUSE;
let timer = null;
let root = null;
// What was told last: a line that is drawn anew shows it too.
let last = { ticket: null, present: [] };

const tell = (looking) => {
  const isWriting = looking !== null && performance.now() - typedAt < STOPS_WRITING_AFTER;
  window.lodgeLooking = { looking, is_writing: isWriting };
  toldAt = performance.now();
  window.dispatchEvent(new Event("lodge-looking"));
};

const isSeen = () => root !== null && document.visibilityState === "visible";

const tellAgain = (pause) => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (isSeen()) tell(root.ticket);
    if (root !== null) tellAgain(AGAIN_AFTER);
  }, Math.max(pause, toldAt + SHORTEST_PAUSE - performance.now()));
};

window.addEventListener("lodge-typed", () => {
  const isNew = performance.now() - typedAt >= STOPS_WRITING_AFTER;
  typedAt = performance.now();
  if (isNew && root !== null) tellAgain(0);
});
document.addEventListener("visibilitychange", () => {
  if (root === null) return;
  if (isSeen()) tellAgain(0);
  else tell(null);
});
// After a change of the ticket the server asks anew whether this person may read it, and tells nothing until then.
window.addEventListener("lodge-news", ({ detail }) => root !== null && [null, root.ticket].includes(detail) && tellAgain(0));
window.addEventListener("lodge-present", ({ detail }) => {
  last = detail;
  if (root !== null && detail.ticket === root.ticket) show(detail.present);
});

const listed = (names) => names.flatMap((name, place) => [
  place === 0 ? "" : place === names.length - 1 ? " and " : ", ", make("bdi", {}, name),
]);
const MOST_NAMED = 3;
const sentence = (people, one, more) => {
  if (!people.length) return [];
  const names = people.slice(0, MOST_NAMED).map(({ name }) => name);
  const rest = people.length - names.length;
  const all = rest ? [...names, `${rest} more`] : names;
  return [make("span", {}, ...listed(all), ` ${all.length === 1 ? one : more}`)];
};

const show = (people) => {
  const writing = people.filter((one) => one.is_writing);
  const looking = people.filter((one) => !one.is_writing);
  const words = [
    ...sentence(writing, "is writing.", "are writing."), ...sentence(looking, "is looking at this.", "are looking at this."),
  ];
  root.line.replaceChildren(...words.flatMap((one) => [one, " "]));
};

export default function ({ data, parentElement }) {
  const place = rootOf(parentElement, (one) => one.append((one.line = make("p", { class: "quiet present", role: "status" }))));
  const isAnother = root !== place || place.ticket !== data.ticket;
  root = place;
  place.ticket = data.ticket;
  if (isAnother) {
    typedAt = -STOPS_WRITING_AFTER;
    show(last.ticket === data.ticket ? last.present : []);
    tellAgain(0);
  }
  return () => {
    if (root !== place) return;
    root = null;
    last = { ticket: null, present: [] };
    clearTimeout(timer);
    tell(null);
  };
}
