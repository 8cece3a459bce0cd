// One WebSocket per tab to the pages' server, shared by the parts of the page that follow live updates (followers).
// Changes that arrive close together are merged into one bump: a value that is sent to Python to request a redraw.
// In a flood of changes there is one bump every two seconds. After a redraw the next bump waits for twice the time that
// the redraw took, so that a busy server on a slow machine still has time for what people do.
// A new message causes two events, its own and its ticket's: GATHER lets both arrive before the first redraw.
const GATHER = 30;
const TOGETHER = 100;
const IN_A_FLOOD = 2000;
const REST = 2;
const LONGEST_REST = 3000;
const FLOOD = { bumps: 6, within: 10000 };
const MOST_TICKETS = 30;
const NOT_ENTERED = 4401;
const SHORTEST_RETRY = 500;
const LONGEST_RETRY = 8000;
// Streamlit merges all events of one turn of the browser's event loop into one message, which names one fragment only.
// So a bump must not share a turn with another bump or with a click. A bump that is lost all the same is sent again.
const AFTER_INPUT = 60;
const AGAIN_AFTER = 1500;
const MOST_TRIES = 4;
const LOOK_AGAIN = 40;
// A page reads its data before its follower exists, so a change in between is missed. If the last change is not older
// than this, a new follower requests a redraw at once.
const ON_THE_WAY = 5000;

const followers = new Map();
let socket = null;
let hasBeenLost = false;
let retry = SHORTEST_RETRY;
let bumps = [];
let timer = null;
let waiting = new Set();
// The time has changed that people worked. Most parts of pages show nothing of it.
let isTimeWaiting = false;
let isEverything = false;
let lastRedraw = 0;
let lastNoted = -ON_THE_WAY;

let lastInput = -AFTER_INPUT;
for (const kind of ["pointerdown", "pointerup", "keydown", "keyup", "change"]) {
  window.addEventListener(kind, () => { lastInput = performance.now(); }, { capture: true, passive: true });
}

// The person is no longer signed in: their page must go, whatever they have open.
const ENDED = "ended";

const queue = [];
let isSending = false;

// While the page is being drawn, no bump is sent; one bump afterwards covers all changes of that time. Streamlit sets
// these states with a delay, so a bump may still be sent too early: the server drops it if its page was left meanwhile
// (page_requests.py).
const BEING_DRAWN = ["initial", "rerunRequested", "running", "stopRequested"];
const isBeingDrawn = () => BEING_DRAWN.includes(document.querySelector("[data-testid=stApp]")?.dataset.testScriptState);

// While a list of choices, a menu, a calendar or a dialog is open, no bump is sent either: a redraw can close it, or move
// what somebody is about to click. One bump follows when it is closed. Fields need no such rule: those that people write
// in are outside the live part, or keep what is typed (composer.js).
const OPEN = "[role=listbox], [role=menu], [role=dialog], [role=combobox][aria-expanded=true]";
const isInUse = () => document.querySelector(OPEN) !== null;

const sendNext = () => {
  const mustWait = isBeingDrawn() || (isInUse() && queue[0]?.wish !== ENDED);
  const rest = Math.max(lastInput + AFTER_INPUT - performance.now(), mustWait ? LOOK_AGAIN : 0);
  if (rest > 0) return setTimeout(sendNext, rest);
  const follower = queue.shift();
  isSending = follower !== undefined;
  if (!isSending) return;
  setTimeout(sendNext, 0);
  follower.isQueued = false;
  if (followers.has(follower.root) && (follower.isAsked || follower.sent !== follower.heard)) send(follower);
};

const send = (follower) => {
  const value = (follower.sent = `${follower.wish}-${(follower.number += 1)}`);
  follower.isAsked = false;
  follower.sentAt = performance.now();
  follower.tell(value);
  setTimeout(() => value === follower.sent && value !== follower.heard && follower.tries-- > 0 && enqueue(follower), AGAIN_AFTER);
};

const enqueue = (follower) => {
  if (follower.isQueued || !followers.has(follower.root)) return;
  follower.isQueued = true;
  if (follower.wish === ENDED) queue.unshift(follower);
  else queue.push(follower);
  if (!isSending) sendNext((isSending = true));
};

const ask = (follower, wish) => {
  Object.assign(follower, { wish, isAsked: true, tries: MOST_TRIES });
  enqueue(follower);
};

// Asks for a redraw because time has passed, unless another one is on its way: that one may be about news.
const isOnTheWay = ({ isAsked, sent, heard, tries }) => isAsked || (sent !== undefined && sent !== heard && tries >= 0);
const askAfterTime = (follower) => isOnTheWay(follower) || ask(follower, "time");

const tellAll = (isConcerned, wish) => [...followers.values()].filter(isConcerned).forEach((follower) => ask(follower, wish));

const bump = () => {
  timer = null;
  const [tickets, isTime, all] = [waiting, isTimeWaiting, isEverything];
  waiting = new Set();
  isTimeWaiting = isEverything = false;
  const isConcerned = ({ title, ticket, time }) =>
    !title && (all || (ticket ? tickets.has(ticket) : tickets.size > 0) || (time && isTime));
  // A bump without a concerned follower does not count: on a ticket's page, changes of other tickets must not slow down
  // its own updates.
  if (![...followers.values()].some(isConcerned)) return;
  bumps.push(performance.now());
  tellAll(isConcerned, "again");
};

const note = (ticket) => {
  lastNoted = performance.now();
  window.dispatchEvent(new Event("lodge-changed"));
  if (ticket === null || waiting.size >= MOST_TICKETS) isEverything = true;
  else waiting.add(ticket);
  bumpSoon();
};

