// Large numbers, each a link to what it counts.
export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, (place) => place.append(make("ul", {})));
  const list = root.firstChild;
  list.setAttribute("aria-label", data.label);
  list.dataset.wide = data.is_wide;
  data.items.forEach((item, place) => {
    const link = list.children[place]?.firstChild ?? list.appendChild(make("li", {}, make("a", {}))).firstChild;
    linkTo(link, item.href);
    const said = item.value + item.name;
    if (link.dataset.said === said) return;
    link.dataset.said = said;
    link.replaceChildren(make("strong", {}, item.value), make("span", { class: "quiet" }, item.name));
  });
}
