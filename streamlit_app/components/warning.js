// The alert element is created before its text is set, so that screen readers announce the text.
export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, (place) => place.append(make("p", { class: "warning", role: "alert" })));
  root.firstChild.textContent = data.text;
  if (root.number === data.number) return;
  root.number = data.number;
  root.scrollIntoView({ block: "center" });
}
