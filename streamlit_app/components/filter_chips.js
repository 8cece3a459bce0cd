// The filters that are set, after the ways to see what they find. A chip that is removed gives the focus to the next one.
export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, (place) => place.append(make("nav", { "aria-label": "Shown as" }), make("ul", { "aria-label": "Filters" }), make("div", { class: "acts" })));
  const tell = teller(root, data, setTriggerValue);
  const drawn = JSON.stringify([data.chips, data.acts, data.ways]);
  if (root.drawn === drawn) return;
  root.drawn = drawn;
  const [ways, list, acts] = root.children;
  const buttons = () => [...root.querySelectorAll("button")];
  const place = buttons().indexOf(parentElement.activeElement);
  const remove = ({ name, text }) => make("button", { type: "button", "aria-label": `Remove ${text}`, onclick: () => tell("remove", name) }, "×");
  const filter = (each) => make("li", {}, make("bdi", {}, each.text), remove(each));
  const act = ({ name, label }) => make("button", { type: "button", class: "link", onclick: () => tell("act", name) }, label);
  const way = ({ label, href, is_current: isCurrent }) => linkTo(make("a", { "aria-current": isCurrent ? "page" : null }, label), href);
  ways.replaceChildren(...(data.ways ?? []).map(way));
  ways.hidden = ways.children.length === 0;
  list.replaceChildren(...data.chips.map(filter));
  list.hidden = data.chips.length === 0;
  acts.replaceChildren(...data.acts.map(act));
  if (place >= 0) buttons()[Math.min(place, buttons().length - 1)]?.focus();
}
