// Facts about one thing: names, each with its value.
export default function ({ data, parentElement }) {
  const root = rootOf(parentElement);
  const drawn = JSON.stringify(data);
  if (root.drawn === drawn) return;
  root.drawn = drawn;
  const facts = data.facts.flatMap(({ name, value }) => [make("dt", {}, name), make("dd", {}, value)]);
  root.replaceChildren(make("dl", {}, ...facts));
}
