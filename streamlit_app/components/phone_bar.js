// The bar at the bottom of a phone: the pages that its owner uses most, and a button that opens the menu.
const openMenu = () => document.querySelector("[data-testid=stExpandSidebarButton]")?.click();

const link = (entry) => {
  return linkTo(make("a", { "aria-current": entry.is_current ? "page" : null }, make("span", {}, entry.label), news(entry.counts)), entry.href);
};

// On a wide screen the menu at the side is always there, and the bar is not on the page at all.

const draw = (root) => {
  const more = () => make("button", { type: "button", onclick: openMenu }, make("span", {}, "More"), news(root.data.moreCounts));
  const bar = () => make("nav", { "aria-label": "Main pages" }, ...root.data.entries.map(link), more());
  root.replaceChildren(...(phoneScreen.matches ? [bar()] : []));
  showNews(root, root.data.news);
};

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, (place) => {
    listenWhileShown(place, phoneScreen, "change", () => draw(place));
    followNews(place);
  });
  const drawn = JSON.stringify(data);
  if (root.drawn === drawn) return;
  Object.assign(root, { drawn, data });
  draw(root);
}
