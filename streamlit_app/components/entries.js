// A list that somebody keeps: entries with buttons.
const LONGEST_CALLED = 80;

const link = (number) => linkTo(make("a", {}, `#${number}`), `ticket?id=${number}`);

const entry = (item, tell) => {
  const called = item.name.slice(0, LONGEST_CALLED);
  const act = ({ kind, label }) => make("button", {
    type: "button", class: "link", "aria-label": `${label} ${called}`, onclick: () => tell(kind, item.slug),
    "data-kind": kind,
  }, label);
  const name = item.is_text ? make("span", { class: "words" }, item.name) : make("bdi", {}, item.name);
  const mark = item.mark ? chip({ text: item.mark, tone: "green" }) : null;
  const ticket = item.ticket ? link(item.ticket) : null;
  const fact = item.fact || ticket ? make("p", { class: "quiet" }, ticket, ticket ? " " : "", make("bdi", {}, item.fact)) : null;
  const body = make("div", { class: "body" },
    make("p", { class: item.is_text ? "name text" : "name" }, name, mark),
    item.note ? make("p", { class: "quiet" }, make("bdi", {}, item.note)) : null,
    fact,
  );
  return make("li", { "data-slug": item.slug }, body, make("div", { class: "acts" }, ...item.acts.map(act)));
};

// Whoever moves an entry by the keyboard goes on from it in its new place. At the end of the list, the button that was
// pressed is gone: then its other buttons are nearest.
const drawAnew = (list, items, tell) => {
  const focused = list.getRootNode().activeElement;
  const held = list.contains(focused) && focused.dataset.kind ? [focused.closest("li").dataset.slug, focused.dataset.kind] : null;
  list.replaceChildren(...items.map((item) => entry(item, tell)));
  const there = held && [...list.children].find((one) => one.dataset.slug === held[0]);
  const buttons = there ? [...there.querySelectorAll("button[data-kind]")] : [];
  (buttons.find((one) => one.dataset.kind === held[1]) ?? buttons[0])?.focus();
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, (place) => place.append(make("ul", {})));
  const list = root.firstChild;
  list.setAttribute("aria-label", data.label);
  const drawn = JSON.stringify(data.items);
  if (list.drawn !== drawn) drawAnew(list, data.items, setTriggerValue);
  list.drawn = drawn;
  showTopOfNewPage(list, data.page);
}
