// Known reports. A ref is another one with each drawing, and means the same: only what is shown decides what is made anew.
const entry = ({ shown }, index, root) => {
  const link = shown.link && make("a", { href: addressOf(shown.link.href).href }, `#${shown.link.id}`);
  link?.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    root.call("open", shown.link.id);
  });
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
  document.addEventListener("visibilitychange", () => look(place));
};

// Each news is told once: what the desk does not take would otherwise be told for ever.
const look = (root) => {
  if (!root.unseen || root.unseen === root.told || !root.isConnected || document.visibilityState !== "visible") return;
  root.told = root.unseen;
  root.call("seen", root.unseen);
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, build);
  Object.assign(root, { call: setTriggerValue, items: data.items, unseen: data.unseen });
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
