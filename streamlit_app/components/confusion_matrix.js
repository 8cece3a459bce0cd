// A table on a wide screen; on a narrow one a list for each predicted category, without the cells that are 0.
const cell = (tickets, place, line, columns) => {
  const kind = !tickets ? "none" : place === line.right ? "right" : line.right === null || place === columns.length - 1 ? "" : "wrong";
  return make("td", { class: kind }, make("span", { class: "said" }, columns[place]), make("span", {}, tickets ? tickets.toLocaleString("en") : "–"));
};

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, (place) => place.append(make("div", { class: "frame", tabIndex: 0, role: "region" })));
  const frame = root.firstChild;
  frame.setAttribute("aria-label", data.label);
  const drawn = JSON.stringify(data);
  if (frame.drawn === drawn) return;
  frame.drawn = drawn;
  const head = ["Predicted", ...data.columns].map((title) => make("th", { scope: "col" }, title));
  const rows = data.lines.map((line) => make("tr", {},
    make("th", { scope: "row" }, line.right === null ? null : make("span", { class: "said" }, "Predicted: "), line.name), ...line.cells.map((tickets, place) => cell(tickets, place, line, data.columns))));
  frame.replaceChildren(make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)));
}
