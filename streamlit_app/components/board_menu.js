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
