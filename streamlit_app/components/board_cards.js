// Drawing. Elements are kept and only what differs is changed: whoever holds a card, reads or types loses nothing.
const MARKED_FOR = 2000;

const numbers = (number) => number.toLocaleString("en");

const set = (element, values) => {
  for (const [name, value] of Object.entries(values)) if (element[name] !== value) element[name] = value;
};

const part = (label, text, tone) => (text ? make("span", { class: tone ?? "" }, make("span", { class: "unseen" }, `${label}: `), text) : null);

const factsOf = (card) => {
  const [priority, tone] = card.priority;
  // An ordinary priority is told to screen readers only: names need the room.
  const look = { red: "chip", strong: "strong" }[tone] ?? (card.is_ordinary ? "unseen" : "quiet");
  const mark = make("span", { class: look, "data-tone": tone }, make("span", { class: "unseen" }, "Priority: "), priority);
  const dot = card.sign ? make("span", { class: "dot", role: "img", "aria-label": card.sign }) : null;
  const line = (...parts) => (parts.some(Boolean) ? make("p", { class: "line" }, ...parts) : null);
  return [
    line(...card.marks.map(chip)),
    make("p", { class: "line one" }, mark, part("Requester", card.requester, "name"), part("Age", card.age, "age")),
    line(part("Assignee", card.assignee_text, card.assignee === null ? "" : "name"), part("Team", card.team, "team")),
    line(dot, part("Last word", card.word, "name")),
  ].filter(Boolean);
};

const withAnswers = (board, id) => {
  const card = byId(board, id);
  const truth = truthOf(board, id);
  const wish = wishes.get(id)?.assignee;
  const assignee = wish ?? truth.assignee;
  if (assignee === card.assignee) return card;
  const name = wish ? board.data.me.name : truth.assignee_name;
  return { ...card, assignee, assignee_text: name ? `→ ${name}` : "Unassigned" };
};

const makeCard = (board, id) => {
  const link = make("a", { class: "main", id: `card-${id}`, draggable: false });
  linkTo(link, `ticket?id=${id}`, () => remember(board, id));
  const menu = make("button", { type: "button", class: "menu", "aria-haspopup": "menu", "aria-label": `Move or assign #${id}` }, "⋯");
  // The browser closes an open menu before the click, which must not open it again.
  let wasOpen = false;
  menu.onpointerdown = () => { wasOpen = board.menu.ticket === id; };
  menu.onclick = () => {
    if (!wasOpen) openMenu(board, id, menu);
    wasOpen = false;
  };
  const facts = make("div", { class: "facts" });
  const card = make("li", { class: "card", "aria-labelledby": `card-${id}` }, link, menu, facts);
  Object.assign(card, { ticket: id, link, menu, facts });
  return card;
};

const fillCard = (board, card) => {
  const data = withAnswers(board, card.ticket);
  const drawn = JSON.stringify(data);
  if (card.drawn === drawn || board.hand?.id === card.ticket) return;
  card.drawn = drawn;
  card.link.replaceChildren(make("span", { class: "number" }, `#${data.id}`), " ", make("span", { class: "title" }, data.title));
  card.facts.replaceChildren(...factsOf(data));
};

const makeColumn = (board, stage) => {
  const name = make("span", { class: "name" });
  const count = make("span", { class: "count" });
  const list = make("ul", {});
  const empty = make("p", { class: "empty quiet" }, "No tickets");
  const more = make("button", { type: "button", class: "more", onclick: () => showMore(board, stage) });
  const scroller = make("div", { class: "scroller" }, list, empty, more);
  const column = make("section", { "aria-labelledby": `column-${stage}` }, make("h2", { id: `column-${stage}` }, name, " ", count), scroller);
  return Object.assign(column, { stage, name, count, list, empty, more, scroller });
};

const fillHead = (column, data, count) => {
  const { name, limit, count_capped: isCapped } = data;
  const isOver = limit !== null && count > limit;
  const number = `${numbers(count)}${isCapped ? "+" : ""}`;
  const told = `${limit === null ? number : `${number} of ${numbers(limit)}`}${isOver ? ", over the limit" : ""}`;
  const label = `${name}: ${told}${limit === null ? ` ${count === 1 && !isCapped ? "ticket" : "tickets"}` : ""}`;
  set(column.dataset, { tone: data.tone });
  column.classList.toggle("over", isOver);
  set(column.name, { textContent: name });
  set(column.count, { textContent: told });
  set(column.list, { ariaLabel: label });
};

