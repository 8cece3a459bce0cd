// A list of tickets: rows on a wide screen, cards on a narrow one. They are real links, so they open in a new tab too.
const row = (item, open) => {
  const title = make("span", { class: "title" }, item.title);
  const link = make("a", { href: addressOf(item.href).href, class: "main" }, make("span", { class: "number" }, item.number), " ", title);
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    open(item.id);
  });
  const note = item.note ? make("p", { class: "note quiet words" }, item.note) : null;
  const meta = make("p", { class: "meta quiet" }, ...item.meta.map((text) => make("span", {}, text)));
  return make("li", {}, make("div", { class: "body" }, link, note, meta), chips(item.chips));
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, (place) => place.append(make("ul", {})));
  const list = root.firstChild;
  list.setAttribute("aria-label", data.label);
  const drawn = JSON.stringify(data.items);
  if (list.drawn === drawn) return;
  list.drawn = drawn;
  const focused = parentElement.activeElement?.getAttribute?.("href");
  list.replaceChildren(...data.items.map((item) => row(item, (id) => setTriggerValue("open", id))));
  if (focused) [...list.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
}
