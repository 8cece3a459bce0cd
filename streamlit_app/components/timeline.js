// Everything that happened to a ticket, oldest first: what people wrote, and what was changed. Screen readers announce
// what is new.
// The names of people whom the message mentions, as the text has them with @; those of the reader stand out.
const markedNames = ({ mentions = [] }) => {
  if (!mentions.length) return (text) => [text];
  // Somebody may have typed a part of the name only.
  const called = mentions.flatMap((one) => [one.name, ...one.name.split(" ")].map((name, part) => ({ ...one, name: name.toLowerCase(), part })));
  const longestFirst = called.sort((one, other) => other.name.length - one.name.length || one.part - other.part);
  const escaped = longestFirst.map(({ name }) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const named = new RegExp(`@(${escaped.join("|")})(?![\\p{L}\\p{N}])`, "giu");
  return (text) => {
    const found = [];
    let end = 0;
    for (const { 0: whole, 1: name, index } of text.matchAll(named)) {
      const isMe = longestFirst.find((one) => one.name === name.toLowerCase())?.is_me;
      found.push(text.slice(end, index), make("mark", { class: isMe ? "me" : "" }, whole));
      end = index + whole.length;
    }
    return [...found, text.slice(end)];
  };
};

// A message may consist of files alone, which may have been deleted since.
const wordsOf = (message) => {
  const [marked, linked] = [markedNames(message), linkedNumbers(message.tickets)];
  if (message.body) return textOf(message.body, (text) => marked(text).flatMap((part) => (typeof part === "string" ? linked(part) : [part])));
  return message.files?.length ? null : make("p", { class: "quiet" }, "What was sent here was deleted.");
};

const bubble = (message, removeFile) => {
  const head = make(
    "p", { class: "head" },
    make("strong", {}, message.name),
    message.role ? make("span", { class: "chip" }, message.role) : null,
    message.internal ? make("span", { class: "chip", "data-tone": "amber" }, "Internal note") : null,
    make("time", { class: "quiet", dateTime: message.at, title: message.exact }, message.said),
  );
  const quoted = message.quoted && make("p", { class: "quoted quiet" }, "Reply to ", make("bdi", {}, message.quoted));
  const reply = () => {
    const text = (message.body || (message.files ?? []).map(({ name }) => name).join(", ")).replace(/\s+/g, " ").slice(0, 80);
    window.dispatchEvent(new CustomEvent("lodge-reply", { detail: { id: message.thread, name: message.name, text } }));
  };
  const answer = make("button", { type: "button", class: "link", "aria-label": `Reply to ${message.name}`, onclick: reply }, "Reply");
  const kind = ["message", message.mine ? "mine" : "", message.internal ? "internal" : ""];
  return make(
    "li", { class: kind.filter(Boolean).join(" ") },
    head, quoted || null, wordsOf(message), fileList(message.files, removeFile), message.can_answer ? answer : null,
  );
};

const TAGS = { same: "span", gone: "del", new: "ins" };
const SPOKEN = { gone: "Removed: ", new: "Added: " };
const piece = ({ kind, text }) => make(
  TAGS[kind], {}, kind in SPOKEN ? make("span", { class: "unseen" }, SPOKEN[kind]) : null, text,
);

// An act that cannot be undone is confirmed first: the question replaces the button.
const button = (line, act, tell) => {
  const place = make("div", { class: "act" });
  const doIt = () => tell(act.name, line.id);
  const ask = () => {
    const keep = make("button", { type: "button", onclick: () => { offer(); place.firstChild.focus(); } }, "Keep it");
    place.replaceChildren(
      make("p", { class: "quiet" }, act.question),
      make("button", { type: "button", class: "remove", onclick: doIt }, act.sure), keep,
    );
    keep.focus();
  };
  const offer = () => place.replaceChildren(make("button", {
    type: "button", class: "link", "aria-label": `${act.label}, ${line.said}`, onclick: act.question ? ask : doIt,
  }, act.label));
  offer();
  return place;
};

// What was changed in a text of more letters is folded.
const MANY_LETTERS = 600;
const texts = (pieces) => {
  const paragraph = (...some) => make("p", { class: "words text", dir: "auto" }, ...some.map(piece));
  // Two texts without a common part get a paragraph each: their writing directions may differ.
  const isWhole = !pieces.some(({ kind }) => kind === "same");
  const words = make("div", {}, ...(isWhole ? pieces.map((one) => paragraph(one)) : [paragraph(...pieces)]));
  const letters = pieces.reduce((sum, { text }) => sum + text.length, 0);
  return letters > MANY_LETTERS ? make("details", {}, make("summary", {}, "What was changed"), words) : words;
};

const change = (line, tell) => make(
  "li", { class: "change" },
  make("p", {}, make("span", {}, ...linkedNumbers(line.tickets)(line.text)), " ", make("time", { class: "quiet", title: line.exact }, line.said)),
  line.pieces.length ? texts(line.pieces) : null,
  line.note ? make("p", { class: "quiet" }, line.note) : null,
  line.acts.length ? make("div", { class: "acts" }, ...line.acts.map((act) => button(line, act, tell))) : null,
);

// Messages count as read, and mentions as seen, once the ticket is drawn in a visible tab.
const looked = new WeakMap();
const GLANCE = 150;
const look = (root) => {
  const { ticket, latest, mentioned, told } = looked.get(root);
  if (!root.isConnected || document.visibilityState !== "visible" || (latest <= told.latest && mentioned <= told.mentioned)) return;
  looked.get(root).told = { latest, mentioned };
  window.lodgeSeen = { read: ticket, latest, mentioned };
  window.dispatchEvent(new Event("lodge-seen"));
};

const drawFilters = (root, { filters, show }, choose) => {
  const present = new Map([...root.filters.children].map((button) => [button.name, button]));
  const wanted = filters.map(({ name, label }) => {
    const button = present.get(name) ?? make("button", { type: "button", name }, label);
    button.setAttribute("aria-pressed", String(name === show));
    button.onclick = () => choose(name);
    return button;
  });
  if (wanted.some((button, place) => root.filters.children[place] !== button)) root.filters.replaceChildren(...wanted);
  root.filters.hidden = !filters.length;
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, (place) => {
    place.filters = make("div", { class: "filters", role: "group", "aria-label": "Show" });
    place.earlier = make("button", { type: "button", class: "earlier" }, "Show earlier");
    place.list = make("ol", {});
    place.empty = make("p", { class: "quiet" });
    place.append(
      place.filters, place.empty, place.earlier, make("div", { role: "log", "aria-label": "Messages and changes" }, place.list),
    );
  });
  const { list } = root;
  root.call = teller(root, data, setTriggerValue);
  drawFilters(root, data, (name) => root.call("show", name));
  root.earlier.hidden = !data.has_earlier;
  root.earlier.onclick = () => root.call("earlier", true);
  root.empty.textContent = data.entries.length ? "" : "There is nothing to show.";
  root.empty.hidden = data.entries.length > 0;
  // Python learns which version of the ticket the person saw: a newer one may be drawn while the press is on its way.
  root.version = data.version;
  const tell = (name, id) => root.call("act", { name, id, version: root.version });
  const removeFile = data.may_delete_files ? (id) => root.call("delete_file", id) : null;
  // What has not changed keeps its element, and so its focus, an open question, and a text that somebody unfolded.
  const present = new Map([...list.children].map((item) => [item.drawn, item]));
  data.entries.forEach((entry, place) => {
    const drawn = JSON.stringify(entry);
    const item = present.get(drawn) ?? (entry.is_message ? bubble(entry, removeFile) : change(entry, tell));
    item.drawn = drawn;
    if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
  });
  while (list.children.length > data.entries.length) list.lastChild.remove();
  const before = looked.get(root);
  // Opening a ticket is always told: a mention may be in a message that is not shown.
  const told = before?.ticket === data.ticket ? before.told : { latest: -1, mentioned: -1 };
  looked.set(root, { ticket: data.ticket, latest: data.latest, mentioned: data.mentioned ?? 0, told });
  if (!before) listenWhileShown(root, document, "visibilitychange", () => look(root));
  setTimeout(look, GLANCE, root);
}
