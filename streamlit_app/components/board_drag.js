// Cards are carried by mouse, and by touch after a long press.
const LEAST_MOVE = 6;
const CLICK_AFTER = 300;
const EDGE = 56;
const FASTEST = 18;

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
