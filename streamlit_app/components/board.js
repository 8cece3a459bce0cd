// The board: a column for each stage, with its tickets as cards. A card is moved by mouse, by a long press, by the keys and
// in its menu. What somebody does is shown at once and sent to the pages' server, one change after the other, and not
// through Streamlit (ADR 56). What the page draws afterwards counts for a card only when it is as new as the last answer.
const LEAST_MOVE = 6;
const CLICK_AFTER = 300;
const EDGE = 56;
const FASTEST = 18;
const MARKED_FOR = 2000;
const SHOWN_FOR = 20_000;
const ACROSS = { ArrowLeft: -1, ArrowRight: 1 };
const ENDS = ["Home", "End"];
const DOWN = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 };

// These outlive the page: a card that was moved right before its page was left is moved.
const waiting = [];
let isSending = false;
// By ticket: what somebody wants and is not answered yet, and the last answer.
const wishes = new Map();
const answers = new Map();
let shown = null;

const byId = (board, id) => board.known.get(id);

// The newest that is known of a ticket, without what is only wanted.
const truthOf = (board, id) => {
  const card = byId(board, id);
  const answer = answers.get(id);
  const isNewer = answer && (board.there.has(id) ? answer.version > card.version : answer.at > board.data.asked_at);
  return isNewer ? answer : card;
};

const stageOf = (board, id) => (board.hand?.id === id ? board.hand.stage : wishes.get(id)?.stage ?? truthOf(board, id).stage);

const columnOf = (board, stage) => board.data.columns.find((column) => column.stage === stage);
// Also of a stage that has no column, because the filters leave it out.
const stageNamed = (board, stage) => board.data.stages.find((one) => one.stage === stage);
const nameOf = (board, stage) => stageNamed(board, stage)?.name ?? stage;
const isClosed = (board, stage) => stageNamed(board, stage)?.status === "closed";

// Closed tickets are in the order in which they were closed, the others in that of priority and age.
const insert = (board, stage, ids, id) => {
  const isAfter = ([rank, at], [otherRank, otherAt]) => rank - otherRank || at - otherAt;
  const place = isClosed(board, stage) ? 0 : ids.findIndex((other) => isAfter(byId(board, other).order, byId(board, id).order) > 0);
  ids.splice(place < 0 ? ids.length : place, 0, id);
};

// Which cards each column shows, in order.
const plan = (board) => {
  const lists = new Map(board.data.columns.map(({ stage, cards }) => [stage, cards.map(({ id }) => id).filter((id) => stageOf(board, id) === stage)]));
  for (const [id, card] of board.known) {
    const stage = stageOf(board, id);
    const isPlaced = board.there.has(id) && card.stage === stage;
    if (!isPlaced && lists.has(stage)) insert(board, stage, lists.get(stage), id);
  }
  return lists;
};

const countOf = (column, ids) => {
  const drawn = new Set(column.cards.map(({ id }) => id));
  return column.count + ids.filter((id) => !drawn.has(id)).length - [...drawn].filter((id) => !ids.includes(id)).length;
};

const numbers = (number) => number.toLocaleString("en");

// Drawing. Elements are kept and only what differs is changed: whoever holds a card, reads or types loses nothing.

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
  const count = countOf(data, ids);
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

// What the page says counts for a card from the moment on that it is as new as the last answer.
const learn = (board, data) => {
  board.data = data;
  board.there = new Set();
  for (const { stage, cards } of data.columns) {
    for (const card of cards) {
      board.there.add(card.id);
      board.known.set(card.id, { ...card, stage });
    }
  }
  for (const [id, answer] of answers) {
    const isOld = board.there.has(id) ? byId(board, id).version >= answer.version : data.asked_at >= answer.at;
    if (isOld) answers.delete(id);
  }
  for (const id of board.known.keys()) {
    if (!board.there.has(id) && !answers.has(id) && !wishes.has(id) && board.hand?.id !== id) board.known.delete(id);
  }
};

// Changes

// `seen` is what the person saw, if that is not the newest that is known.
const change = (board, ticket, field, wanted, seen = truthOf(board, ticket), despite = false) => {
  const { stage, assignee, version } = seen;
  // A card that was closed may not be on the board any more when its closing is undone.
  const before = byId(board, ticket) ? { stage: stageOf(board, ticket), assignee: withAnswers(board, ticket).assignee } : seen;
  if (before[field] === wanted) return;
  waiting.push({ ticket, field, wanted, seen: { stage, assignee, version }, before: before[field], despite });
  wishes.set(ticket, { ...wishes.get(ticket), [field]: wanted });
  draw(board);
  sendAll();
};

