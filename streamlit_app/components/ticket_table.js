// The queue's list. Each row is a real link, so it opens in a new tab too. The entry of the browser's history remembers the
// row that was opened, so that Back leads to it. `j` and `k` move from row to row, wherever the focus is; so do the arrow
// keys inside the table. `a` assigns the ticket of the row with the focus, as a press of its assignee does.
const TONES_OF_TEXT = ["", "quiet", "strong"];

const nameOf = (data, row) => `${data.label} ${row.id}`;

const remember = (root, name) => {
  root.opened = name;
  history.replaceState({ ...history.state, openedRow: name }, "");
};

const assignButton = (text, tone, row, tell) => make("button", {
  type: "button", class: `assign ${tone}`, title: "Assign (a)", "aria-label": `${text}, assign #${row.id}`, onclick: () => tell(row.id),
}, text);

const cell = ([text, tone, sign, assigns], { label, size, explains_itself }, row, tell) => {
  const dot = sign ? make("span", { class: "dot", role: "img", "aria-label": sign }) : null;
  const value = text && assigns ? assignButton(text, tone, row, tell) : text ? make("span", { class: TONES_OF_TEXT.includes(tone) ? tone : "chip", "data-tone": tone }, text) : null;
  const name = text && !explains_itself ? make("span", { class: "name" }, label) : null;
  // Empty for a cell without anything, which a card then leaves out.
  return make("td", { class: size, role: "cell" }, dot || value ? make("div", { class: "line" }, name, dot, value) : null);
};

const line = (root, data, row, isOpened) => {
  const link = make("a", { class: "main", "aria-current": isOpened ? "true" : null },
    make("span", { class: "number" }, `#${row.id}`), " ", make("span", { class: "title" }, row.title));
  linkTo(link, `ticket?id=${row.id}`, () => remember(root, nameOf(data, row)));
  const title = make("td", { class: "first", role: "cell" }, make("div", { class: "line" }, link, ...row.marks.map(chip)));
  return make("tr", { role: "row" }, title, ...row.cells.map((each, place) => cell(each, data.columns[place], row, (number) => root.tell(number))));
};

const build = (root) => {
  root.table = make("table", { role: "table", "aria-keyshortcuts": "j k a" });
  root.said = make("span", {});
  root.legend = make("span", { class: "legend" });
  // A dialog takes the focus, and cannot give it back to a row that was drawn anew.
  root.table.addEventListener("focusin", ({ target }) => (root.last = target.closest("tr")?.querySelector("a.main")?.href));
  root.append(make("p", { class: "bar quiet" }, root.said, root.legend), root.table);
};

const fill = (root, data, opened) => {
  const place = data.rows.findIndex((row) => nameOf(data, row) === opened);
  const heads = [{ label: "Ticket", size: "first" }, ...data.columns].map(({ label, size }) => make("th", { scope: "col", role: "columnheader", class: size }, label));
  const lines = data.rows.map((row, index) => line(root, data, row, index === place));
  root.table.setAttribute("aria-label", data.label);
  root.table.classList.toggle("roomy", !data.dense);
  root.table.replaceChildren(
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...heads)), make("tbody", { role: "rowgroup" }, ...lines));
  root.said.textContent = data.said;
  root.legend.replaceChildren(...(data.legend ? [make("span", { class: "dot" }), ` ${data.legend}`] : []));
};

const links = (root) => [...root.querySelectorAll("a.main")];

// Returns the row's link that has the focus, or had it last, or else of the ticket that was opened.
const present = (root) => {
  const all = links(root);
  const isHere = [(link) => link === root.getRootNode().activeElement, (link) => link.href === root.last, (link) => link.getAttribute("aria-current")];
  return isHere.map((is) => all.find(is)).find(Boolean);
};

const move = (root, step) => {
  const all = links(root);
  const begun = all.indexOf(present(root));
  all[Math.max(0, Math.min(all.length - 1, begun + (begun < 0 ? 1 : step)))]?.focus();
};

const STEPS = { j: 1, k: -1 };
const ARROWS = { ArrowDown: 1, ArrowUp: -1 };
let shown = null;
document.addEventListener("keydown", (event) => {
  if (!shown?.isConnected || !isForPage(event)) return;
  const isInside = shown.contains(event.composedPath()[0]);
  if (event.key === "a" && shown.assigns && !areKeysOff() && present(shown)) {
    event.preventDefault();
    shown.tell(Number(new URL(present(shown).href).searchParams.get("id")));
    return;
  }
  const step = (areKeysOff() ? undefined : STEPS[event.key]) ?? (isInside ? ARROWS[event.key] : undefined);
  if (step === undefined) return;
  event.preventDefault();
  move(shown, step);
});

export default function ({ data, parentElement, setTriggerValue }) {
  const root = (shown = rootOf(parentElement, build));
  root.assigns = data.assigns;
  root.tell = (number) => setTriggerValue("assign", number);
  const opened = history.state?.openedRow;
  const drawn = JSON.stringify([data, opened]);
  if (root.drawn !== drawn) {
    root.drawn = drawn;
    const focused = parentElement.activeElement?.getAttribute?.("href");
    fill(root, data, opened);
    if (focused) links(root).find((link) => link.getAttribute("href") === focused)?.focus({ preventScroll: true });
  }
  showTopOfNewPage(root.table, data.page);
  if (root.opened === opened) return;
  root.opened = opened;
  const link = root.querySelector("[aria-current]");
  link?.focus({ preventScroll: true });
  link?.scrollIntoView({ block: "center" });
}
