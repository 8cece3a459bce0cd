// A list that somebody keeps: entries with buttons.
const LONGEST_CALLED = 80;

const link = (number) => linkTo(make("a", {}, `#${number}`), `ticket?id=${number}`);

const entry = (item, tell) => {
  const called = item.called || item.name.slice(0, LONGEST_CALLED);
  const act = ({ kind, label }) => make("button", {
    type: "button", class: "link", name: kind, "aria-label": `${label} ${called}`, onclick: () => tell(kind, item.slug),
  }, label);
  const name = item.is_text ? make("span", { class: "words" }, item.name) : make("bdi", {}, item.name);
  const mark = item.mark ? chip({ text: item.mark, tone: item.mark_tone }) : null;
  const ticket = item.ticket ? link(item.ticket) : null;
  const fact = item.fact || ticket ? make("p", { class: "quiet" }, ticket, ticket ? " " : "", make("bdi", {}, item.fact)) : null;
  const body = make("div", { class: "body" },
    make("p", { class: item.is_text ? "name text" : "name" }, name, mark),
    item.note ? make("p", { class: "quiet" }, make("bdi", {}, item.note)) : null,
    fact,
  );
  return make("li", { "data-slug": item.slug }, body, make("div", { class: "acts" }, ...item.acts.map(act)));
};

// Whoever moves an entry by keyboard goes on from the same button of it, although the list is made anew. Where the button is
// gone, as "Move up" of the first entry is, they go on from the one in its place.
const keepingFocus = (list, change) => {
  const button = list.getRootNode().activeElement?.closest("button");
  const [kind, item] = [button?.name, button?.closest("li")];
  const place = button ? [...button.parentElement.children].indexOf(button) : 0;
  change();
  if (!item || item.isConnected) return;
  const now = [...list.children].find((one) => one.dataset.slug === item.dataset.slug);
  const offered = now ? [...now.querySelectorAll("button")] : [];
  (offered.find(({ name }) => name === kind) ?? offered[Math.min(place, offered.length - 1)])?.focus();
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, (place) => place.append(make("ul", {})));
  const list = root.firstChild;
  root.tell = teller(root, data, setTriggerValue);
  list.setAttribute("aria-label", data.label);
  const drawn = JSON.stringify(data.items);
  const drawAnew = () => list.replaceChildren(...data.items.map((item) => entry(item, (kind, slug) => root.tell(kind, slug))));
  if (list.drawn !== drawn) keepingFocus(list, drawAnew);
  list.drawn = drawn;
  showTopOfNewPage(list, data.page);
}
