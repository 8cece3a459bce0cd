// The queue's list. Each row is a real link, so it opens in a new tab too. The entry of the browser's history remembers the
// row that was opened, so that Back leads to it. `j` and `k` move from row to row, wherever the focus is; so do the arrow
// keys inside the table. `a` assigns the ticket of the row with the focus, as a press of its assignee does. With
// `data.selection`, each row has a box, and a bar at the bottom acts on what is selected.
const TONES_OF_TEXT = ["", "quiet", "strong"];

const nameOf = (data, row) => `${data.label} ${row.id}`;

const remember = (root, name) => {
  root.opened = name;
  history.replaceState({ ...history.state, openedRow: name }, "");
};

// Tab goes from row to row: what is in a row has a key, and without keys the bar acts on a row that the space bar has selected.
const assignButton = (text, tone, row, { tell, data }) => make("button", {
  type: "button", class: `assign ${tone}`, tabIndex: data.selection ? -1 : 0, title: "Assign (a)",
  "aria-label": `${text}, assign #${row.id}`, onclick: () => tell("assign", row.id),
}, text);

const cell = ([text, tone, sign, assigns], { label, size, explains_itself }, row, root) => {
  const dot = sign ? make("span", { class: "dot", role: "img", "aria-label": sign }) : null;
  const value = text && assigns ? assignButton(text, tone, row, root) : text ? make("span", { class: TONES_OF_TEXT.includes(tone) ? tone : "chip", "data-tone": tone }, text) : null;
  const name = text && !explains_itself ? make("span", { class: "name" }, label) : null;
  // Empty for a cell without anything, which a card then leaves out.
  return make("td", { class: size, role: "cell" }, dot || value ? make("div", { class: "line" }, name, dot, value) : null);
};

// -- what is selected ---------------------------------------------------------------------------------------------------

// The tab remembers it, so that it outlives redraws, other pages of the list and visits of a ticket. `given` is the last
// selection that Python has made; a new one takes the place of what was selected.
const SELECTED = "lodge-selected";
const NOTHING = { owner: null, given: null, ids: [] };
let chosen = new Set();
let owner = null;
let taken = null;
let anchor = null;

const keepChosen = () => sessionStorage.setItem(SELECTED, JSON.stringify({ owner, given: taken, ids: [...chosen] }));

const recall = (selection) => {
  const kept = JSON.parse(sessionStorage.getItem(SELECTED) ?? "null") ?? NOTHING;
  const isMine = kept.owner === selection.owner;
  owner = selection.owner;
  chosen = new Set(isMine ? kept.ids : []);
  taken = isMine ? kept.given : null;
  const { given } = selection;
  if (!given || given.token === taken) return;
  taken = given.token;
  chosen = new Set(given.ids);
  keepChosen();
};

const idsShown = (root) => root.data.rows.map(({ id }) => id);

const choose = (root, ids, isChosen) => {
  ids.forEach((id) => (isChosen ? chosen.add(id) : chosen.delete(id)));
  keepChosen();
  showChosen(root);
};

// With `isRange`, all rows between this one and the one before get what this one gets.
const toggle = (root, id, isRange) => {
  const ids = idsShown(root);
  const [from, to] = [ids.indexOf(anchor), ids.indexOf(id)].sort((one, other) => one - other);
  choose(root, isRange && from >= 0 ? ids.slice(from, to + 1) : [id], !chosen.has(id));
  anchor = id;
};

const clearChosen = (root) => {
  const box = root.bar.contains(root.getRootNode().activeElement) && root.querySelector("tr.chosen input");
  choose(root, [...chosen], false);
  if (box) box.focus({ preventScroll: true });
};

const boxOf = (root, row) => {
  const box = make("input", { type: "checkbox", tabIndex: -1, "aria-label": `Select #${row.id} ${row.title}` });
  box.onclick = (event) => toggle(root, row.id, event.shiftKey);
  // Shift and a click would select the text between two rows.
  const place = make("label", { class: "box", onmousedown: (event) => event.shiftKey && event.preventDefault() }, box);
  return make("td", { class: "check", role: "cell" }, place);
};

const boxOfPage = (root) => {
  root.box = make("input", { type: "checkbox", "aria-label": "Select all on this page" });
  root.box.onclick = () => choose(root, idsShown(root), root.box.checked);
  return make("th", { class: "check", scope: "col", role: "columnheader" }, make("label", { class: "box" }, root.box));
};

const howMany = (number) => `${number.toLocaleString("en")} ${number === 1 ? "ticket" : "tickets"}`;

const inWords = (root) => {
  const elsewhere = [...chosen].filter((id) => !idsShown(root).includes(id)).length;
  const where = elsewhere === 0 ? "" : elsewhere === chosen.size ? ", none of them on this page" : `, ${elsewhere.toLocaleString("en")} of them not on this page`;
  const { most } = root.data.selection;
  return `${howMany(chosen.size)} selected${where}${chosen.size > most ? `. At most ${most.toLocaleString("en")} can be changed at once` : ""}`;
};

