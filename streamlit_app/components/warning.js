// The place is there before its words, so that they are read out when they come.
export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, (place) => place.append(make("p", { class: "warning", role: "alert" })));
  root.firstChild.textContent = data.text;
  if (root.number === data.number) return;
  root.number = data.number;
  root.scrollIntoView({ block: "center" });
}
