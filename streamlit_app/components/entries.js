// A list that somebody keeps: entries with buttons.
const LONGEST_CALLED = 80;

const link = (number) => linkTo(make("a", {}, `#${number}`), `ticket?id=${number}`);

const entry = (item, tell) => {
  const called = item.name.slice(0, LONGEST_CALLED);
  const act = ({ kind, label }) => make("button", {
    type: "button", class: "link", "aria-label": `${label} ${called}`, onclick: () => tell(kind, item.slug),
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
  return make("li", {}, body, make("div", { class: "acts" }, ...item.acts.map(act)));
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, (place) => place.append(make("ul", {})));
  const list = root.firstChild;
  root.tell = teller(root, data, setTriggerValue);
  list.setAttribute("aria-label", data.label);
  const drawn = JSON.stringify(data.items);
  if (list.drawn !== drawn) list.replaceChildren(...data.items.map((item) => entry(item, (kind, slug) => root.tell(kind, slug))));
  list.drawn = drawn;
  showTopOfNewPage(list, data.page);
}