// What can be selected besides: the rest of the page, then the rest of the list.
const moreToSelect = (root) => {
  const { selection } = root.data;
  const ids = idsShown(root);
  if (!ids.every((id) => chosen.has(id))) return { label: `All ${ids.length} on this page`, act: () => choose(root, ids, true) };
  const isWhole = !selection.capped && selection.total <= ids.length;
  if (isWhole || (!selection.capped && chosen.size >= selection.total) || chosen.size >= selection.most) return null;
  const total = selection.total.toLocaleString("en");
  const label = selection.capped || selection.total > selection.most ? `The first ${selection.most.toLocaleString("en")} of ${selection.capped ? "more than " : ""}${total}` : `All ${total} that the filter finds`;
  return { label, act: () => root.tell("act", { name: "all", ids: [] }) };
};

const KEYS_OF_ACTS = { assign: "a", status: "s" };
const act = (root, { name, label }, isOff) =>
  make("button", { type: "button", "data-name": name, "data-key": KEYS_OF_ACTS[name], disabled: isOff, onclick: () => root.tell("act", { name, ids: [...chosen] }) }, label);

// Only where it has changed: a button that is drawn anew under a finger that is on it is not pressed.
const drawBar = (root) => {
  const { selection } = root.data;
  const [words, more, isOff] = [inWords(root), moreToSelect(root)?.label, chosen.size > selection.most];
  const drawn = JSON.stringify([words, more, isOff, selection.acts]);
  if (root.bar.drawn === drawn) return;
  root.bar.drawn = drawn;
  const focused = root.getRootNode().activeElement?.dataset?.name;
  const link = more ? make("button", { type: "button", class: "link", "data-name": "more", onclick: () => moreToSelect(root)?.act() }, more) : null;
  const clear = make("button", { type: "button", class: "link", "data-name": "clear", onclick: () => clearChosen(root) }, "Clear");
  root.bar.replaceChildren(
    make("p", { class: "selected" }, make("span", {}, words), link, clear),
    make("div", { class: "acts" }, ...selection.acts.map((each) => act(root, each, isOff))),
  );
  if (focused) root.bar.querySelector(`[data-name="${focused}"]`)?.focus({ preventScroll: true });
};

// The page ends further down while the bar is there (page.css): nothing of it stays under the bar.
const placeBar = (root) => {
  const { left, width } = root.getBoundingClientRect();
  Object.assign(root.bar.style, { left: `${left}px`, width: `${width}px` });
  const height = root.isConnected && !root.bar.hidden ? root.bar.offsetHeight + 16 : 0;
  document.documentElement.style.setProperty("--selection-bar", `${height}px`);
};

const showChosen = (root) => {
  root.querySelectorAll("tbody tr").forEach((row, place) => {
    const isChosen = chosen.has(root.data.rows[place].id);
    row.classList.toggle("chosen", isChosen);
    row.querySelector(".check input").checked = isChosen;
  });
  const shownHere = idsShown(root).filter((id) => chosen.has(id)).length;
  root.box.checked = shownHere > 0 && shownHere === root.data.rows.length;
  root.box.indeterminate = shownHere > 0 && !root.box.checked;
  root.bar.hidden = chosen.size === 0;
  const words = chosen.size ? inWords(root) : root.announced.textContent ? "Nothing is selected" : "";
  if (root.announced.textContent !== words) root.announced.textContent = words;
  if (chosen.size) drawBar(root);
  placeBar(root);
};

// A long press selects a row where there is no mouse. The click that follows it, and the menu of the link, are left out.
const NEAR = 10;
const onLongPress = (root, row, place) => {
  let timer = null;
  let from = null;
  let isTaken = false;
  const end = () => clearTimeout(timer);
  place.addEventListener("pointerdown", (event) => {
    isTaken = false;
    from = event.pointerType === "mouse" || event.target.closest(".check") ? null : event;
    if (!from) return;
    timer = setTimeout(() => {
      isTaken = true;
      toggle(root, row.id, false);
    }, LONG_PRESS);
  });
  place.addEventListener("pointermove", (event) => from && Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY) > NEAR && end());
  ["pointerup", "pointercancel", "pointerleave"].forEach((kind) => place.addEventListener(kind, end));
  place.addEventListener("contextmenu", (event) => from && event.preventDefault());
  place.addEventListener("click", (event) => {
    if (!isTaken || event.target.closest(".check")) return;
    isTaken = false;
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true });
};

// -- the table ----------------------------------------------------------------------------------------------------------

const line = (root, data, row, isOpened) => {
  const link = make("a", { class: "main", "aria-current": isOpened ? "true" : null },
    make("span", { class: "number" }, `#${row.id}`), " ", make("span", { class: "title" }, row.title));
  linkTo(link, `ticket?id=${row.id}`, () => remember(root, nameOf(data, row)));
  const title = make("td", { class: "first", role: "cell" }, make("div", { class: "line" }, link, ...row.marks.map(chip)));
  const cells = row.cells.map((each, place) => cell(each, data.columns[place], row, root));
  const drawn = make("tr", { role: "row" }, data.selection ? boxOf(root, row) : null, title, ...cells);
  if (data.selection) onLongPress(root, row, drawn);
  return drawn;
};

