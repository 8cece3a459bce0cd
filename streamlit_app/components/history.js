// A ticket's history, latest first, with the words that each change removed and added.
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

// Texts longer than this are collapsed.
const LONG = 600;
const texts = (pieces) => {
  const paragraph = (...some) => make("p", { class: "words text", dir: "auto" }, ...some.map(piece));
  // Two texts without a common part get a paragraph each: their writing directions may differ.
  const isWhole = !pieces.some(({ kind }) => kind === "same");
  const words = make("div", {}, ...(isWhole ? pieces.map((one) => paragraph(one)) : [paragraph(...pieces)]));
  const letters = pieces.reduce((sum, { text }) => sum + text.length, 0);
  return letters > LONG ? make("details", {}, make("summary", {}, "What was changed"), words) : words;
};

const item = (line, tell) => make(
  "li", {},
  make("p", {}, make("time", { class: "quiet", title: line.exact }, line.said), " ", make("span", {}, line.text)),
  line.pieces.length ? texts(line.pieces) : null,
  line.note ? make("p", { class: "quiet" }, line.note) : null,
  line.acts.length ? make("div", { class: "acts" }, ...line.acts.map((act) => button(line, act, tell))) : null,
);

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, (place) => place.append(
    make("ol", { "aria-label": "History" }),
    make("button", { type: "button", class: "earlier" }, "Show earlier"),
  ));
  const [list, earlier] = root.children;
  earlier.hidden = !data.has_earlier;
  earlier.onclick = () => setTriggerValue("earlier", true);
  // Python learns which version of the ticket the person saw: a newer one may be drawn while the press is on its way.
  root.version = data.version;
  const tell = (name, id) => setTriggerValue("act", { name, id, version: root.version });
  // An unchanged line keeps its element, and so its focus and an open question.
  const present = new Map([...list.children].map((line) => [line.drawn, line]));
  data.lines.forEach((line, place) => {
    const drawn = JSON.stringify(line);
    const shown = present.get(drawn) ?? item(line, tell);
    shown.drawn = drawn;
    if (list.children[place] !== shown) list.insertBefore(shown, list.children[place] ?? null);
  });
  while (list.children.length > data.lines.length) list.lastChild.remove();
}
