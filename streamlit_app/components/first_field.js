// Puts the cursor into the page's first field, once when the page is opened. On a touch screen that would open the keyboard.
const LONGEST = 5000;

// Streamlit loads a kind of field when it is first drawn, so the field may come later than this.
const focusField = (root, key, until) => {
  if (!root.isConnected || performance.now() > until) return;
  if (document.activeElement?.closest("[data-testid=stMain]")) return;
  const field = document.querySelector(`.st-key-${key} input`);
  if (field) field.focus({ preventScroll: true });
  else requestAnimationFrame(() => focusField(root, key, until));
};

export default function ({ data, parentElement }) {
  rootOf(parentElement, (root) => {
    if (!matchMedia("(hover: hover)").matches) return;
    requestAnimationFrame(() => focusField(root, data.key, performance.now() + LONGEST));
  });
}
