// What happened to a ticket, the latest first, with the words that a change took away and brought.
const TAGS = { same: "span", gone: "del", new: "ins" };
const SPOKEN = { gone: "Removed: ", new: "Added: " };

const piece = ({ kind, text }) => make(
  TAGS[kind], {}, kind in SPOKEN ? make("span", { class: "unseen" }, SPOKEN[kind]) : null, text,
);

// What cannot be undone is asked first, in the button's place.
const button = (line, act, tell) => {
  const place = make("div", { class: "act" });
  const doIt = () => tell("act", { name: act.name, id: line.id });
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

// Long ones are folded.
const LONG = 600;
const texts = (pieces) => {
  const paragraph = (...some) => make("p", { class: "words text", dir: "auto" }, ...some.map(piece));
  // Texts that have nothing in common may not even run in one direction.
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
  // A line that stays as it is keeps its place, its focus and its open question.
  const present = new Map([...list.children].map((line) => [line.drawn, line]));
  data.lines.forEach((line, place) => {
    const drawn = JSON.stringify(line);
    const shown = present.get(drawn) ?? item(line, setTriggerValue);
    shown.drawn = drawn;
    if (list.children[place] !== shown) list.insertBefore(shown, list.children[place] ?? null);
  });
  while (list.children.length > data.lines.length) list.lastChild.remove();
}