const send = ({ ticket, field, wanted, seen, despite }) => postFor("board/changes", {
  ticket, field, wanted, version: seen.version, seen: seen[field], despite_blockers: despite,
});

const sendAll = async () => {
  if (isSending) return;
  isSending = true;
  try {
    while (waiting.length > 0) {
      const told = await send(waiting[0]);
      settle(waiting.shift(), told);
    }
  } finally {
    isSending = false;
  }
};

// Whoever moves a card twice knows of their own first move. If somebody else was faster, they know nothing of that, and
// their further moves of the card are dropped.
const tellWaiting = ({ ticket, field }, told) => {
  for (const one of [...waiting]) {
    if (one.ticket !== ticket) continue;
    if (told.problem && one.field === field) waiting.splice(waiting.indexOf(one), 1);
    else one.seen = told.ticket;
  }
};

const settle = (done, told) => {
  const { ticket, field } = done;
  if (told.ticket) {
    answers.set(ticket, { ...told.ticket, at: told.at });
    tellWaiting(done, told);
  }
  if (!waiting.some((one) => one.ticket === ticket && one.field === field)) {
    const { [field]: _, ...others } = wishes.get(ticket) ?? {};
    if (Object.keys(others).length > 0) wishes.set(ticket, others);
    else wishes.delete(ticket);
  }
  if (!shown?.root.isConnected) return;
  draw(shown);
  if (told.problem) tellProblem(shown, done, told);
  else tellDone(shown, done, told);
};

// What is said

const say = (board, text) => {
  // The same words again are read out again only if they differ.
  board.said.textContent = board.said.textContent === text ? `${text}\u00a0` : text;
};

// A notice about a ticket stays while the pointer or the focus is on it. With its last button, the focus goes to the card.
const notice = (board, kind, ticket, text, ...buttons) => {
  const end = () => {
    bar.remove();
    board.cards.get(ticket)?.link.focus({ preventScroll: true });
  };
  const dismiss = make("button", { type: "button", class: "dismiss", "aria-label": "Dismiss", onclick: end }, "×");
  const bar = make("div", { class: `notice ${kind}` }, make("p", {}, ...text), ...buttons, dismiss);
  const leave = () => (bar.matches(":hover, :focus-within") ? setTimeout(leave, 1000) : bar.remove());
  setTimeout(leave, SHOWN_FOR);
  (kind === "problem" ? board.problems : board.undos).append(bar);
  return end;
};

const whoWasFaster = (board, field, { name, to }) => {
  const who = make("bdi", {}, name === "You" ? "you, in another window," : name);
  if (field === "stage") return [who, " moved it to ", make("bdi", {}, nameOf(board, to)), " a moment ago."];
  return to === name ? [who, " took it a moment ago."] : [who, " assigned it to ", make("bdi", {}, to ?? "nobody"), " a moment ago."];
};

const tellProblem = (board, { ticket, field, wanted }, { problem, faster, is_blocked: isBlocked }) => {
  const what = field === "stage" ? `#${ticket} was not moved: ` : `#${ticket} was not assigned to you: `;
  const closeDespite = () => {
    change(board, ticket, field, wanted, undefined, true);
    end();
  };
  const despite = isBlocked ? [make("button", { type: "button", class: "link", onclick: closeDespite }, "Close it all the same")] : [];
  const end = notice(board, "problem", ticket, [what, ...(faster ? whoWasFaster(board, field, faster) : [problem])], ...despite);
  const card = board.cards.get(ticket);
  card?.classList.remove("is-new");
  if (card) mark(card, "is-refused");
};

const isBackAllowed = (board, { before }, { stage, allowed }) => {
  const [was, is] = [stageNamed(board, before), stageNamed(board, stage)];
  return Boolean(was && is) && was.status !== is.status && allowed.includes(was.status);
};

