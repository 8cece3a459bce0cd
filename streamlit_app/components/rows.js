// A list of tickets or people: rows on a wide screen, cards on a narrow one. They are real links, so they open in a new tab too.
// The entry of the browser's history remembers the row that was opened, so that Back leads to it.
const nameOf = (label, item) => `${label} ${item.id}`;

const remember = (list, name) => {
  list.opened = name;
  history.replaceState({ ...history.state, openedRow: name }, "");
};

// A text, or its parts, of which those that match are marked.
const words = (text, parts) => (parts?.length ? parts.map((part) => (part.is_match ? make("mark", {}, part.text) : part.text)) : [text]);

const row = (item, list, name, isOpened) => {
  const title = make("span", { class: "title" }, ...words(item.title, item.title_parts));
  const link = make("a", { class: "main", "aria-current": isOpened ? "true" : null }, ...(item.number ? [make("span", { class: "number" }, item.number), " "] : []), title);
  linkTo(link, item.href, () => remember(list, name));
  const note = item.note || item.note_parts?.length ? make("p", { class: "note quiet words" }, ...words(item.note, item.note_parts)) : null;
  const meta = make("p", { class: "meta quiet" }, ...item.meta.map((text) => make("span", {}, text)));
  return make("li", {}, make("div", { class: "body" }, link, note, meta), chips(item.chips));
};

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, (place) => place.append(make("ul", {})));
  const list = root.firstChild;
  list.setAttribute("aria-label", data.label);
  const opened = history.state?.openedRow;
  const drawn = JSON.stringify([data.items, opened]);
  if (list.drawn !== drawn) {
    list.drawn = drawn;
    const place = data.items.findIndex((item) => nameOf(data.label, item) === opened);
    const drawRow = (item, index) => row(item, list, nameOf(data.label, item), index === place);
    keepFocus(parentElement, "href", () => list.replaceChildren(...data.items.map(drawRow)));
  }
  showTopOfNewPage(list, data.page);
  if (list.opened === opened) return;
  list.opened = opened;
  const link = list.querySelector("[aria-current]");
  link?.focus({ preventScroll: true });
  link?.scrollIntoView({ block: "center" });
}
