// The suggested category. Elements that have not changed are kept, so that neither the focus nor a screen reader
// loses its position.
const build = (place) => {
  place.line = make("span", {});
  place.aside = make("span", { class: "unseen" });
  place.choice = make("div", { class: "choice" });
  place.append(make("p", { class: "said quiet", role: "status" }, place.line, " ", place.aside), place.choice);
};

const say = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

const buttons = (data, call) => {
  const options = data.options.map(({ slug, name }) => make("button", { type: "button", onclick: () => call("choose", slug) }, name));
  const pair = options.length ? make("div", { class: "pair", role: "group", "aria-label": "Which is it?" }, ...options) : null;
  const others = data.others ? make("button", { type: "button", class: "link", onclick: () => call("list", true) }, data.others) : null;
  return [pair, others].filter(Boolean);
};

const choose = (root, data) => {
  const drawn = JSON.stringify([data.options, data.others]);
  if (root.drawn === drawn) return;
  root.drawn = drawn;
  const hadFocus = root.choice.matches(":focus-within");
  root.choice.replaceChildren(...buttons(data, (event, value) => root.call(event, value)));
  if (hadFocus) root.choice.querySelector("button")?.focus();
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, build);
  root.call = teller(root, data, setTriggerValue);
  say(root.line, data.line);
  say(root.aside, data.aside);
  choose(root, data);
  root.choice.querySelector(".link")?.setAttribute("aria-expanded", String(data.open));
}
