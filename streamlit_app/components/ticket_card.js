// The ticket at the top of its page. What this person may edit has a button beside it.
const changer = (fields, called, editable, tell) => {
  const wanted = fields.filter((field) => editable.includes(field));
  if (!wanted.length) return null;
  const onclick = () => tell(wanted);
  return make("button", { type: "button", class: "link", "aria-label": `Change ${called}`, onclick }, "Change");
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement);
  const call = teller(root, data, setTriggerValue);
  const drawn = JSON.stringify({ ...data, delivered: null });
  if (root.drawn === drawn) return;
  root.drawn = drawn;
  // The text keeps its element, which may be unfolded, as long as it stays the same.
  const described = JSON.stringify([data.description, data.tickets]);
  if (root.described !== described) root.text = textOf(data.description, linkedNumbers(data.tickets));
  root.described = described;
  const tell = (fields) => call("edit", fields);
  const change = (called, fields) => changer(fields, called, data.editable, tell);
  const removeFile = data.may_delete_files ? (id) => call("delete_file", id) : null;
  const facts = data.facts.flatMap(({ name, value, title, fields }) => [
    make("dt", {}, name), make("dd", { title }, make("span", {}, value), " ", change(name.toLowerCase(), fields)),
  ]);
  keepFocus(parentElement, "aria-label", () => root.replaceChildren(
    make("p", { class: "quiet number" }, data.number),
    make("div", { class: "line" }, make("h1", { class: "words" }, data.title), change("the report", ["title", "description"])),
    chips(data.chips),
    make("div", { class: "text" }, root.text, ...[fileList(data.files, removeFile)].filter(Boolean)),
    make("dl", {}, ...facts),
  ));
}
