// Shared by all components. Text that people wrote is only inserted as text nodes, never as HTML.
const make = (tag, properties = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.includes("-") || name === "for" || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};

const chip = ({ text, tone }) => make("span", { class: "chip", "data-tone": tone }, text);

const chips = (list) => make("span", { class: "chips" }, ...list.map(chip));

// Returns the component's root element inside Streamlit's container. It is created once and kept between redraws.
const rootOf = (parent, build) => {
  let root = parent.querySelector(".lodge");
  if (!root) {
    root = make("div", { class: "lodge" });
    parent.append(root);
    build?.(root);
  }
  return root;
};

const addressOf = (path) => new URL(path, document.baseURI);

// What a component tells Python can get lost: Streamlit drops what waits for its turn when a whole page is asked for, and
// what is sent in one moment becomes one message. So one event of the whole page is on its way at a time. It is sent again
// until Python says that it has it (component_files.py); only then the next one is sent, or another page opened.
const { teller, whenAllIsSent } = (() => {
  const AGAIN_AFTER = 3000;
  const MOST_SENDINGS = 4;
  const LONGEST_HOLD = 1500;
  // Each component has these functions of its own, and all of them have these events.
  const shared = (window.lodgeEvents ??= { events: [], openings: [] });

  const drop = (isOver) => {
    const over = shared.events.filter(isOver);
    shared.events = shared.events.filter((event) => !over.includes(event));
    over.forEach(({ timer }) => clearTimeout(timer));
    const [next] = shared.events;
    if (!next) shared.openings.splice(0).forEach((open) => open());
    else if (next.sendings === 0) send(next);
  };

  // Its component is no longer on the page.
  const isOfNothing = ({ root }) => !root.isConnected;

  const send = (event) => {
    if (event.sendings === MOST_SENDINGS || isOfNothing(event)) {
      drop((one) => one === event);
      return event.lost?.();
    }
    event.sendings += 1;
    event.timer = setTimeout(send, AGAIN_AFTER, event);
    event.send();
  };

  // Call it with each draw. Returns the function that sends an event: `tell(name, value, lost)`. `lost` is called if it
  // cannot be sent.
  const teller = (root, { delivered = [] }, setTriggerValue) => {
    root.setTriggerValue = setTriggerValue;
    drop((event) => isOfNothing(event) || (event.root === root && delivered.includes(event.id)));
    return (name, value, lost) => {
      const id = newKey();
      shared.events.push({ root, id, lost, sendings: 0, send: () => root.setTriggerValue(name, { id, value }) });
      drop(isOfNothing);
    };
  };

  const whenAllIsSent = (open) => {
    drop(isOfNothing);
    if (!shared.events.length) return open();
    let isOpened = false;
    const openOnce = () => {
      if (!isOpened) open();
      isOpened = true;
    };
    shared.openings.push(openOnce);
    setTimeout(openOnce, LONGEST_HOLD);
  };

  return { teller, whenAllIsSent };
})();

// What is live may be drawn anew between the press and the release of a pointer, as a row of the queue whose ticket changes.
// The browser then clicks on nothing, because what was pressed is gone. So what took its place is clicked, if it is called
// the same. (Each component has this script; one of them listens for all.)
window.lodgePresses ??= (() => {
  const pressableOf = (event) => event.composedPath().find((one) => one.matches?.("a[href], button"));
  const identityOf = (one) => one.href ?? one.getAttribute("aria-label") ?? one.textContent;
  let pressed = null;
  let identity = null;
  addEventListener("pointerdown", (event) => {
    pressed = event.button === 0 ? pressableOf(event) : null;
    identity = pressed && identityOf(pressed);
  }, { capture: true });
  addEventListener("pointerup", (event) => {
    const isGone = pressed && !pressed.isConnected;
    pressed = null;
    const successor = isGone && pressableOf(event);
    if (!successor || identityOf(successor) !== identity) return;
    const { ctrlKey, metaKey, shiftKey } = event;
    successor.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, composed: true, ctrlKey, metaKey, shiftKey }));
  }, { capture: true });
  return true;
})();

const isConnected = () => (document.querySelector("[data-testid=stApp]")?.dataset.testConnectionState ?? "CONNECTED") === "CONNECTED";

// Changes the page without loading everything anew. Streamlit shows whatever page Back and Forward lead to, so the page is
// added to the browser's history, and Streamlit is told as by those. (Streamlit's own way writes the new page's query to
// the URL of the old page first, and Back would lead there.) Without a connection it would stay on the old page. With
// `isInPlace`, the page takes the place of the present one in the history, and Back leads to what was before both.
const goTo = (href, isInPlace = false) => whenAllIsSent(() => {
  if (!isConnected()) return;
  if (isInPlace) history.replaceState({}, "", addressOf(href));
  else history.pushState({}, "", addressOf(href));
  dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
});

