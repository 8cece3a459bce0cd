// The keys of the board.
const ACROSS = { ArrowLeft: -1, ArrowRight: 1 };
const ENDS = ["Home", "End"];
const DOWN = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 };

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
