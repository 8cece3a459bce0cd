// The bar at the bottom of a phone: the pages that its owner uses most, and a button that opens the menu.
const openMenu = () => document.querySelector("[data-testid=stExpandSidebarButton]")?.click();

const link = (entry) => {
  const unread = entry.counts_unread ? make("span", { class: "unread" }) : null;
  return linkTo(make("a", { "aria-current": entry.is_current ? "page" : null }, make("span", {}, entry.label), unread), entry.href);
};

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, (place) => {
    place.append(make("nav", { "aria-label": "Main pages" }));
    followUnread(place);
  });
  const drawn = JSON.stringify(data);
  if (root.drawn === drawn) return;
  root.drawn = drawn;
  const more = make("button", { type: "button", onclick: openMenu }, "More");
  root.firstChild.replaceChildren(...data.entries.map(link), more);
  showUnread(root, data.unread);
}
