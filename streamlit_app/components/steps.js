// Leads to the previous and the next ticket of a list. keys.js presses the links at the keys that they are marked with.
const STEPS = [
  { name: "previous", key: "k", label: "Previous", sign: "‹" },
  { name: "next", key: "j", label: "Next", sign: "›" },
];

const step = ({ name, key, label, sign }, href) => {
  const says = { class: name, title: `${label} ticket of the list (${key})`, "aria-label": `${label} ticket`, "aria-keyshortcuts": key, "data-key": key };
  const arrow = make("span", { "aria-hidden": "true" }, sign);
  const words = name === "next" ? [label, " ", arrow] : [arrow, " ", label];
  if (!href) return make("span", { class: `${name} quiet`, "aria-hidden": "true" }, ...words);
  return linkTo(make("a", says, ...words), href, scrollUp, true);
};

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement);
  const drawn = JSON.stringify(data);
  if (root.drawn !== drawn) {
    root.drawn = drawn;
    const hadFocus = parentElement.activeElement?.className;
    root.hidden = !data.previous && !data.next;
    root.replaceChildren(make("nav", { class: "steps", "aria-label": "Tickets of the list" }, ...STEPS.map((one) => step(one, data[one.name]))));
    if (hadFocus) root.querySelector(`a.${hadFocus}`)?.focus({ preventScroll: true });
  }
}