const tellDone = (board, done, told) => {
  const { ticket, field, before } = done;
  if (field === "assignee") return say(board, `#${ticket} is assigned to you.`);
  const text = `#${ticket} moved to ${nameOf(board, told.ticket.stage)}.`;
  board.undos.replaceChildren();
  say(board, text);
  if (!isBackAllowed(board, done, told.ticket)) return;
  const undo = () => {
    change(board, ticket, "stage", before, truthOf(board, ticket) ?? told.ticket);
    end();
  };
  const end = notice(board, "undo", ticket, [text], make("button", { type: "button", class: "link", onclick: undo }, "Undo"));
};

// The menu of a card. It is in the browser's top layer, so nothing of the page cuts it off.

// The focus goes back to the card at once: the event that tells of the closing comes later, and a key that somebody presses
// before it would be lost.
const closeMenu = (board) => {
  if (!board.menu.matches(":popover-open")) return;
  const hadFocus = board.menu.contains(board.root.getRootNode().activeElement);
  board.menu.hidePopover();
  if (hadFocus) board.cards.get(board.menu.ticket)?.link.focus({ preventScroll: true });
};

const menuItem = (board, text, role, act, isChecked) => {
  const press = () => {
    closeMenu(board);
    act();
  };
  return make("button", { type: "button", role, tabIndex: -1, "aria-checked": isChecked === undefined ? null : String(isChecked), onclick: press }, text);
};

const fillMenu = (board, id) => {
  const card = withAnswers(board, id);
  const open = () => {
    remember(board, id);
    goTo(`ticket?id=${id}`);
  };
  const me = board.data.me;
  const take = card.assignee === null ? "Assign to me" : `Take over from ${card.assignee_text.replace("→ ", "")}`;
  const mayTake = card.assignee !== me.id && !isClosed(board, stageOf(board, id));
  const stages = board.data.stages.map(({ stage, name }) => {
    const isHere = stageOf(board, id) === stage;
    return menuItem(board, name, "menuitemradio", () => moveAndFollow(board, id, stage), isHere);
  });
  board.menu.replaceChildren(
    menuItem(board, "Open", "menuitem", open),
    ...(mayTake ? [menuItem(board, take, "menuitem", () => change(board, id, "assignee", me.id))] : []),
    menuItem(board, "Assign…", "menuitem", () => board.tell("assign", id)),
    make("div", { class: "quiet", "aria-hidden": "true" }, "Move to"),
    make("div", { role: "group", "aria-label": "Move to" }, ...stages),
  );
  board.menu.setAttribute("aria-label", `#${id}`);
};

const openMenu = (board, id, button) => {
  fillMenu(board, id);
  board.menu.button?.setAttribute("aria-expanded", "false");
  Object.assign(board.menu, { ticket: id, button });
  board.menu.showPopover();
  button.setAttribute("aria-expanded", "true");
  const beside = button.getBoundingClientRect();
  const { width, height } = board.menu.getBoundingClientRect();
  const below = beside.bottom + height < innerHeight - 8 ? beside.bottom + 4 : Math.max(8, beside.top - height - 4);
  board.menu.style.top = `${Math.min(below, Math.max(8, innerHeight - height - 8))}px`;
  board.menu.style.left = `${Math.max(8, Math.min(beside.right - width, innerWidth - width - 8))}px`;
  board.menu.querySelector("button").focus();
};

const menuClosed = (board, event) => {
  if (event.newState !== "closed") return;
  const card = board.cards.get(board.menu.ticket);
  board.menu.ticket = null;
  board.menu.button.setAttribute("aria-expanded", "false");
  // A card without a stop of its own cannot keep the focus on its button.
  const focused = board.root.getRootNode().activeElement;
  if (card && (!focused || board.menu.contains(focused))) card.link.focus({ preventScroll: true });
};

