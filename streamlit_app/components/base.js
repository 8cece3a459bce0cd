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

// crypto.randomUUID exists only in secure contexts, and the pages may be served without https.
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

const DRAFTS = "lodge-draft:";

const forgetDrafts = () => {
  for (const name of Object.keys(sessionStorage)) if (name.startsWith(DRAFTS)) sessionStorage.removeItem(name);
};

// Calls an HTTP route to sign in or out: a Streamlit page cannot set the session cookie. Returns the error, or null.
const post = async (path, body) => {
  try {
    const answer = await fetch(addressOf(path), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body ?? {}),
    });
    if (answer.ok) return null;
    return (await answer.json()).detail;
  } catch {
    return "The desk cannot be reached. Please try again in a moment.";
  }
};
