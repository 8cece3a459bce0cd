// What is known of the tickets on the board, and which cards each column shows. What the page draws counts for a card only
// when it is as new as the last answer.
const SECONDS_SHOWN = 30;

// By ticket: what somebody wants and is not answered yet, and the last answer.
const wishes = new Map();
const answers = new Map();

const byId = (board, id) => board.known.get(id);

// A column that goes on may not show where a card that was moved to it stands. The card is shown at its end for a while:
// whoever moves it on by keys would otherwise move another one.
const staysFor = (board, { stage, isMoved }) => (isMoved && columnOf(board, stage)?.has_more ? SECONDS_SHOWN : 0);

const isNewer = (board, id, answer) => {
  if (board.there.has(id)) return answer.version > byId(board, id).version;
  return answer.at + staysFor(board, answer) > board.data.asked_at;
};

// The newest that is known of a ticket, without what is only wanted.
const truthOf = (board, id) => {
  const answer = answers.get(id);
  return answer && isNewer(board, id, answer) ? answer : byId(board, id);
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

// Of a card that is shown although it is not among the data, which may count it all the same.
const isCounted = (board, { stage }, id) => {
  const answer = answers.get(id);
  return !board.there.has(id) && answer?.stage === stage && answer.at <= board.data.asked_at;
};

const countOf = (board, column, ids) => {
  const drawn = new Set(column.cards.map(({ id }) => id));
  const come = ids.filter((id) => !drawn.has(id) && !isCounted(board, column, id));
  return column.count + come.length - [...drawn].filter((id) => !ids.includes(id)).length;
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
  for (const [id, answer] of answers) if (!isNewer(board, id, answer)) answers.delete(id);
  for (const id of board.known.keys()) {
    if (!board.there.has(id) && !answers.has(id) && !wishes.has(id) && board.hand?.id !== id) board.known.delete(id);
  }
};