const keysOfMenu = (board, event) => {
  const items = [...board.menu.querySelectorAll("button")];
  const at = items.indexOf(board.root.getRootNode().activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  const isLetter = event.key.length === 1 && event.key !== " " && !isModified(event);
  const begins = (item) => item.textContent.toLowerCase().startsWith(event.key.toLowerCase());
  const found = isLetter ? [...items.slice(at + 1), ...items.slice(0, at + 1)].find(begins) : undefined;
  if (event.key === "Tab" || event.key === "Escape") closeMenu(board);
  else if (to !== undefined) items.at(to % items.length).focus();
  else if (isLetter) found?.focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
};

// Keys

const follow = (board, id) => {
  const card = board.cards.get(id);
  card?.link.focus({ preventScroll: true });
  card?.scrollIntoView({ block: "nearest", inline: "nearest" });
};

const moveAndFollow = (board, id, stage) => {
  change(board, id, "stage", stage);
  follow(board, id);
};

const centre = (element) => {
  const { top, height } = element.getBoundingClientRect();
  return top + height / 2;
};

// The card at the same height in the next column that has one.
const beside = (board, card, step) => {
  const columns = [...board.place.children];
  const from = centre(card);
  for (let at = columns.indexOf(card.closest("section")) + step; columns[at]; at += step) {
    const cards = [...columns[at].list.children];
    if (cards.length > 0) return cards.reduce((near, one) => (Math.abs(centre(one) - from) < Math.abs(centre(near) - from) ? one : near));
  }
  return null;
};

const along = (card, key) => {
  const cards = [...card.parentElement.children];
  if (key === "Home") return cards[0];
  if (key === "End") return cards.at(-1);
  return cards[cards.indexOf(card) + DOWN[key]];
};

const moveBeside = (board, card, step) => {
  const { columns } = board.data;
  const to = columns[columns.findIndex(({ stage }) => stage === card.stage) + step];
  if (to) moveAndFollow(board, card.ticket, to.stage);
};

const keysOfCard = (board, card, { key, shiftKey }) => {
  const step = ACROSS[key];
  if (step && shiftKey) moveBeside(board, card, step);
  else if (step || key in DOWN || ENDS.includes(key)) {
    const next = step ? beside(board, card, step) : along(card, key);
    if (next) follow(board, next.ticket);
  } else if (key === "m" && !areKeysOff()) openMenu(board, card.ticket, card.menu);
  else if (key === "a" && !areKeysOff()) board.tell("assign", card.ticket);
  else return false;
  return true;
};

const firstCard = (board) => board.root.querySelector("[aria-current]")?.closest(".card") ?? board.root.querySelector(".card");

// `j` and `k` begin on the board from anywhere on the page; all other keys are those of the card that has the focus.
const pressed = (event) => {
  const board = shown;
  const isStep = event.key === "j" || event.key === "k";
  if (!board?.root.isConnected || board.hand || !isForPage(event) || (isStep && areKeysOff())) return;
  const path = event.composedPath();
  const card = path.find((one) => one.classList?.contains("card"));
  const first = isStep && !path.includes(board.root) ? firstCard(board) : null;
  if (first) follow(board, first.ticket);
  if (first || (card && keysOfCard(board, card, event))) event.preventDefault();
};

// By mouse and by touch

const columnAt = (board, x, y) => {
  const area = board.place.getBoundingClientRect();
  if (y < area.top - EDGE || y > area.bottom + EDGE || x < area.left - EDGE || x > area.right + EDGE) return null;
  const within = Math.max(area.left, Math.min(x, area.right - 1));
  return [...board.columns.values()].find((column) => {
    const { left, right } = column.getBoundingClientRect();
    return left <= within && within <= right;
  });
};

const isRefusedBy = (board, id, column) => {
  const [from, to] = [columnOf(board, board.hand.stage), columnOf(board, column.stage)];
  return from.status !== to.status && !(truthOf(board, id).allowed ?? []).includes(to.status);
};

const aim = (board) => {
  const { hand } = board;
  const target = columnAt(board, hand.x, hand.y);
  hand.ghost.style.transform = `translate(${hand.x - hand.dx}px, ${hand.y - hand.dy}px)`;
  if (hand.target === target) return;
  hand.target?.classList.remove("is-target");
  hand.target = target;
  if (target && target.stage !== hand.stage) target.classList.add("is-target");
};

const pull = (at, from, to) => {
  const near = at < from + EDGE ? at - from - EDGE : at > to - EDGE ? at - to + EDGE : 0;
  return Math.max(-1, Math.min(1, near / EDGE)) * FASTEST;
};

// While a card is held near an edge, what is behind the edge comes.
const scrollAtEdges = (board) => {
  const { hand } = board;
  if (!hand) return;
  const area = board.place.getBoundingClientRect();
  board.place.scrollLeft += pull(hand.x, Math.max(0, area.left), Math.min(innerWidth, area.right));
  const scroller = hand.target?.scroller;
  if (scroller) {
    const { top, bottom } = scroller.getBoundingClientRect();
    scroller.scrollTop += pull(hand.y, Math.max(0, top), Math.min(innerHeight, bottom));
  }
  aim(board);
  requestAnimationFrame(() => scrollAtEdges(board));
};

const pickUp = (board) => {
  const { id, x, y, pointerId } = board.press;
  const card = board.cards.get(id);
  if (!card) return dropPress(board);
  const { left, top, width } = card.getBoundingClientRect();
  const ghost = card.cloneNode(true);
  ghost.removeAttribute("aria-labelledby");
  ghost.querySelector("a").removeAttribute("id");
  const shadow = make("div", { class: "ghost", "aria-hidden": "true", inert: true }, ghost);
  shadow.style.width = `${width}px`;
  board.root.append(shadow);
  const { stage, assignee, version } = truthOf(board, id);
  const seen = { stage, assignee, version };
  board.hand = { id, seen, stage: stageOf(board, id), x, y, dx: x - left, dy: y - top, ghost: shadow, target: null };
  card.classList.add("is-held");
  for (const column of board.columns.values()) column.classList.toggle("is-refusing", isRefusedBy(board, id, column));
  board.root.classList.add("is-dragging");
  // A redraw may take the card's element away; the place stays.
  board.place.setPointerCapture(pointerId);
  aim(board);
  requestAnimationFrame(() => scrollAtEdges(board));
};

const dropPress = (board) => {
  clearTimeout(board.press?.timer);
  board.press = null;
};

const letGo = (board, isDropped) => {
  const { hand } = board;
  dropPress(board);
  if (!hand) return;
  board.hand = null;
  hand.ghost.remove();
  board.root.classList.remove("is-dragging");
  board.cards.get(hand.id)?.classList.remove("is-held");
  for (const column of board.columns.values()) column.classList.remove("is-target", "is-refusing");
  // The click that ends a drag opens nothing.
  board.ignoresClick = true;
  setTimeout(() => { board.ignoresClick = false; }, CLICK_AFTER);
  if (isDropped && hand.target && hand.target.stage !== hand.stage && byId(board, hand.id)) change(board, hand.id, "stage", hand.target.stage, hand.seen);
  else draw(board);
};

const pointerDown = (board, event) => {
  board.ignoresClick = false;
  if (board.hand || board.press || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const card = event.target.closest?.(".card");
  if (!card || event.target.closest("button")) return;
  const { clientX: x, clientY: y, pointerId, pointerType } = event;
  board.press = { id: card.ticket, x, y, pointerId, isTouch: pointerType === "touch" };
  if (board.press.isTouch) board.press.timer = setTimeout(() => board.press && pickUp(board), LONG_PRESS);
};

const pointerMove = (board, event) => {
  const { press, hand } = board;
  if (press?.pointerId !== event.pointerId) return;
  const { clientX: x, clientY: y } = event;
  if (hand) {
    Object.assign(hand, { x, y });
    return aim(board);
  }
  if (Math.hypot(x - press.x, y - press.y) < LEAST_MOVE) return;
  if (press.isTouch) return dropPress(board);
  pickUp(board);
  Object.assign(board.hand, { x, y });
  aim(board);
};

const attendPointer = (board) => {
  const { place: columns } = board;
  columns.addEventListener("pointerdown", (event) => pointerDown(board, event));
  columns.addEventListener("pointermove", (event) => pointerMove(board, event));
  for (const [kind, isDropped] of [["pointerup", true], ["pointercancel", false]]) {
    columns.addEventListener(kind, (event) => board.press?.pointerId === event.pointerId && letGo(board, isDropped));
  }
  // A mouse button that is let go elsewhere ends the press too; a card in hand has the pointer captured.
  listenWhileShown(board.root, window, "pointerup", () => board.press && !board.hand && dropPress(board));
  // Links would be dragged by the browser, and a long press would open its own menu.
  columns.addEventListener("dragstart", (event) => event.preventDefault());
  columns.addEventListener("contextmenu", (event) => (board.hand || board.press?.isTouch) && event.preventDefault());
  columns.addEventListener("touchmove", (event) => board.hand && event.cancelable && event.preventDefault(), { passive: false });
  columns.addEventListener("click", (event) => {
    if (!board.ignoresClick) return;
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true });
  listenWhileShown(board.root, window, "blur", () => board.hand && letGo(board, false));
  listenWhileShown(board.root, window, "keydown", (event) => {
    if (event.key !== "Escape" || !board.hand) return;
    event.preventDefault();
    event.stopPropagation();
    letGo(board, false);
  }, { capture: true });
};

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
