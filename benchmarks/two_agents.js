// What somebody sees of the board, noted in their own page: in which column each card is, cards that are in two columns at
// once, and how long each refusal is shown. Moments are those of the machine's clock, which both browsers share.
window.seen = (() => {
  const moves = [];
  const twice = new Set();
  const refusals = new Map();
  let places = {};

  const within = (node) => [...node.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? within(one.shadowRoot) : [])]);
  let board = null;
  const root = () => {
    if (!board?.isConnected) board = within(document.body).find((one) => one.matches("[aria-label=Board]"))?.parentElement ?? null;
    return board;
  };
  const nameOf = (column) => column.querySelector("h2 .name").textContent;
  const numberOf = (card) => Number(card.querySelector(".number").textContent.slice(1));
  const columns = () => [...(root()?.querySelectorAll("section") ?? [])];

  const look = () => {
    const now = {};
    for (const column of columns()) {
      for (const card of column.querySelectorAll(".card")) {
        const id = numberOf(card);
        if (id in now) twice.add(id);
        now[id] = nameOf(column);
        if (places[id] !== now[id]) moves.push({ ticket: id, column: now[id], at: Date.now() });
      }
    }
    places = now;
    for (const notice of root()?.querySelectorAll(".notice.problem") ?? []) {
      const known = refusals.get(notice) ?? { text: notice.querySelector("p").textContent, from: Date.now() };
      refusals.set(notice, { ...known, until: Date.now() });
    }
    requestAnimationFrame(look);
  };
  document.addEventListener("DOMContentLoaded", () => requestAnimationFrame(look));

  const middle = (element) => {
    if (!element) return null;
    const { left, top, width, height } = element.getBoundingClientRect();
    return [left + width / 2, top + Math.min(height / 2, 120)];
  };

  return {
    places: () => places,
    told: () => ({ moves, twice: [...twice], refusals: [...refusals.values()] }),
    card: (id) => middle([...(root()?.querySelectorAll(".card") ?? [])].find((card) => numberOf(card) === id)),
    column: (name) => middle(columns().find((column) => nameOf(column) === name)?.querySelector(".scroller")),
    focus: (id) => [...(root()?.querySelectorAll(".card a.main") ?? [])].find((link) => link.textContent.startsWith(`#${id} `))?.focus(),
    press: (words) => {
      const item = [...(root()?.querySelectorAll("[role=menu] button") ?? [])].find((one) => words.some((word) => one.textContent.startsWith(word)));
      item?.click();
      return Boolean(item);
    },
  };
})();