// moveBefore keeps the focus and what is scrolled, where a browser has it.
const place = (parent, element, next) => {
  if (element.isConnected && parent.isConnected && parent.moveBefore) parent.moveBefore(element, next);
  else parent.insertBefore(element, next);
};

// What is not among the elements is about to go to another parent.
const putInOrder = (parent, elements) => {
  const wanted = new Set(elements);
  let next = parent.firstElementChild;
  for (const element of elements) {
    while (next && !wanted.has(next)) next = next.nextElementSibling;
    if (element === next) next = next.nextElementSibling;
    else place(parent, element, next);
  }
};

const mark = (card, name) => {
  card.classList.add(name);
  setTimeout(() => card.classList.remove(name), MARKED_FOR);
};

const drawColumn = (board, data, ids, isOther) => {
  const column = board.columns.get(data.stage);
  const isQuiet = isOther || board.awaits?.stage === data.stage;
  const cards = ids.map((id) => {
    const isNew = !board.cards.has(id);
    if (isNew) board.cards.set(id, makeCard(board, id));
    const card = board.cards.get(id);
    fillCard(board, card);
    // What somebody else moves or reports is seen: it shines for a moment.
    if (!isQuiet && (isNew || card.stage !== data.stage)) mark(card, "is-new");
    card.stage = data.stage;
    return card;
  });
  putInOrder(column.list, cards);
  const count = countOf(board, data, ids);
  fillHead(column, data, count);
  set(column.empty, { hidden: ids.length > 0 });
  const left = count - ids.length;
  const label = left > 0 && !data.count_capped ? `Show more (${numbers(left)} left)` : "Show more";
  set(column.more, { hidden: !data.has_more, textContent: label, disabled: false });
};

const drawColumns = (board) => {
  const { columns } = board.data;
  const stages = new Set(columns.map(({ stage }) => stage));
  for (const [stage, column] of board.columns) {
    if (stages.has(stage)) continue;
    column.remove();
    board.columns.delete(stage);
  }
  for (const { stage } of columns) if (!board.columns.has(stage)) board.columns.set(stage, makeColumn(board, stage));
  putInOrder(board.place, columns.map(({ stage }) => board.columns.get(stage)));
};

// The cards of a column are one stop of the Tab key; the arrow keys go from card to card.
const renewStops = (board) => {
  for (const column of board.columns.values()) {
    const cards = [...column.list.children];
    const stop = cards.find((card) => card.ticket === column.stop) ?? cards[0];
    column.stop = stop?.ticket;
    for (const card of cards) for (const one of [card.link, card.menu]) {
      set(one, { tabIndex: card === stop ? 0 : -1 });
    }
  }
};

const focusedIn = (board) => {
  const element = board.root.getRootNode().activeElement;
  const card = element?.closest?.(".card");
  return card ? { element, card, index: [...card.parentElement.children].indexOf(card), list: card.parentElement } : null;
};

// A card that has gone leaves the focus to the one that takes its place.
const restoreFocus = (board, focused) => {
  if (!focused || board.root.getRootNode().activeElement === focused.element) return;
  const card = focused.card.isConnected ? focused.card : focused.list.children[Math.min(focused.index, focused.list.children.length - 1)];
  const element = card === focused.card ? focused.element : card?.link;
  element?.focus({ preventScroll: true });
};

const draw = (board) => {
  const isOther = board.drawn !== board.data.query;
  board.drawn = board.data.query;
  const focused = focusedIn(board);
  const lists = plan(board);
  drawColumns(board);
  const kept = new Set([...lists.values()].flat());
  for (const [id, card] of board.cards) {
    if (kept.has(id)) continue;
    card.remove();
    board.cards.delete(id);
  }
  for (const data of board.data.columns) drawColumn(board, data, lists.get(data.stage), isOther);
  renewStops(board);
  restoreFocus(board, focused);
  if (board.menu.ticket && !kept.has(board.menu.ticket)) closeMenu(board);
};
