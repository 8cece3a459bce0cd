// The tables of the SQL lab. A name that is pressed goes into the editor; an opened table says what its columns hold.
const INSERT = "lodge-sql-insert";
const ASKED_AGAIN_AFTER = 60_000;
const LONGEST_VALUE = 40;
const NO_FIGURES = "What the columns hold cannot be said at the moment.";

const insert = (name) => dispatchEvent(new CustomEvent(INSERT, { detail: name }));

const count = (number, one, more) => `${number.toLocaleString("en")} ${number === 1 ? one : more}`;

const build = (root) => {
  const search = make("input", { type: "search", "aria-label": "Search tables and columns", placeholder: "Search tables and columns" });
  search.addEventListener("input", () => find(root, search.value));
  root.nothing = make("p", { class: "quiet", role: "status" });
  root.list = make("div", { class: "tables", role: "region", "aria-label": "Tables", tabIndex: 0 });
  root.append(search, root.nothing, root.list);
  root.search = search;
};

const name = (text, note) => make("button", { type: "button", class: "name", title: `Put ${text} into the editor`, onclick: () => insert(text) }, text, note);

const tableOf = (root, table) => {
  const columns = table.columns.map(columnOf);
  const about = make("p", { class: "quiet" });
  const element = make(
    "details", {},
    make("summary", {}, make("code", {}, table.name), make("span", { class: "quiet" }, ` ${count(table.rows, "row", "rows")}. ${table.comment}.`)),
    make("p", { class: "head" }, name(table.name), about),
    make("ul", {}, ...columns.map(({ element }) => element)),
  );
  const made = { name: table.name, element, about, columns, askedAt: null };
  element.addEventListener("toggle", () => element.open && describe(root, made));
  return made;
};

const columnOf = ({ name: text, type, comment }) => {
  const facts = make("div", { class: "facts quiet" });
  const head = make("div", { class: "column" }, name(text), make("span", { class: "quiet" }, type), make("span", {}, comment));
  return { name: text, facts, element: make("li", {}, head, facts) };
};

const find = (root, words) => {
  const wanted = words.trim().toLowerCase();
  let found = 0;
  for (const table of root.tables) {
    const isNamed = table.name.includes(wanted);
    const fitting = table.columns.filter((column) => column.name.includes(wanted));
    table.element.hidden = !isNamed && fitting.length === 0;
    for (const column of table.columns) column.element.hidden = fitting.length > 0 && !fitting.includes(column);
    if (wanted) table.element.open = fitting.length > 0 && fitting.length <= 5;
    found += table.element.hidden ? 0 : 1;
  }
  root.nothing.textContent = found ? "" : "No table and no column is called so.";
};

const describe = async (root, table) => {
  if (table.askedAt !== null && performance.now() - table.askedAt < ASKED_AGAIN_AFTER) return;
  table.askedAt = performance.now();
  if (!table.about.textContent) table.about.textContent = "Reading…";
  try {
    const answer = await fetch(addressOf(root.data.summary + table.name));
    if (!answer.ok) throw new Error(answer.statusText);
    showSummary(root, table, await answer.json());
  } catch {
    table.askedAt = null;
    table.about.textContent = NO_FIGURES;
  }
};

const showSummary = (root, table, summary) => {
  const time = new Date(summary.as_of).toLocaleTimeString("en-GB", { timeZone: root.data.zone });
  const drawn = summary.read < summary.rows ? ` Figures from ${count(summary.read, "row", "rows")} drawn at random.` : "";
  table.about.textContent = `As of ${time}.${drawn}`;
  const columns = new Map(summary.columns.map((column) => [column.name, column]));
  for (const { name, facts } of table.columns) if (columns.has(name)) facts.replaceChildren(...factsOf(columns.get(name), summary.read));
};

const factsOf = (column, read) => {
  if (read === 0) return [];
  const range = column.histogram.length > 0 ? `${shown(column.minimum, column.type)} to ${shown(column.maximum, column.type)}` : null;
  return [
    column.histogram.length > 0 ? bars(column.histogram, range) : null,
    make("span", {}, missing(column.nulls, read)),
    column.distinct > 0 ? make("span", {}, `${column.values.length === column.distinct ? "" : "about "}${count(column.distinct, "value", "values")}`) : null,
    range ? make("span", {}, range) : null,
    column.values.length > 0 ? make("span", { class: "values" }, valuesOf(column)) : null,
  ].filter(Boolean);
};

const missing = (nulls, read) => {
  if (nulls === 0) return "never empty";
  if (nulls === read) return "always empty";
  const share = (100 * nulls) / read;
  return `${share < 1 ? "less than 1" : Math.min(99, Math.round(share))} % empty`;
};

const valuesOf = ({ values, type }) => {
  const words = values.map(({ value, rows }) => (rows === null ? shown(value, type) : `${shown(value, type)} (${rows.toLocaleString("en")})`));
  return `${values.some(({ rows }) => rows === null) ? "such as " : ""}${words.join(", ")}`;
};

// Seconds are enough for moments, and one place after the point for long fractions.
const shown = (value, type) => {
  if (type === "DOUBLE" && Number.isFinite(Number(value))) return Number(value).toLocaleString("en", { maximumFractionDigits: 2 });
  const text = type === "TIMESTAMP" ? value.slice(0, 19) : value;
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
};

const bars = (counts, range) => {
  const most = Math.max(...counts);
  const bar = (rows) => {
    const element = make("span", { title: count(rows, "row", "rows") });
    element.style.height = `${rows === 0 ? 0 : Math.max(8, (100 * rows) / most)}%`;
    return element;
  };
  const label = `Rows in ${counts.length} equal parts from ${range}: ${counts.join(", ")}`;
  return make("span", { class: "bars", role: "img", "aria-label": label }, ...counts.map(bar));
};

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, build);
  root.data = data;
  const drawn = JSON.stringify(data.tables.map(({ rows, ...told }) => told));
  if (root.drawn === drawn) return;
  root.drawn = drawn;
  root.tables = data.tables.map((table) => tableOf(root, table));
  root.list.replaceChildren(...root.tables.map(({ element }) => element));
  find(root, root.search.value);
}
