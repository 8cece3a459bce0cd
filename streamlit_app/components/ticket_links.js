// A short list of tickets, beside another one.
const item = ({ id, title, chip: shown, said }) => {
  const link = linkTo(make("a", {}, make("span", { class: "number" }, `#${id}`), " ", make("bdi", {}, title)), `ticket?id=${id}`);
  return make("li", {}, link, make("p", { class: "quiet" }, chip(shown), " ", make("bdi", {}, said)));
};

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, (place) => place.append(make("ul", {})));
  const list = root.firstChild;
  list.setAttribute("aria-label", data.label);
  const drawn = JSON.stringify(data.items);
  if (list.drawn !== drawn) list.replaceChildren(...data.items.map(item));
  list.drawn = drawn;
}
