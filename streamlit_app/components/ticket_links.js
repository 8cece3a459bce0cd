// A short list of tickets, beside another one.
const item = (root, { id, title, chip: shown, said }) => {
  const link = linkTo(make("a", {}, make("span", { class: "number" }, `#${id}`), " ", make("bdi", {}, title)), `ticket?id=${id}`);
  const about = make("p", { class: "quiet" }, chip(shown), " ", make("bdi", {}, said));
  const entry = make("li", {}, make("div", {}, link, about));
  if (!root.isRemovable) return entry;
  const remove = make("button", { type: "button", "aria-label": `Remove the link to #${id}`, title: "Remove the link" }, "×");
  remove.onclick = () => {
    remove.disabled = true;
    root.tell("remove", id, () => { remove.disabled = false; });
  };
  entry.append(remove);
  return entry;
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, (place) => place.append(make("ul", {})));
  root.tell = teller(root, data, setTriggerValue);
  root.isRemovable = data.is_removable;
  const list = root.firstChild;
  list.setAttribute("aria-label", data.label);
  const drawn = JSON.stringify([data.items, data.is_removable]);
  if (list.drawn !== drawn) list.replaceChildren(...data.items.map((one) => item(root, one)));
  list.drawn = drawn;
}