// Makes `link` lead to a page of ours. Clicks that open a new tab or window are left to the browser.
const linkTo = (link, href, before, isInPlace = false) => {
  link.href = addressOf(href).href;
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    before?.();
    goTo(href, isInPlace);
  };
  return link;
};

// What is new, beside the links in `root` that count it: `unread` tickets, `mentions`. live.js says when it has changed.
const NEWS = { unread: " with something new", mentions: " unseen" };
const news = (kind) => (kind ? make("span", { class: "unread", "data-counts": kind }) : null);
const showNews = (root, counts) => root.querySelectorAll(".unread").forEach((place) => {
  const number = counts[place.dataset.counts];
  const said = [number > 99 ? "99+" : `${number}`, make("span", { class: "unseen" }, NEWS[place.dataset.counts])];
  place.replaceChildren(...(number ? said : []));
});

// Listens to `target`, such as the document, as long as `root` is on the page.
const listenWhileShown = (root, target, kind, act, options) => {
  const hear = (event) => (root.isConnected ? act(event) : target.removeEventListener(kind, hear, options));
  target.addEventListener(kind, hear, options);
};

const followNews = (root) => listenWhileShown(root, window, "lodge-unread", ({ detail }) => showNews(root, detail));

// Replaces parts of a component. What had the focus is found again by this attribute.
const keepFocus = (parentElement, attribute, redraw) => {
  const focused = parentElement.activeElement?.getAttribute?.(attribute);
  redraw();
  if (!focused) return;
  const again = [...parentElement.querySelectorAll(`[${attribute}]`)].find((one) => one.getAttribute(attribute) === focused);
  again?.focus({ preventScroll: true });
};

// On a phone the sidebar covers the page, and Streamlit leaves it open when a page is chosen.
const phoneScreen = matchMedia("(max-width: 768px)");
const closeSidebar = () => phoneScreen.matches && document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click();

// The page of a list begins at its top: the button for the next page is at the end of the page before.
const showTopOfNewPage = (list, number) => {
  const isNew = list.pageNumber !== undefined && list.pageNumber !== number;
  list.pageNumber = number;
  if (!isNew) return;
  list.tabIndex = -1;
  list.focus({ preventScroll: true });
  list.scrollIntoView({ block: "start" });
};
// crypto.randomUUID exists only in secure contexts, and the pages may be served without https.
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

const DRAFTS = "lodge-draft:";

const forgetDrafts = () => {
  for (const name of Object.keys(sessionStorage)) if (name.startsWith(DRAFTS)) sessionStorage.removeItem(name);
};

// The name that somebody signed in to a role with, by role, so that they are the same person again when they switch back.
const NAMES = "lodge-names";

const namesByRole = () => {
  try {
    return JSON.parse(localStorage.getItem(NAMES)) ?? {};
  } catch {
    return {};
  }
};

const rememberName = (role, name) => {
  try {
    localStorage.setItem(NAMES, JSON.stringify({ ...namesByRole(), [role]: name }));
  } catch {
    // A browser may keep nothing for this page. Then the name has to be typed again.
  }
};

// A tab remembers whom its page was drawn for, and says so when that is somebody else (live.js). Signing in or switching in
// this very tab removes it.
const INSIDE = "lodge-inside";

// Loads the page again, once, if it came with a token that is not valid: the browser may have another one by now. Returns
// whether it does.
const REFUSED = "lodge-refused";

const reloadIfRefused = (refused) => {
  if (!refused || sessionStorage.getItem(REFUSED) === refused) return false;
  sessionStorage.setItem(REFUSED, refused);
  location.reload();
  return true;
};

// Calls an HTTP route to sign in or out: a Streamlit page cannot set the session cookie. Returns `problem`, or else what was
// answered.
const postFor = async (path, body) => {
  try {
    const answer = await fetch(addressOf(path), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body ?? {}),
    });
    const told = answer.status === 204 ? {} : await answer.json();
    return answer.ok ? told : { problem: told.detail };
  } catch {
    return { problem: "The desk cannot be reached. Please try again in a moment." };
  }
};

// The same for a route that answers nothing. Returns the problem, or null.
const post = async (path, body) => (await postFor(path, body)).problem ?? null;

