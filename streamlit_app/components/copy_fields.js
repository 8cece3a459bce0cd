// Texts that somebody takes along, such as a link: each in a field, with a button that copies it.
// Without https, browsers let no script at the clipboard, but still obey the older command.
const copyOldWay = (root, text) => {
  const field = make("textarea", { value: text });
  root.append(field);
  field.focus();
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  return isCopied;
};

const copy = async (root, text) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyOldWay(root, text);
  }
};

const copyButton = (root, name, label, text, isPrimary) => {
  const button = make("button", { type: "button", class: isPrimary ? "primary" : "", "aria-label": name }, label);
  button.onclick = async () => {
    const isCopied = await copy(root, text);
    root.querySelector(".status").textContent = isCopied ? "Copied." : "This browser copies nothing: select it, and press Ctrl+C.";
    button.focus();
  };
  return button;
};

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement);
  const drawn = JSON.stringify(data);
  if (root.drawn === drawn) return;
  root.drawn = drawn;
  const field = ({ label, text }) => {
    const input = make("input", { readOnly: true, value: text, "aria-label": label, spellcheck: false, onfocus: () => input.select() });
    return make("li", {}, make("bdi", {}, label), make("div", { class: "field" }, input, copyButton(root, `Copy ${label}`, "Copy", text, !data.together)));
  };
  const list = make("ul", { "aria-label": data.label }, ...data.fields.map(field));
  const status = make("p", { class: "quiet status", role: "status" });
  const all = data.together ? make("p", { class: "all" }, copyButton(root, "Copy all", "Copy all", data.together, true)) : null;
  root.replaceChildren(...(all ? [all, status, list] : [list, status]));
}
