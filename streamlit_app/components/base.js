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

const isConnected = () => (document.querySelector("[data-testid=stApp]")?.dataset.testConnectionState ?? "CONNECTED") === "CONNECTED";

// Changes the page without loading everything anew. Streamlit shows whatever page Back and Forward lead to, so the page is
// added to the browser's history, and Streamlit is told as by those. (Streamlit's own way writes the new page's query to
// the URL of the old page first, and Back would lead there.) Without a connection it would stay on the old page.
const goTo = (href) => {
  if (!isConnected()) return;
  history.pushState({}, "", addressOf(href));
  dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
};

// Makes `link` lead to a page of ours. Clicks that open a new tab or window are left to the browser.
const linkTo = (link, href, before) => {
  link.href = addressOf(href).href;
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    before?.();
    goTo(href);
  };
  return link;
};

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
