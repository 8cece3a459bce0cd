// A link that saves a file. The file is saved by itself once; the link is for another time, and for browsers that ask before.
const SAVED = "lodge-saved";

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, (place) => place.append(make("a", { class: "button" })));
  const link = root.firstChild;
  link.href = addressOf(data.href).href;
  link.download = data.name;
  link.textContent = data.label;
  if (sessionStorage.getItem(SAVED) === data.id) return;
  sessionStorage.setItem(SAVED, data.id);
  link.click();
}
