// The board: a column for each stage, with its tickets as cards. A card is moved by mouse, by a long press, by the keys and
// in its menu. See board_tickets.js and the other scripts whose names begin with board_.
let shown = null;

// More of a column. Its first new card gets the focus.

const showMore = (board, stage) => {
  const column = board.columns.get(stage);
  column.more.disabled = true;
  column.more.textContent = "Loading…";
  board.awaits = { stage, after: column.list.children.length };
  const { pages, query } = board.data;
  board.tell("more", { query, pages: { ...pages, [stage]: (pages[stage] ?? 1) + 1 } });
};

const focusNew = (board) => {
  const card = board.awaits && board.columns.get(board.awaits.stage)?.list.children[board.awaits.after];
  if (!card) return;
  board.awaits = null;
  follow(board, card.ticket);
};

// The entry of the browser's history remembers the card that was opened, and how far each column was scrolled.

const openedName = (id) => `Board ${id}`;

const remember = (board, id) => {
  const tops = Object.fromEntries([...board.columns].map(([stage, { scroller }]) => [stage, scroller.scrollTop]));
  board.opened = openedName(id);
  history.replaceState({ ...history.state, openedRow: board.opened, board: { left: board.place.scrollLeft, tops } }, "");
};

const findOpened = (board) => {
  const { openedRow: opened, board: place } = history.state ?? {};
  if (board.opened === opened) return;
  board.opened = opened;
  for (const card of board.cards.values()) {
    if (openedName(card.ticket) === opened) card.link.setAttribute("aria-current", "true");
    else card.link.removeAttribute("aria-current");
  }
  const link = board.root.querySelector("[aria-current]");
  if (!link) return;
  board.place.scrollLeft = place?.left ?? 0;
  for (const [stage, top] of Object.entries(place?.tops ?? {})) if (board.columns.has(stage)) board.columns.get(stage).scroller.scrollTop = top;
  follow(board, link.closest(".card").ticket);
};

// As high as there is room for below what stands above it.
const fit = (board) => {
  const main = document.querySelector("[data-testid=stMain]");
  const top = board.root.getBoundingClientRect().top + (main?.scrollTop ?? scrollY);
  const value = `${Math.round(top)}px`;
  if (board.root.style.getPropertyValue("--top") !== value) board.root.style.setProperty("--top", value);
};

const build = (root) => {
  const help = "The arrow keys go from card to card, Shift and an arrow key move one to the next column, m opens its menu.";
  const board = { root, known: new Map(), there: new Set(), cards: new Map(), columns: new Map(), hand: null, press: null };
  board.place = make("div", { class: "columns", role: "group", "aria-label": "Board", "aria-describedby": "board-help" });
  board.menu = make("div", { class: "card-menu", role: "menu", popover: "auto" });
  board.said = make("p", { class: "unseen", role: "status" });
  board.problems = make("div", { role: "alert" });
  board.undos = make("div", {});
  root.append(make("p", { class: "unseen", id: "board-help" }, help), board.place, board.said, make("div", { class: "notices" }, board.problems, board.undos), board.menu);
  board.menu.addEventListener("toggle", (event) => menuClosed(board, event));
  board.menu.addEventListener("keydown", (event) => keysOfMenu(board, event));
  board.place.addEventListener("focusin", ({ target }) => {
    const card = target.closest?.(".card");
    if (!card) return;
    card.closest("section").stop = card.ticket;
    renewStops(board);
  });
  attendPointer(board);
  const around = document.querySelector("[data-testid=stMainBlockContainer]");
  // It outlives the board, whose cards would be kept as long as it is watched.
  const watcher = new ResizeObserver(() => (root.isConnected ? fit(board) : watcher.disconnect()));
  if (around) watcher.observe(around);
  root.board = board;
};

document.addEventListener("keydown", pressed);
window.addEventListener("resize", () => shown?.root.isConnected && fit(shown));

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, build);
  const board = (shown = root.board);
  board.tell = teller(root, data, setTriggerValue);
  learn(board, data);
  fit(board);
  draw(board);
  focusNew(board);
  findOpened(board);
}
