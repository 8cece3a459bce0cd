// A bar that shows how a number is made up. Its words stand under it, so that nobody has to tell colours apart.
export default function ({ data, parentElement }) {
  const root = rootOf(parentElement);
  const drawn = JSON.stringify(data);
  if (root.drawn === drawn) return;
  root.drawn = drawn;
  const piece = ({ value, tone }) => {
    const part = make("span", { "data-tone": tone, hidden: !value });
    part.style.flexGrow = value;
    return part;
  };
  const word = ({ name, said, tone }) => make("li", { "data-tone": tone }, make("strong", {}, said), " ", name);
  const words = make("ul", { "aria-label": data.label }, ...data.parts.map(word));
  root.replaceChildren(make("div", { class: "bar", "aria-hidden": "true" }, ...data.parts.map(piece)), words);
}
