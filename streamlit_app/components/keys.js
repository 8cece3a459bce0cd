// What keys do, and the dialog that lists them.
// After `g`, the letter of the page is awaited for so many milliseconds.
const PATIENCE = 2000;
// Streamlit draws the whole page again at `r`, and asks whether to clear its memory at `c`: neither is of use to anybody here.
const OF_STREAMLIT = ["r", "c"];
const FIELD = "input, textarea, select";

let bindings = new Map();
let dialog = null;
const isDialogOpen = () => Boolean(dialog?.open);
const NONE = { key: "", at: 0 };
let first = NONE;
let mayGoBack = false;

const switchOff = (off) => {
  try {
    if (off) localStorage.setItem(KEYS_OFF, "yes");
    else localStorage.removeItem(KEYS_OFF);
  } catch {
    // A browser may keep nothing for this page. Then the keys stay on.
  }
};

// The key as the table writes it. What a keyboard with other letters (Greek, Cyrillic, Arabic…) has at the place of a Latin
// letter is that letter. Capital letters are no keys, unless Caps Lock makes them.
const keyOf = ({ key, code, shiftKey }) => {
  if (key.length > 1) return key;
  const isLetter = key.toLowerCase() !== key.toUpperCase();
  if (!isLetter) return key;
  if (shiftKey) return "";
  return /^[a-z]$/i.test(key) ? key.toLowerCase() : /^Key[A-Z]$/.test(code) ? code.at(-1).toLowerCase() : key;
};

const everything = (node) => [...node.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? everything(one.shadowRoot) : [])]);
const nameOf = (one) => (one.ariaLabel ?? (one.labels?.length ? one.labels[0].textContent : one.textContent) ?? "").trim();
const CONTROL = "a[href], button, summary, input, textarea, select, [role=button]";

const targetOf = ({ keys, names }) => {
  const shown = everything(document.body).filter((one) => (one.dataset.key === keys || one.matches(CONTROL)) && isShown(one) && !one.disabled);
  return shown.find((one) => one.dataset.key === keys) ?? shown.find((one) => names.some((name) => nameOf(one).startsWith(name)));
};

const use = (target, asks) => {
  target.scrollIntoView({ block: "nearest" });
  const isAsked = asks.some((name) => nameOf(target).startsWith(name));
  if (isAsked || (target.matches(FIELD) && isTextField(target))) return target.focus();
  // A box is ticked, and somebody goes on in the field that it belongs to.
  if (target.type !== "checkbox") return target.click();
  if (!target.checked) target.click();
  target.getRootNode().querySelector("textarea")?.focus();
};

// Returns whether the key did something.
const act = (binding) => {
  const target = targetOf(binding);
  if (target) use(target, binding.asks ?? []);
  else if (binding.href) goTo(binding.href);
  return Boolean(target || binding.href);
};

const beginsTwo = (key) => [...bindings.keys()].some((keys) => keys.startsWith(`${key} `));

const pressed = (event) => {
  // Escape is looked at when everybody else has had it (goBack): it may close something.
  mayGoBack = false;
  if (event.repeat || ["Shift", "CapsLock", "AltGraph"].includes(event.key) || isDialogOpen() || !isForPage(event)) return;
  if (OF_STREAMLIT.includes(event.key)) event.stopPropagation();
  if (areKeysOff()) return;
  const key = keyOf(event);
  mayGoBack = key === "Escape";
  if (mayGoBack) return;
  const isSecond = first.key && event.timeStamp - first.at < PATIENCE;
  const binding = bindings.get(isSecond ? `${first.key} ${key}` : key);
  const isFirstOfTwo = !isSecond && !binding && beginsTwo(key);
  first = isFirstOfTwo ? { key, at: event.timeStamp } : NONE;
  if (!isFirstOfTwo && !binding?.act()) return;
  event.preventDefault();
  event.stopPropagation();
};

const goBack = (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  if (mayGoBack) return bindings.get("Escape")?.act();
  // The first Escape leaves a text, which keeps what is written; the next one leads back.
  const field = event.composedPath()[0];
  if (!isModified(event) && !isSomethingOpen(event) && !isDialogOpen() && field.matches?.("textarea, input:not([role=combobox])") && isTextField(field)) field.blur();
};

// Once for each tab: the page goes, its script stays.
if (!window.lodgeKeysAt) {
  window.lodgeKeysAt = { pressed: () => {}, goBack: () => {}, show: () => {} };
  window.addEventListener("keydown", (event) => window.lodgeKeysAt.pressed(event), { capture: true });
  window.addEventListener("keydown", (event) => window.lodgeKeysAt.goBack(event));
  window.addEventListener("lodge-keys", () => window.lodgeKeysAt.show());
}

const SHOWN = { Escape: "Esc" };
const drawKeys = (keys) => keys.split(" ").flatMap((key, place) => [place ? " " : "", make("kbd", {}, SHOWN[key] ?? key)]);
const row = ({ keys, does }) => make("div", { class: "row" }, make("dt", {}, ...drawKeys(keys)), make("dd", {}, does));
const group = ({ title, keys }) => make("section", {}, make("h3", {}, title), make("dl", {}, ...keys.map(row)));

const drawDialog = (place, groups) => {
  const on = make("input", { type: "checkbox", id: "keys-on", checked: !areKeysOff(), onchange: () => switchOff(!on.checked) });
  place.replaceChildren(
    make("h2", { id: "keys-title" }, "Keys"),
    make("div", { class: "groups" }, ...groups.map(group)),
    make("p", { class: "on" }, on, make("label", { for: "keys-on" }, "Use these keys. This browser remembers your choice.")),
    make("button", { type: "button", class: "primary", onclick: () => place.close() }, "Close"),
  );
};

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, (place) => place.append(make("dialog", { "aria-labelledby": "keys-title" })));
  dialog = root.firstChild;
  const show = () => {
    drawDialog(dialog, data.groups);
    dialog.showModal();
    return true;
  };
  const told = data.groups.flatMap(({ keys }) => keys).filter(({ is_only_told: isOnlyTold }) => !isOnlyTold);
  bindings = new Map(told.map((key) => [key.keys, { act: () => act(key) }]));
  bindings.set("?", { act: show });
  window.lodgeKeysAt = { pressed, goBack, show };
}
