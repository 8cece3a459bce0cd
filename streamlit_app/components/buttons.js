// A row of buttons that tells with each press what the person saw. Nobody reads a new label within a moment: a press
// that soon after a button got another label was meant for the label before, and so it tells the state before.
const READING = 600;

const relabel = (button, label, before) => {
  if (button.textContent === label) return;
  const wasJustChanged = performance.now() - button.changedAt < READING;
  if (button.textContent && !wasJustChanged) button.before = before;
  if (button.textContent) button.changedAt = performance.now();
  button.textContent = label;
};

const build = (place) => {
  place.label = make("p", { class: "label", "aria-hidden": "true" });
  place.row = make("div", { class: "buttons" });
  place.append(place.label, place.row);
};

// A row with a label is one choice: each button is a value, and the present one is pressed.
const drawChoice = (root, label) => {
  root.label.hidden = !label;
  root.label.textContent = label;
  root.row.classList.toggle("choice", Boolean(label));
  // Whoever chooses with the mouse while they write goes on writing.
  root.row.onmousedown = label ? (event) => event.preventDefault() : null;
  if (!label) return;
  root.row.setAttribute("role", "group");
  root.row.setAttribute("aria-label", label);
};

const drawButton = (button, { is_primary: isPrimary, is_link: isLink, is_pressed: isPressed, key }) => {
  button.className = isPrimary ? "primary" : isLink ? "link" : "";
  if (typeof isPressed === "boolean") button.setAttribute("aria-pressed", String(isPressed));
  if (!key) return;
  button.dataset.key = key;
  button.title = `${button.textContent} (${key})`;
  button.setAttribute("aria-keyshortcuts", key);
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, build);
  const { row } = root;
  const tell = teller(root, data, setTriggerValue);
  drawChoice(root, data.label);
  // A button keeps its element, and so its focus, while its name is there.
  const names = new Set(data.buttons.map(({ name }) => name));
  [...row.children].forEach((button) => names.has(button.name) || button.remove());
  const present = new Map([...row.children].map((button) => [button.name, button]));
  data.buttons.forEach((one, place) => {
    const { name, label } = one;
    const button = present.get(name) ?? make("button", { type: "button", name });
    relabel(button, label, root.shown);
    drawButton(button, one);
    button.onclick = () => {
      const isUnread = performance.now() - button.changedAt < READING;
      tell("press", { name, shown: isUnread ? button.before : data.shown });
    };
    if (row.children[place] !== button) row.insertBefore(button, row.children[place] ?? null);
  });
  root.shown = data.shown;
}
