// The menu at the side: the search field, the link to a new ticket, and the pages in groups.
// Streamlit stores that the sidebar is open. On a phone it must not be so when the page is loaded again.
window.addEventListener("pagehide", () => {
  if (!phoneScreen.matches) return;
  for (const name of Object.keys(localStorage)) if (name.startsWith("stSidebarCollapsed-")) localStorage.removeItem(name);
});

const link = (entry, kind) => {
  const current = { class: kind, "aria-current": entry.is_current ? "page" : null };
  return linkTo(make("a", current, make("span", {}, entry.label), news(entry.counts)), entry.href, closeSidebar);
};

const group = ({ name, entries }) => {
  return make("div", {}, make("p", { class: "quiet" }, name), make("ul", {}, ...entries.map((entry) => make("li", {}, link(entry, "page")))));
};

const search = (root) => {
  const field = make("input", { type: "search", name: "q", maxLength: 200, placeholder: "Search", "aria-label": "Search", "data-key": "/", autocomplete: "off" });
  const go = (event) => {
    event.preventDefault();
    const q = field.value.trim();
    if (!q) return;
    field.blur();
    closeSidebar();
    goTo(`${root.searchAt}?${new URLSearchParams({ q })}`);
    field.value = "";
  };
  return make("form", { role: "search", onsubmit: go }, field);
};

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, (place) => {
    place.newTicket = make("div", {});
    place.form = search(place);
    place.pages = make("nav", {});
    // The dialog belongs to keys.js.
    const showKeys = () => (closeSidebar(), window.dispatchEvent(new CustomEvent("lodge-keys")));
    place.keys = make("button", { type: "button", class: "keys", onclick: showKeys }, "Keys", make("kbd", {}, "?"));
    place.append(place.form, place.newTicket, place.pages, place.keys);
    followNews(place);
  });
  root.searchAt = data.search;
  root.form.hidden = !data.search;
  root.keys.hidden = !data.hasKeys;
  const drawn = JSON.stringify(data);
  if (root.drawn === drawn) return;
  root.drawn = drawn;
  // The link that has just been followed keeps the focus.
  keepFocus(parentElement, "href", () => {
    root.newTicket.replaceChildren(...(data.new ? [link(data.new, "new")] : []));
    root.pages.setAttribute("aria-label", data.groups.map(({ name }) => name).join(", "));
    root.pages.replaceChildren(...data.groups.map(group));
    showNews(root, data.news);
  });
}
