// The button with which somebody signs in through the campus's identity provider.
const LONGEST_RETURN = 2000;

export default function ({ data, parentElement }) {
  if (reloadIfRefused(data.refused)) return;
  const root = rootOf(parentElement, (place) => {
    const problem = make("p", { class: "problem", role: "alert" });
    const go = async () => {
      const wanted = location.pathname + location.search;
      button.disabled = true;
      const told = await postFor("oidc/begin", { to: wanted.length > LONGEST_RETURN ? "/" : wanted });
      problem.textContent = told.problem ?? "";
      button.disabled = !told.problem;
      if (told.problem) return;
      sessionStorage.removeItem(INSIDE);
      location.assign(told.url);
    };
    const button = make("button", { type: "button", class: "primary", onclick: go });
    place.append(button, problem);
    // Back from the provider, a browser may show this page as it was.
    window.addEventListener("pageshow", () => (button.disabled = false));
  });
  root.querySelector("button").textContent = data.label;
}
