// The page for signing in: a field for an optional name, large cards for two roles, and small ones for the others.
// The role that this browser signed in with last: Enter in the field chooses it again.
const LAST = "lodge-last-role";

const lastRole = () => {
  try {
    return localStorage.getItem(LAST);
  } catch {
    return null;
  }
};

const rememberRole = (role) => {
  try {
    localStorage.setItem(LAST, role);
  } catch {
    // A browser may keep nothing for this page. Then Enter chooses the first role.
  }
};

const card = (role, go, kind) => make(
  "button", { type: "button", class: kind, onclick: () => go(role.slug) },
  make("strong", {}, role.name), make("span", { class: "quiet" }, role.what),
);

export default function ({ data, parentElement }) {
  if (reloadIfRefused(data.refused)) return;
  sessionStorage.removeItem(INSIDE);
  rootOf(parentElement, (root) => {
    const roles = [...data.large, ...data.small];
    const isAgain = roles.some(({ slug }) => slug === lastRole());
    const first = roles.find(({ slug }) => slug === lastRole()) ?? roles[0];
    const name = make("input", { id: "your-name", type: "text", maxLength: 100, autocomplete: "name", value: namesByRole()[first.slug] ?? "" });
    const problem = make("p", { class: "problem", role: "alert" });
    const go = async (role) => {
      root.querySelectorAll("button").forEach((button) => (button.disabled = true));
      problem.textContent = "";
      const given = name.value.trim();
      problem.textContent = (await post("enter", given ? { role, name: given } : { role })) ?? "";
      if (!problem.textContent) {
        rememberName(role, given);
        rememberRole(role);
        return location.reload();
      }
      root.querySelectorAll("button").forEach((button) => (button.disabled = false));
    };
    const submit = (event) => {
      event.preventDefault();
      go(first.slug);
    };
    root.append(
      make("form", { class: "field", onsubmit: submit },
        make("label", { for: "your-name" }, "Your name (optional)"), name,
        make("span", { class: "quiet" }, "With a name, you find your own tickets again. Without one, you share them with everyone of your role."),
        make("span", { class: "quiet enter" }, "Enter signs you in as ", make("strong", {}, first.name), isAgain ? ", as last time." : ".")),
      problem,
      make("div", { class: "large" }, ...data.large.map((role) => card(role, go, "card"))),
      make("p", { class: "quiet" }, "Other roles"),
      make("div", { class: "small" }, ...data.small.map((role) => card(role, go, "card"))),
    );
    // Not on a phone, where the keyboard would cover the cards.
    if (matchMedia("(hover: hover)").matches) name.focus({ preventScroll: true });
  });
}
