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
let isEverything = false;
let lastRedraw = 0;
let lastNoted = -ON_THE_WAY;

let lastInput = -AFTER_INPUT;
for (const kind of ["pointerdown", "pointerup", "keydown", "keyup", "change"]) {
  window.addEventListener(kind, () => { lastInput = performance.now(); }, { capture: true, passive: true });
}

const queue = [];
let isSending = false;

// While the page is being drawn, no bump is sent; one bump afterwards covers all changes of that time. Streamlit sets
// these states with a delay, so a bump may still be sent too early: the server drops it if its page was left meanwhile
// (page_requests.py).
const BEING_DRAWN = ["initial", "rerunRequested", "running", "stopRequested"];
const isBeingDrawn = () => BEING_DRAWN.includes(document.querySelector("[data-testid=stApp]")?.dataset.testScriptState);

const sendNext = () => {
  const rest = Math.max(lastInput + AFTER_INPUT - performance.now(), isBeingDrawn() ? LOOK_AGAIN : 0);
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
  queue.push(follower);
  if (!isSending) sendNext((isSending = true));
};

const ask = (follower, wish) => {
  Object.assign(follower, { wish, isAsked: true, tries: MOST_TRIES });
  enqueue(follower);
};

const tellAll = (isConcerned, wish) => [...followers.values()].filter(isConcerned).forEach((follower) => ask(follower, wish));

const bump = () => {
  timer = null;
  const [tickets, all] = [waiting, isEverything];
  waiting = new Set();
  isEverything = false;
  const isConcerned = ({ title, ticket }) => !title && (all || (ticket ? tickets.has(ticket) : tickets.size > 0));
  // A bump without a concerned follower does not count: on a ticket's page, changes of other tickets must not slow down
  // its own updates.
  if (![...followers.values()].some(isConcerned)) return;
  bumps.push(performance.now());
  tellAll(isConcerned, "again");
};

const note = (ticket) => {
  lastNoted = performance.now();
  if (ticket === null || waiting.size >= MOST_TICKETS) isEverything = true;
  else waiting.add(ticket);
  if (timer !== null) return;
  const now = performance.now();
  bumps = bumps.filter((moment) => now - moment < FLOOD.within);
  const gap = bumps.length < FLOOD.bumps ? TOGETHER : IN_A_FLOOD;
  const rest = Math.min(LONGEST_REST, (1 + REST) * lastRedraw);
  timer = setTimeout(bump, Math.max(GATHER, (bumps.at(-1) ?? 0) + Math.max(gap, rest) - now));
};

const retitle = (unread) => {
  const title = [...followers.values()].find((follower) => follower.title)?.title;
  if (title) document.title = unread ? `(${unread}) ${title}` : title;
};

const connect = () => {
  const address = addressOf("live");
  address.protocol = address.protocol.replace("http", "ws");
  address.search = address.hash = "";
  socket = new WebSocket(address);
  socket.onopen = passOnSeen;
  socket.onmessage = ({ data }) => {
    // Only a message shows that the data API is there: the WebSocket opens even while it is away.
    retry = SHORTEST_RETRY;
    if (hasBeenLost) note(null);
    hasBeenLost = false;
    const event = JSON.parse(data);
    if (event.unread === undefined) note(event.ticket_id);
    else retitle(event.unread);
  };
  socket.onclose = ({ code }) => {
    socket = null;
    if (followers.size === 0) return;
    if (code === NOT_ENTERED) return tellAll(({ title }) => title, "ended");
    if (!hasBeenLost) note(null);
    hasBeenLost = true;
    setTimeout(() => followers.size > 0 && !socket && connect(), retry * (0.75 + Math.random() / 2));
    retry = Math.min(LONGEST_RETRY, retry * 2);
  };
};

// thread.js sets window.lodgeSeen to the messages that are on the screen. They are sent when the WebSocket is open.
const passOnSeen = () => {
  if (!window.lodgeSeen || socket?.readyState !== WebSocket.OPEN) return;
  socket.send(JSON.stringify(window.lodgeSeen));
  window.lodgeSeen = null;
};
window.addEventListener("lodge-seen", passOnSeen);

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement);
  const isNew = !followers.has(root);
  const follower = followers.get(root) ?? { root, number: 0, tries: 0 };
  if (data.heard && data.heard === follower.sent && data.heard !== follower.heard) lastRedraw = performance.now() - follower.sentAt;
  followers.set(root, Object.assign(follower, data, { tell: (value) => setTriggerValue("bump", value) }));
  if (isNew && !follower.title && performance.now() - lastNoted < ON_THE_WAY) ask(follower, "again");
  if (!socket) connect();
  return () => {
    followers.delete(root);
    setTimeout(() => followers.size === 0 && socket?.close(), 1000);
  };
}
