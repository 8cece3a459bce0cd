// A short list that somebody looks after: each entry with what can be done to it.
const entry = (item, tell) => {
  const act = (label, kind) => make("button", {
    type: "button", class: "link", "aria-label": `${label} ${item.name}`, onclick: () => tell(kind, item.slug),
  }, label);
  const name = make("p", { class: "name" }, make("bdi", {}, item.name), item.mark ? chip({ text: item.mark, tone: "green" }) : null);
  const note = item.note ? make("p", { class: "quiet" }, make("bdi", {}, item.note)) : null;
  return make("li", {}, make("div", { class: "body" }, name, note), make("div", { class: "acts" }, act("Change", "change"), act("Delete", "delete")));
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, (place) => place.append(make("ul", {})));
  const list = root.firstChild;
  list.setAttribute("aria-label", data.label);
  const drawn = JSON.stringify(data.items);
  if (list.drawn === drawn) return;
  list.drawn = drawn;
  list.replaceChildren(...data.items.map((item) => entry(item, setTriggerValue)));
}