const build = (root) => {
  root.table = make("table", { role: "table" });
  root.said = make("span", {});
  root.legend = make("span", { class: "legend" });
  root.announced = make("span", { class: "unseen", role: "status" });
  root.bar = make("div", { class: "selection", role: "region", "aria-label": "Selected tickets", hidden: true });
  // A dialog takes the focus, and cannot give it back to a row that was drawn anew.
  root.table.addEventListener("focusin", ({ target }) => (root.last = target.closest("tr")?.querySelector("a.main")?.href));
  root.append(make("p", { class: "bar quiet" }, root.said, root.legend), root.table, root.announced);
  // Beside the root: inside it, the bar would be placed in the root and not in the window.
  root.parentNode.append(root.bar);
  new ResizeObserver(() => placeBar(root)).observe(root);
};

const fill = (root, data, opened) => {
  const place = data.rows.findIndex((row) => nameOf(data, row) === opened);
  const heads = [{ label: "Ticket", size: "first" }, ...data.columns].map(({ label, size }) => make("th", { scope: "col", role: "columnheader", class: size }, label));
  const lines = data.rows.map((row, index) => line(root, data, row, index === place));
  root.table.setAttribute("aria-label", data.label);
  root.table.setAttribute("aria-keyshortcuts", ["j k", data.assigns && "a", data.selection && "x"].filter(Boolean).join(" "));
  root.table.classList.toggle("roomy", !data.dense);
  root.table.replaceChildren(
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, data.selection ? boxOfPage(root) : null, ...heads)), make("tbody", { role: "rowgroup" }, ...lines));
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

// The row in which the focus is, or was last; if there is none, the one that was opened last.
const rowInUse = (root) => {
  const row = root.getRootNode().activeElement?.closest?.("tbody tr") ?? present(root)?.closest("tr");
  return root.data.rows[[...root.querySelectorAll("tbody tr")].indexOf(row)];
};

// Escape clears the selection before it leads back (keys.js looks at what nobody has taken).
const selectByKey = (root, { key, shiftKey }) => {
  if (key === "Escape" && chosen.size) {
    clearChosen(root);
    return true;
  }
  const isOnLink = key === " " && root.getRootNode().activeElement?.matches("a.main");
  const row = isOnLink || (key.toLowerCase() === "x" && !areKeysOff()) ? rowInUse(root) : null;
  if (row) toggle(root, row.id, shiftKey);
  return Boolean(row);
};

const STEPS = { j: 1, k: -1 };
const ARROWS = { ArrowDown: 1, ArrowUp: -1 };
let shown = null;
document.addEventListener("keydown", (event) => {
  if (!shown?.isConnected || !isForPage(event)) return;
  if (shown.data.selection && selectByKey(shown, event)) return event.preventDefault();
  const isInside = shown.contains(event.composedPath()[0]);
  if (event.key === "a" && shown.assigns && !chosen.size && !areKeysOff() && present(shown)) {
    event.preventDefault();
    shown.tell("assign", Number(new URL(present(shown).href).searchParams.get("id")));
    return;
  }
  const step = (areKeysOff() ? undefined : STEPS[event.key]) ?? (isInside ? ARROWS[event.key] : undefined);
  if (step === undefined) return;
  event.preventDefault();
  move(shown, step);
});

// What a button says may have changed, as that of the assignee: then its row gets the focus.
const focusAgain = (root, name) => {
  const again = [...root.querySelectorAll("a.main, .check input, button.assign")].find((one) => nameOfPlace(one) === name);
  (again ?? present(root))?.focus({ preventScroll: true });
};
const nameOfPlace = (one) => one?.getAttribute?.("href") ?? one?.getAttribute?.("aria-label");

export default function ({ data, parentElement, setTriggerValue }) {
  const root = (shown = rootOf(parentElement, build));
  const opened = history.state?.openedRow;
  const drawn = JSON.stringify([{ ...data, delivered: null, selection: Boolean(data.selection) }, opened]);
  Object.assign(root, { data, assigns: data.assigns, tell: teller(root, data, setTriggerValue) });
  if (root.drawn !== drawn) {
    root.drawn = drawn;
    const focused = root.contains(parentElement.activeElement) ? nameOfPlace(parentElement.activeElement) : null;
    fill(root, data, opened);
    if (focused) focusAgain(root, focused);
  }
  if (data.selection) {
    recall(data.selection);
    showChosen(root);
  }
  showTopOfNewPage(root.table, data.page);
  const end = () => document.documentElement.style.removeProperty("--selection-bar");
  if (root.opened === opened) return end;
  root.opened = opened;
  const link = root.querySelector("[aria-current]");
  link?.focus({ preventScroll: true });
  link?.scrollIntoView({ block: "center" });
  return end;
}
