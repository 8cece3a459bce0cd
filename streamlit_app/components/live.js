// One line to the desk for this tab. Bursts become one bump; the more follow each other, the further apart.
const SHORTEST = 200;
const LONGEST = 2000;
const MOST_TICKETS = 30;
const NOT_ENTERED = 4401;

let socket = null;
let tell = () => {};
let isWanted = false;
let hasBeenLost = false;
let retry = 500;
let gap = SHORTEST;
let lastBump = 0;
let timer = null;
let waiting = new Set();
let isMany = false;

const bump = () => {
  const now = performance.now();
  gap = now - lastBump < gap * 1.5 ? Math.min(LONGEST, gap * 2) : SHORTEST;
  lastBump = now;
  timer = null;
  tell({ tickets: isMany ? [] : [...waiting], many: isMany });
  waiting = new Set();
  isMany = false;
};

const note = (ticket) => {
  if (ticket === null || waiting.size >= MOST_TICKETS) isMany = true;
  else waiting.add(ticket);
  if (timer === null) timer = setTimeout(bump, Math.max(0, lastBump + gap - performance.now()));
};

const connect = () => {
  const address = addressOf("live");
  address.protocol = address.protocol.replace("http", "ws");
  address.search = address.hash = "";
  socket = new WebSocket(address);
  socket.onopen = () => {
    retry = 500;
    if (hasBeenLost) note(null);
    hasBeenLost = false;
  };
  socket.onmessage = ({ data }) => note(JSON.parse(data).ticket_id);
  socket.onclose = ({ code }) => {
    socket = null;
    if (!isWanted) return;
    if (code === NOT_ENTERED) return tell({ ended: true });
    if (!hasBeenLost) note(null);
    hasBeenLost = true;
    setTimeout(() => isWanted && !socket && connect(), retry * (0.75 + Math.random() / 2));
    retry = Math.min(15000, retry * 2);
  };
};

export default function ({ setTriggerValue }) {
  tell = (value) => setTriggerValue("bump", value);
  isWanted = true;
  if (!socket) connect();
  return () => {
    isWanted = false;
    setTimeout(() => !isWanted && socket?.close(), 1000);
  };
}
