// Fetches exported tickets, says how far it is, and saves the file when it is whole.
const NUMBER_BYTES = 4; // as in contracts/export.py
const PARTS_BYTES = 8 * 1024 * 1024; // what is held before the browser may put it on its disk
const BROKEN = "The file broke off before its end, so nothing was saved. Please try again.";
const NONE = "No ticket was found any more, so nothing was saved.";
const AWAY = "The desk cannot be reached. Please try again in a moment.";

const inWords = (number) => number.toLocaleString("en-GB");
const tickets = (number) => `${inWords(number)} ${number === 1 ? "ticket" : "tickets"}`;
const sizeOf = (bytes) => (bytes >= 100_000 ? `${(bytes / 1_048_576).toFixed(1)} MB` : `${inWords(Math.max(1, Math.round(bytes / 1024)))} kB`);

// Takes the pieces of the file apart. `take` gets bytes as they come; `rows` and `bytes` have come so far, of `total`
// tickets (0 until that is known).
const unpacker = (keep) => {
  const head = new Uint8Array(3 * NUMBER_BYTES);
  let filled = 0;
  let left = 0;
  const state = { rows: 0, total: 0, bytes: 0, isWhole: false };
  state.take = (bytes) => {
    let place = 0;
    while (place < bytes.length) {
      if (left > 0) {
        const part = bytes.subarray(place, place + left);
        keep(part);
        left -= part.length;
        place += part.length;
        state.bytes += part.length;
        continue;
      }
      head[filled++] = bytes[place++];
      if (filled < head.length) continue;
      filled = 0;
      const numbers = new DataView(head.buffer);
      state.rows = numbers.getUint32(0);
      state.total = numbers.getUint32(NUMBER_BYTES);
      left = numbers.getUint32(2 * NUMBER_BYTES);
      state.isWhole = left === 0;
    }
  };
  return state;
};

// Collects a file, which may be larger than the memory of the tab.
const collector = () => {
  let blob = new Blob([]);
  let parts = [];
  let held = 0;
  const settle = () => {
    blob = new Blob([blob, ...parts]);
    [parts, held] = [[], 0];
  };
  return {
    keep: (part) => {
      parts.push(part);
      held += part.length;
      if (held > PARTS_BYTES) settle();
    },
    done: (type) => (settle(), new Blob([blob], { type })),
  };
};

const nameOf = (answer) => /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? "tickets";

const problemOf = async (answer) => {
  try {
    return (await answer.json()).detail ?? AWAY;
  } catch {
    return AWAY;
  }
};

const show = (root, { isRunning, said = "", problem = "" }) => {
  const { button, running, status, alert } = root.parts;
  const hadFocus = running.contains(root.getRootNode().activeElement);
  button.hidden = isRunning;
  running.hidden = !isRunning;
  if (hadFocus && !isRunning) button.focus();
  status.textContent = said;
  alert.textContent = problem;
  alert.hidden = !problem;
};

// A bar without a value moves on its own: it is not known yet how long it takes.
const showProgress = (root, { rows = 0, total = 0, bytes = 0 } = {}) => {
  const { bar, progress } = root.parts;
  bar.max = Math.max(1, total);
  if (total) bar.value = rows;
  else bar.removeAttribute("value");
  progress.textContent = total ? `${inWords(rows)} of ${tickets(total)}, ${sizeOf(bytes)}` : "Finding the tickets…";
};

const forget = (root) => {
  if (root.saved) URL.revokeObjectURL(root.saved.href);
  root.saved?.remove();
  root.saved = null;
};

const save = (root, blob, name) => {
  root.saved = make("a", { href: URL.createObjectURL(blob), download: name }, "Save it again");
  root.append(root.saved);
  root.saved.click();
};

const receive = async (root, answer, stop) => {
  const { keep, done } = collector();
  const pieces = unpacker(keep);
  const reader = answer.body.getReader();
  for (;;) {
    const { done: isOver, value } = await reader.read();
    if (isOver) break;
    // The dialog was closed.
    if (!root.isConnected) return stop.abort();
    pieces.take(value);
    showProgress(root, pieces);
  }
  if (!pieces.isWhole) throw new Error(BROKEN);
  if (!pieces.rows) return show(root, { isRunning: false, said: NONE });
  const name = nameOf(answer);
  const blob = done(answer.headers.get("content-type"));
  save(root, blob, name);
  show(root, { isRunning: false, said: `Saved ${name}: ${tickets(pieces.rows)}, ${sizeOf(blob.size)}.` });
};

const start = async (root) => {
  const stop = (root.stop = new AbortController());
  forget(root);
  show(root, { isRunning: true, said: "The file is being made." });
  showProgress(root);
  root.parts.cancel.focus();
  let hasBegun = false;
  try {
    const answer = await fetch(addressOf(root.address), { signal: stop.signal });
    hasBegun = answer.ok;
    if (!answer.ok) return show(root, { isRunning: false, problem: await problemOf(answer) });
    await receive(root, answer, stop);
  } catch {
    if (stop.signal.aborted) show(root, { isRunning: false, said: "Cancelled. Nothing was saved." });
    else show(root, { isRunning: false, problem: hasBegun ? BROKEN : AWAY });
  }
};

const build = (place) => {
  const parts = {
    button: make("button", { type: "button", class: "primary", onclick: () => start(place) }),
    bar: make("progress", { "aria-label": "Exported tickets" }),
    progress: make("span", { class: "quiet" }),
    cancel: make("button", { type: "button", onclick: () => place.stop.abort() }, "Cancel the export"),
    status: make("p", { role: "status" }),
    alert: make("p", { role: "alert", class: "problem", hidden: true }),
  };
  parts.running = make("div", { class: "running", hidden: true }, parts.bar, parts.progress, parts.cancel);
  place.parts = parts;
  place.append(parts.button, parts.running, parts.status, parts.alert);
};

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, build);
  root.address = data.href;
  root.parts.button.textContent = data.label;
}
