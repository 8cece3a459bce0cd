// Offers to complete what is being typed in a field: a list under it, used with the arrow keys, Enter, Tab and Escape, or by
// mouse. The list is in the flow of the page, so that it never lies under the keyboard of a phone or the end of the page.
const PAUSE_WHILE_TYPING = 120;

// `asked` returns what there is to complete, as a text; null if there is nothing. `find` returns a promise of what to offer for
// it: {label, note, detail, …} each, where `detail` is a second line; `choose` is called with the chosen one. With `isFirstChosen`, Enter takes the first one, and
// otherwise only one that somebody has moved to. Returns the element that holds the list.
const completion = (field, { label, asked, find, choose, isFirstChosen = false }) => {
  const id = `offers-${newKey()}`;
  const place = make("div", { class: "offers" });
  const heard = make("p", { class: "unseen", role: "status" });
  let [offers, at, last, timer, question] = [[], -1, null, null, 0];

  const option = (offer, number) => {
    const detail = offer.detail ? make("bdi", { class: "quiet detail" }, offer.detail) : null;
    const name = make("span", { class: "offer" }, make("bdi", {}, offer.label), detail);
    const item = make("li", { id: `${id}-${number}`, role: "option" }, name, offer.note ? make("bdi", { class: "quiet" }, offer.note) : null);
    item.addEventListener("click", () => take(number));
    return item;
  };
  const mark = (number) => {
    at = number;
    [...place.querySelectorAll("[role=option]")].forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
    if (at < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", `${id}-${at}`);
    place.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    clearTimeout(timer);
    question += 1;
    last = null;
    // A field may have several lists: what another one has set stays.
    if (!offers.length) return;
    offers = [];
    place.replaceChildren();
    heard.textContent = "";
    mark(-1);
    field.removeAttribute("aria-controls");
  };
  const open = (found) => {
    offers = found;
    // The element is there only while something is offered: while a list is open, no key of the page acts (base.js).
    place.replaceChildren(make("ul", { id, role: "listbox", "aria-label": label }, ...offers.map(option)), heard);
    field.setAttribute("aria-controls", id);
    heard.textContent = `${offers.length} offered. Arrow keys choose, Enter takes.`;
    mark(isFirstChosen ? 0 : -1);
    place.scrollIntoView({ block: "nearest" });
  };
  const take = (number) => {
    const chosen = offers[number];
    close();
    choose(chosen);
    field.focus();
  };
  const look = async () => {
    const text = asked();
    if (text === null) return close();
    if (text === last) return;
    last = text;
    const mine = (question += 1);
    let found = [];
    try {
      found = await find(text);
    } catch {
      // The desk is away, which the page says.
    }
    if (mine !== question) return;
    if (found.length) return open(found);
    close();
    last = text;
  };
  const lookSoon = () => {
    clearTimeout(timer);
    if (asked() === null) return close();
    timer = setTimeout(look, PAUSE_WHILE_TYPING);
  };
  const acts = {
    ArrowDown: () => mark((at + 1) % offers.length),
    ArrowUp: () => mark((at <= 0 ? offers.length : at) - 1),
    Enter: () => take(at),
    Tab: () => take(at),
    Escape: close,
  };
  // The field keeps the focus.
  for (const press of ["pointerdown", "mousedown"]) place.addEventListener(press, (event) => event.preventDefault());
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-haspopup", "listbox");
  field.addEventListener("input", lookSoon);
  field.addEventListener("click", lookSoon);
  field.addEventListener("focus", lookSoon);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    const isTaking = ["Enter", "Tab"].includes(event.key);
    if (!offers.length || !acts[event.key] || (isTaking && at < 0)) return;
    if (event.isComposing || event.altKey || event.shiftKey) return;
    // This sends the text.
    if (event.ctrlKey || event.metaKey) return close();
    event.preventDefault();
    event.stopImmediatePropagation();
    acts[event.key]();
  });
  return place;
};

// Asks the pages' server for what there is to offer. Only the last of several questions is answered.
const offered = async (path, query) => {
  const answer = await fetch(addressOf(`${path}?${new URLSearchParams(query)}`));
  return answer.status === 200 ? (await answer.json()).items : [];
};
