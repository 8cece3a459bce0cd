// A row of buttons that tells with each press what the person saw. Nobody reads a new label within a moment: a press
// that soon after the labels changed was meant for the labels before, and so it tells the state before.
const READING = 600;

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, (place) => place.append(make("div", { class: "buttons" })));
  const row = root.firstChild;
  const labels = JSON.stringify(data.buttons.map(({ label }) => label));
  if (root.labels !== undefined && root.labels !== labels) {
    if (!root.changed || performance.now() - root.changed.at >= READING) root.changed = { from: root.shown };
    root.changed.at = performance.now();
  }
  Object.assign(root, { labels, shown: data.shown });
  const seen = () => (root.changed && performance.now() - root.changed.at < READING ? root.changed.from : root.shown);
  // A button keeps its element, and so its focus, while its name is there.
  const names = new Set(data.buttons.map(({ name }) => name));
  [...row.children].forEach((button) => names.has(button.name) || button.remove());
  const present = new Map([...row.children].map((button) => [button.name, button]));
  data.buttons.forEach(({ name, label, is_primary: isPrimary }, place) => {
    const button = present.get(name) ?? make("button", { type: "button", name });
    if (button.textContent !== label) button.textContent = label;
    button.className = isPrimary ? "primary" : "";
    button.onclick = () => setTriggerValue("press", { name, shown: seen() });
    if (row.children[place] !== button) row.insertBefore(button, row.children[place] ?? null);
  });
}