// Addresses in a text become links, of these schemes only. They open in a new window, which learns nothing of this page.
// Characters that turn the direction of a text end an address: it would read as another one.
const SCHEMES = ["http:", "https:", "mailto:"];
const LONGEST_ADDRESS = 2000;
const ADDRESS = /(?<![\p{L}\p{N}])(?:https?:\/\/|mailto:)[^\s<>"'`{}|\\^\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/giu;
const OPENED_BY = { ")": "(", "]": "[" };

const isAddress = (text) => {
  try {
    const { protocol, host, pathname } = new URL(text);
    return SCHEMES.includes(protocol) && (protocol === "mailto:" ? /.@./.test(pathname) : host !== "");
  } catch {
    return false;
  }
};

// Punctuation at the end belongs to the sentence, and a bracket to what was opened before the address.
const withoutEnd = (text) => {
  const times = (one) => text.split(one).length;
  const last = text.at(-1);
  const opened = OPENED_BY[last];
  const isOfSentence = opened ? times(last) > times(opened) : ".,;:!?…*_~’”»›".includes(last);
  return isOfSentence && text.length > 1 ? withoutEnd(text.slice(0, -1)) : text;
};

const withLinks = (text) => {
  const found = [];
  let end = 0;
  for (const { 0: longest, index } of text.matchAll(ADDRESS)) {
    if (longest.length > LONGEST_ADDRESS) continue;
    const address = withoutEnd(longest);
    if (!isAddress(address)) continue;
    const link = make("a", { href: address, target: "_blank", rel: "noopener noreferrer", referrerPolicy: "no-referrer" }, address);
    found.push(text.slice(end, index), link);
    end = index + address.length;
  }
  return [...found, text.slice(end)];
};

// Returns a function that makes links of the numbers in a piece of text, such as #42, whose tickets this person may read:
// `tickets` says what each is about. The rest stays text.
const NUMBER = /(?<![\p{L}\p{N}_#&/])#([1-9]\d{0,17})(?![\p{L}\p{N}_])/gu;
const linkedNumbers = (tickets = {}) => (text) => {
  const found = [];
  let end = 0;
  for (const { 0: whole, 1: number, index } of text.matchAll(NUMBER)) {
    if (!Object.hasOwn(tickets, number)) continue;
    found.push(text.slice(end, index), linkTo(make("a", { title: tickets[number] }, whole), `ticket?id=${number}`));
    end = index + whole.length;
  }
  return [...found, text.slice(end)];
};

// A text that people wrote. A long one is folded until somebody opens it; whoever reaches a link in it by keyboard does.
const LONG = { letters: 1500, lines: 15 };
// `marked` returns the parts of a piece of text without addresses, some of them elements.
const textOf = (text, marked = (piece) => [piece]) => {
  const words = make("p", { class: "words" }, ...withLinks(text).flatMap((part) => (typeof part === "string" ? marked(part) : [part])));
  if (text.length <= LONG.letters && text.split("\n").length <= LONG.lines) return words;
  const button = make("button", { type: "button", class: "link" });
  const fold = (isFolded) => {
    words.classList.toggle("is-folded", isFolded);
    button.textContent = isFolded ? "Show all" : "Show less";
    button.setAttribute("aria-expanded", String(!isFolded));
  };
  button.onclick = () => fold(!words.classList.contains("is-folded"));
  words.addEventListener("focusin", () => fold(false));
  fold(true);
  return make("div", {}, words, button);
};

// How long a finger rests on something to take hold of it, in milliseconds. The browser's own menu comes after about 500.
const LONG_PRESS = 400;

// The one rule for keys of the page: none acts while somebody types, while a dialog, a menu or a list of choices is open, or
// together with Ctrl, Alt or Meta. (Boxes and buttons take no text, so keys act there.)
const WITHOUT_TEXT = "checkbox, radio, button, submit, reset, range, file, color".split(", ");
const WRITTEN_IN = "textarea, select, [contenteditable]:not([contenteditable=false]), [role=textbox], [role=combobox], [role=searchbox], [role=spinbutton]";
const OPENED = "dialog[open], [role=dialog], [role=menu], [role=listbox], [data-testid=stPopoverBody]";
const isShown = (one) => one.getClientRects().length > 0 && one.checkVisibility({ visibilityProperty: true });
const isTextField = (one) => one.matches?.(WRITTEN_IN) || (one.matches?.("input") && !WITHOUT_TEXT.includes(one.type));
const isTyping = (event) => event.isComposing || event.composedPath().some(isTextField);
// An open dialog inside a component is only found when the key comes from there, and there the focus stays.
const isSomethingOpen = (event) => event.composedPath().some((one) => one.matches?.(OPENED)) || [...document.querySelectorAll(OPENED)].some(isShown);
// Some keyboards need AltGr for / and ?. It is Ctrl and Alt at once on Windows.
const isModified = (event) => (event.ctrlKey || event.altKey || event.metaKey) && !(event.getModifierState("AltGraph") && !/^[a-z]$/i.test(event.key));
const isForPage = (event) => !(event.defaultPrevented || isModified(event) || isTyping(event) || isSomethingOpen(event));

// Single keys can be switched off (WCAG 2.1.4), for whoever dictates: the browser remembers that.
const KEYS_OFF = "lodge-keys-off";
const areKeysOff = () => {
  try {
    return localStorage.getItem(KEYS_OFF) !== null;
  } catch {
    return false;
  }
};

const scrollUp = () => document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0 });
