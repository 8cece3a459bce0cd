// The page for signing in: large cards for two roles, small ones for the others, and a field for an optional name.
const card = (role, go, kind) => make(
  "button", { type: "button", class: kind, onclick: () => go(role.slug) },
  make("strong", {}, role.name), make("span", { class: "quiet" }, role.what),
);

export default function ({ data, parentElement }) {
  if (reloadIfRefused(data.refused)) return;
  sessionStorage.removeItem(INSIDE);
  rootOf(parentElement, (root) => {
    const name = make("input", { id: "your-name", type: "text", maxLength: 100, autocomplete: "name" });
    const problem = make("p", { class: "problem", role: "alert" });
    const go = async (role) => {
      root.querySelectorAll("button").forEach((button) => (button.disabled = true));
      problem.textContent = "";
      const given = name.value.trim();
      problem.textContent = (await post("enter", given ? { role, name: given } : { role })) ?? "";
      if (!problem.textContent) {
        rememberName(role, given);
        return location.reload();
      }
      root.querySelectorAll("button").forEach((button) => (button.disabled = false));
    };
    root.append(
      make("div", { class: "large" }, ...data.large.map((role) => card(role, go, "card"))),
      make("p", { class: "field" },
        make("label", { for: "your-name" }, "Your name (optional)"), name,
        make("span", { class: "quiet" }, "With a name, you find your own tickets again. Without one, you share them with everyone of your role.")),
      problem,
      make("p", { class: "quiet" }, "Other roles"),
      make("div", { class: "small" }, ...data.small.map((role) => card(role, go, "card"))),
    );
  });
}
