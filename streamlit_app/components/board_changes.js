// Changes of tickets. What somebody does is shown at once and sent to the pages' server, one change after the other, and not
// through Streamlit (ADR 56).
const SHOWN_FOR = 20_000;

// These outlive the page: a card that was moved right before its page was left is moved.
const waiting = [];
let isSending = false;

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
    answers.set(ticket, { ...told.ticket, at: told.at, isMoved: field === "stage" });
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