const noteTime = () => {
  isTimeWaiting = true;
  bumpSoon();
};

const bumpSoon = () => {
  if (timer !== null) return;
  const now = performance.now();
  bumps = bumps.filter((moment) => now - moment < FLOOD.within);
  const gap = bumps.length < FLOOD.bumps ? TOGETHER : IN_A_FLOOD;
  const rest = Math.min(LONGEST_REST, (1 + REST) * lastRedraw);
  timer = setTimeout(bump, Math.max(GATHER, (bumps.at(-1) ?? 0) + Math.max(gap, rest) - now));
};

// The token's fingerprint, as the WebSocket's cookie has it. A page keeps the cookie that it was loaded with, but the
// browser has one cookie for all tabs. When they differ, somebody switched in another tab: this page is another person's.
let inside = null;
const reloadForNewPerson = () => {
  const page = [...followers.values()].find(({ title }) => title);
  if (!page?.session || inside === null || page.session === inside || window.lodgeIsSwitching) return;
  window.lodgeIsSwitching = true;
  location.reload();
};

// A page may have changed the title since it was opened: a ticket's page names the ticket.
const retitle = ({ unread, mentions }) => {
  window.dispatchEvent(new CustomEvent("lodge-unread", { detail: { unread, mentions } }));
  if (![...followers.values()].some((follower) => follower.title)) return;
  const title = document.title.replace(/^\(\d+\) /, "");
  const number = unread + mentions;
  document.title = number ? `(${number}) ${title}` : title;
};

const connect = () => {
  const address = addressOf("live");
  address.protocol = address.protocol.replace("http", "ws");
  address.search = address.hash = "";
  socket = new WebSocket(address);
  socket.onopen = () => {
    passOnSeen();
    passOnLooking();
  };
  socket.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    if (event.session !== undefined) {
      inside = event.session;
      return reloadForNewPerson();
    }
    // Only a message shows that the data API is there: the WebSocket opens even while it is away.
    retry = SHORTEST_RETRY;
    if (hasBeenLost) {
      note(null);
      window.dispatchEvent(new CustomEvent("lodge-news", { detail: null }));
    }
    hasBeenLost = false;
    if (event.present !== undefined) window.dispatchEvent(new CustomEvent("lodge-present", { detail: event }));
    else if (event.unread !== undefined) retitle(event);
    else if (event.kind === "time" || event.kind === "timer") {
      // The timer and the block of the ticket ask for the news by themselves.
      noteTime();
      window.dispatchEvent(new CustomEvent("lodge-time", { detail: event.ticket_id }));
    } else {
      note(event.ticket_id);
      window.dispatchEvent(new CustomEvent("lodge-news", { detail: event.ticket_id }));
    }
  };
  socket.onclose = ({ code }) => {
    socket = null;
    if (followers.size === 0) return;
    if (code === NOT_ENTERED) {
      // A tab that signs out goes on by itself, perhaps to the identity provider.
      if (!window.lodgeIsSwitching) tellAll(({ title }) => title, ENDED);
      return;
    }
    if (!hasBeenLost) note(null);
    hasBeenLost = true;
    setTimeout(() => followers.size > 0 && !socket && connect(), retry * (0.75 + Math.random() / 2));
    retry = Math.min(LONGEST_RETRY, retry * 2);
  };
};

// timeline.js sets window.lodgeSeen to the messages that are on the screen. They are sent when the WebSocket is open.
const passOnSeen = () => {
  if (!window.lodgeSeen || socket?.readyState !== WebSocket.OPEN) return;
  socket.send(JSON.stringify(window.lodgeSeen));
  window.lodgeSeen = null;
};
window.addEventListener("lodge-seen", passOnSeen);

// presence.js sets window.lodgeLooking to the ticket that is on the screen, and tells it again every few seconds.
const passOnLooking = () => {
  if (!window.lodgeLooking || socket?.readyState !== WebSocket.OPEN) return;
  socket.send(JSON.stringify(window.lodgeLooking));
  window.lodgeLooking = null;
};
window.addEventListener("lodge-looking", passOnLooking);

const tellOfNewPerson = (root, person) => {
  if (window.lodgeIsSwitching) return;
  const before = JSON.parse(sessionStorage.getItem(INSIDE) ?? "null");
  sessionStorage.setItem(INSIDE, JSON.stringify(person));
  if (!before || before.id === person.id) return;
  const name = ({ name }) => make("bdi", {}, name);
  const text = ["You are ", name(person), " now: somebody switched in another tab of this browser. A message or report that you wrote here as ", name(before), " and did not send is shown again when you are ", name(before), "."];
  const bar = make("div", { class: "bar", role: "status" }, make("p", {}, ...text));
  bar.append(make("button", { type: "button", onclick: () => bar.remove() }, "Dismiss"));
  root.append(bar);
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement);
  const isNew = !followers.has(root);
  const follower = followers.get(root) ?? { root, number: 0, tries: 0 };
  if (data.heard && data.heard === follower.sent && data.heard !== follower.heard) lastRedraw = performance.now() - follower.sentAt;
  followers.set(root, Object.assign(follower, data, { tell: (value) => setTriggerValue("bump", value) }));
  if (follower.every && !follower.timer) follower.timer = setInterval(askAfterTime, 1000 * follower.every, follower);
  if (isNew && !follower.title && performance.now() - lastNoted < ON_THE_WAY) ask(follower, "again");
  if (data.person) tellOfNewPerson(root, data.person);
  if (data.session) reloadForNewPerson();
  if (!socket) connect();
  return () => {
    followers.delete(root);
    clearInterval(follower.timer);
    follower.timer = null;
    setTimeout(() => followers.size === 0 && socket?.close(), 1000);
  };
}
