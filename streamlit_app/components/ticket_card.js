// The ticket at the top of its page.
export default function ({ data, parentElement }) {
  const root = rootOf(parentElement);
  const drawn = JSON.stringify(data);
  if (root.drawn === drawn) return;
  root.drawn = drawn;
  const facts = data.facts.flatMap(({ name, value, title }) => [
    make("dt", {}, name), make("dd", { title }, value),
  ]);
  root.replaceChildren(
    make("p", { class: "quiet number" }, data.number),
    make("h1", { class: "words" }, data.title),
    chips(data.chips),
    make("p", { class: "words text" }, data.description),
    make("dl", {}, ...facts),
  );
}
