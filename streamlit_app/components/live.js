// One line to the desk for this tab. Changes close together become one bump; in a flood there is one a second.
const TOGETHER = 100;
const IN_A_FLOOD = 1000;
const FLOOD = { bumps: 20, within: 10000 };
const MOST_TICKETS = 30;
const NOT_ENTERED = 4401;

let socket = null;
let tell = () => {};
let isWanted = false;
let hasBeenLost = false;
let retry = 500;
let bumps = [];
let timer = null;
let waiting = new Set();
let isMany = false;

const bump = () => {
  timer = null;
  bumps.push(performance.now());
  tell({ tickets: isMany ? [] : [...waiting], many: isMany });
  waiting = new Set();
  isMany = false;
};

const note = (ticket) => {
  if (ticket === null || waiting.size >= MOST_TICKETS) isMany = true;
  else if (ticket !== undefined) waiting.add(ticket);
  if (timer !== null) return;
  const now = performance.now();
  bumps = bumps.filter((moment) => now - moment < FLOOD.within);
  const gap = bumps.length < FLOOD.bumps ? TOGETHER : IN_A_FLOOD;
  timer = setTimeout(bump, Math.max(0, (bumps.at(-1) ?? 0) + gap - now));
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
  socket.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    note(event.ticket_id);
  };
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

// The thread says which ticket's messages are before somebody's eyes.
window.addEventListener("lodge-seen", ({ detail }) => {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ read: detail }));
});

export default function ({ setTriggerValue }) {
  tell = (value) => setTriggerValue("bump", value);
  isWanted = true;
  if (!socket) connect();
  return () => {
    isWanted = false;
    setTimeout(() => !isWanted && socket?.close(), 1000);
  };
}
