// Leads to the previous and the next ticket of a list, also by the keys k and j.
const STEPS = [
  { name: "previous", key: "k", label: "Previous", sign: "‹" },
  { name: "next", key: "j", label: "Next", sign: "›" },
];
const shown = new Map();

const step = ({ name, key, label, sign }, href) => {
  const says = { class: name, title: `${label} ticket of the list (${key})`, "aria-label": `${label} ticket`, "aria-keyshortcuts": key, "data-key": key };
  const arrow = make("span", { "aria-hidden": "true" }, sign);
  const words = name === "next" ? [label, " ", arrow] : [arrow, " ", label];
  if (!href) return make("span", { class: `${name} quiet`, "aria-hidden": "true" }, ...words);
  return linkTo(make("a", says, ...words), href, scrollUp, true);
};

const scrollUp = () => document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0 });

// Where the page has keys for everything (window.lodgeKeysAt), those press the links, which are marked with their key.
const press = (event) => {
  if (window.lodgeKeysAt) return;
  const wanted = STEPS.find(({ key }) => key === event.key);
  if (!wanted || event.repeat || !isPlainKey(event)) return;
  const href = [...shown.values()].at(-1)?.[wanted.name];
  if (!href) return;
  event.preventDefault();
  scrollUp();
  goTo(href, true);
};
window.addEventListener("keydown", press);

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement);
  shown.set(root, data);
  const drawn = JSON.stringify(data);
  if (root.drawn !== drawn) {
    root.drawn = drawn;
    const hadFocus = parentElement.activeElement?.className;
    root.hidden = !data.previous && !data.next;
    root.replaceChildren(make("nav", { class: "steps", "aria-label": "Tickets of the list" }, ...STEPS.map((one) => step(one, data[one.name]))));
    if (hadFocus) root.querySelector(`a.${hadFocus}`)?.focus({ preventScroll: true });
  }
  return () => shown.delete(root);
}
