// Known reports. Their refs change with each redraw although they name the same reports, so only a change of the
// visible parts rebuilds the list.
const entry = ({ shown }, index, root) => {
  const link = shown.link && linkTo(make("a", {}, `#${shown.link.id}`), shown.link.href);
  const title = make("span", { class: "title", id: `known-${index}` }, shown.title);
  const note = shown.note ? make("p", { class: "quiet" }, shown.note) : null;
  const act = shown.act ? make("button", { type: "button", "aria-describedby": `known-${index}` }, shown.act) : null;
  act?.addEventListener("click", () => root.call("act", root.items[index].ref));
  return make("li", {}, make("div", { class: "body" }, make("div", { class: "head" }, link, title, chips(shown.chips)), note), act);
};

const build = (place) => {
  place.lead = make("p", { class: "lead", role: "status" });
  place.list = make("ul", {});
  place.append(make("div", { class: "known" }, place.lead, place.list));
  listenWhileShown(place, document, "visibilitychange", () => look(place));
};

// Reports each news as seen only once: if the data API refused it, it would otherwise be sent with every redraw.
const look = (root) => {
  if (!root.unseen || root.unseen === root.told || document.visibilityState !== "visible") return;
  root.told = root.unseen;
  root.call("seen", root.unseen);
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, build);
  Object.assign(root, { call: teller(root, data, setTriggerValue), items: data.items, unseen: data.unseen });
  if (root.lead.textContent !== data.lead) root.lead.textContent = data.lead;
  const drawn = JSON.stringify(data.items.map(({ shown }) => shown));
  if (root.drawn !== drawn) {
    root.drawn = drawn;
    const focused = [...root.list.children].findIndex((place) => place.matches(":focus-within"));
    root.list.replaceChildren(...data.items.map((item, index) => entry(item, index, root)));
    if (focused >= 0) root.list.children[Math.min(focused, data.items.length - 1)]?.querySelector("button, a")?.focus();
  }
  look(root);
}
