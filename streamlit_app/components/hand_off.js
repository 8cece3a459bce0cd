// Fetches the token of a sign-in that a page has made, into a cookie that no script can read, and loads the page again.
const FIELDS = { text: "username", password: "current-password" };

// The library's form tells password managers to stay away.
const nameFields = () => {
  for (const [type, purpose] of Object.entries(FIELDS)) {
    document.querySelectorAll(`[data-testid=stForm] input[type=${type}]`).forEach((field) => {
      if (field.autocomplete === "off") field.autocomplete = purpose;
    });
  }
};

export default function ({ data, parentElement }) {
  if (reloadIfRefused(data.refused)) return;
  const root = rootOf(parentElement, (place) => place.append(make("p", { class: "problem", role: "alert" })));
  nameFields();
  if (!data.code || root.code === data.code) return;
  root.code = data.code;
  sessionStorage.removeItem(INSIDE);
  post("redeem", { code: data.code }).then((problem) => {
    root.querySelector(".problem").textContent = problem ?? "";
    if (problem) return;
    if (data.to) location.replace(addressOf(data.to));
    else location.reload();
  });
}
