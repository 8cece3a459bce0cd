// The time that somebody worked in one week: a table by ticket and day, and the entries of each day. On a phone, the entries
// alone.
const ticketLink = ({ id, title }) => linkTo(make("a", {}, make("span", { class: "number" }, `#${id}`), " ", make("bdi", {}, title)), `ticket?id=${id}`);

const grid = ({ label, days, tickets, total }) => {
  const head = make("tr", {}, make("th", { scope: "col" }, "Ticket"), ...days.map(({ short, is_today: isToday }) => make("th", { scope: "col", class: isToday ? "today" : "" }, short)), make("th", { scope: "col" }, "Sum"));
  const rows = tickets.map((ticket) => make("tr", {}, make("th", { scope: "row" }, ticketLink(ticket)), ...ticket.cells.map((cell) => make("td", {}, cell)), make("td", { class: "sum" }, ticket.total)));
  const foot = make("tr", {}, make("th", { scope: "row" }, "Sum"), ...days.map((day) => make("td", { class: "sum" }, day.total)), make("td", { class: "sum" }, total));
  return make("div", { class: "frame", tabIndex: 0, role: "region", "aria-label": label }, make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows), make("tfoot", {}, foot)));
};

const entry = ({ ticket, said, note }) => make("li", {}, make("p", { class: "line" }, ticketLink(ticket), make("strong", {}, said)), note ? make("p", { class: "words quiet" }, note) : null);

const day = ({ name, total, entries }) => make("section", { "aria-label": name }, make("h3", {}, name, " ", make("span", { class: "quiet" }, total)), make("ul", {}, ...entries.map(entry)));

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement);
  const drawn = JSON.stringify(data);
  if (root.drawn === drawn) return;
  root.drawn = drawn;
  keepFocus(parentElement, "href", () => root.replaceChildren(grid(data), ...data.days.filter(({ entries }) => entries.length).map(day)));
}
