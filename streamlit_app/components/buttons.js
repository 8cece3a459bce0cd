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

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, (place) => place.append(make("div", { class: "buttons" })));
  const row = root.firstChild;
  // A button keeps its element, and so its focus, while its name is there.
  const names = new Set(data.buttons.map(({ name }) => name));
  [...row.children].forEach((button) => names.has(button.name) || button.remove());
  const present = new Map([...row.children].map((button) => [button.name, button]));
  data.buttons.forEach(({ name, label, is_primary: isPrimary, is_link: isLink }, place) => {
    const button = present.get(name) ?? make("button", { type: "button", name });
    relabel(button, label, root.shown);
    button.className = isPrimary ? "primary" : isLink ? "link" : "";
    button.onclick = () => {
      const isUnread = performance.now() - button.changedAt < READING;
      setTriggerValue("press", { name, shown: isUnread ? button.before : data.shown });
    };
    if (row.children[place] !== button) row.insertBefore(button, row.children[place] ?? null);
  });
  root.shown = data.shown;
}
