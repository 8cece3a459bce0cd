// The time that people worked in one week: a table by ticket or person and day, and the entries of each day. On a phone, the
// entries alone.
const rowLink = ({ href, title, number }) => linkTo(make("a", {}, ...(number ? [make("span", { class: "number" }, number), " "] : []), make("bdi", {}, title)), href);

const grid = ({ label, about, days, rows, total }) => {
  const head = make("tr", {}, make("th", { scope: "col" }, about), ...days.map(({ short, is_today: isToday }) => make("th", { scope: "col", class: isToday ? "today" : "" }, short)), make("th", { scope: "col" }, "Sum"));
  const body = rows.map((row) => make("tr", {}, make("th", { scope: "row" }, rowLink(row.link)), ...row.cells.map((cell) => make("td", {}, cell)), make("td", { class: "sum" }, row.total)));
  const foot = make("tr", {}, make("th", { scope: "row" }, "Sum"), ...days.map((day) => make("td", { class: "sum" }, day.total)), make("td", { class: "sum" }, total));
  return make("div", { class: "frame", tabIndex: 0, role: "region", "aria-label": label }, make("table", {}, make("thead", {}, head), make("tbody", {}, ...body), make("tfoot", {}, foot)));
};

const entry = ({ link, said, note, why }) => make("li", {}, make("p", { class: "line" }, rowLink(link), make("strong", {}, said)), note ? make("p", { class: "words quiet" }, note) : null, why ? make("p", { class: "why" }, why) : null);

const day = (lists) => ({ name, total, entries }) => make("section", { "aria-label": name, class: lists ? "" : "phone" }, make("h3", {}, name, " ", make("span", { class: "quiet" }, total)), make("ul", {}, ...entries.map(entry)));

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement);
  const drawn = JSON.stringify(data);
  if (root.drawn === drawn) return;
  root.drawn = drawn;
  keepFocus(parentElement, "href", () => root.replaceChildren(grid(data), ...data.days.filter(({ entries }) => entries.length).map(day(data.lists_days))));
}
