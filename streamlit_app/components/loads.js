// How much each of some people has to do. The words beside a bar say what it shows, so that nobody has to read its length.
const bar = (share) => {
  if (share === null) return null;
  const fill = make("span", { class: share > 1 ? "fill over" : "fill" });
  fill.style.width = `${Math.min(share, 1) * 100}%`;
  return make("div", { class: "bar", "aria-hidden": "true" }, fill);
};

const person = ({ name, href, said, share, chips: marks, note }) => make("li", {},
  make("div", { class: "head" }, make("span", { class: "who" }, href ? linkTo(make("a", {}, name), href) : make("span", {}, name), chips(marks)), make("span", { class: "said" }, said)),
  bar(share),
  note ? make("p", { class: "quiet" }, note) : null,
);

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, (place) => place.append(make("ul", {})));
  const list = root.firstChild;
  list.setAttribute("aria-label", data.label);
  const drawn = JSON.stringify(data.items);
  if (list.drawn !== drawn) list.replaceChildren(...data.items.map(person));
  list.drawn = drawn;
}
