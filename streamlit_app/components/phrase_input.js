// A text field for phrases, one a line, that counts them while they are typed.
const differing = (text) => new Set(text.split("\n").map((line) => line.trim().split(/\s+/).join(" ").toLowerCase()).filter(Boolean)).size;

const told = (number, atLeast) => {
  const said = `${number} ${number === 1 ? "phrase" : "phrases"}`;
  return number < atLeast && atLeast > 1 ? `${said}; at least ${atLeast - number} more.` : `${said}.`;
};

export default function ({ data, parentElement, setStateValue }) {
  const root = rootOf(parentElement, (place) => {
    const field = make("textarea", { id: "lines", rows: 9 });
    place.append(
      make("label", { for: "lines", class: "label" }, data.label), field, make("p", { class: "quiet", "aria-live": "polite" }),
    );
    field.addEventListener("input", () => place.count());
  });
  const [field, output] = [root.querySelector("textarea"), root.querySelector("p")];
  root.count = () => { output.textContent = told(differing(field.value), data.at_least); };
  field.onchange = () => setStateValue("text", field.value);
  root.count();
}
