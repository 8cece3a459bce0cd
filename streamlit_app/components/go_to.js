// Goes to another page as soon as it is drawn.
export default function ({ data, parentElement }) {
  const root = rootOf(parentElement);
  if (root.href === data.href) return;
  root.href = data.href;
  goTo(data.href);
}
