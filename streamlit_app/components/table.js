// A table of figures. Wide or long tables scroll inside their own frame.
export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, (place) => place.append(make("div", { class: "frame", tabIndex: 0, role: "region" })));
  const frame = root.firstChild;
  frame.setAttribute("aria-label", data.label);
  frame.classList.toggle("cards", data.has_cards);
  const drawn = JSON.stringify(data);
  if (frame.drawn === drawn) return;
  frame.drawn = drawn;
  const kind = (place) => (data.columns[place].is_number ? "number" : "");
  const head = data.columns.map(({ title }, place) => make("th", { scope: "col", class: kind(place) }, title));
  const row = (cells) => make("tr", {}, ...cells.map((cell, place) => make("td", { class: kind(place), "data-title": data.columns[place].title }, cell)));
  const [top, left] = [frame.scrollTop, frame.scrollLeft];
  frame.replaceChildren(make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...data.rows.map(row))));
  frame.scrollTo({ top, left });
}
