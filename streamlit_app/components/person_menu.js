// The menu with the person's name, which leads to their profile, switches roles and signs out.

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement);
  const drawn = JSON.stringify(data);
  if (root.drawn === drawn) return;
  root.drawn = drawn;
  const problem = make("p", { class: "problem", role: "alert" });
  const act = async (path, body) => {
    // This tab goes on by itself; only the others have to notice (live.js).
    window.lodgeIsSwitching = true;
    const told = await postFor(path, body);
    problem.textContent = told.problem ?? "";
    window.lodgeIsSwitching = !problem.textContent;
    if (problem.textContent) return;
    sessionStorage.removeItem(INSIDE);
    if (path === "leave") {
      forgetDrafts();
      localStorage.removeItem(NAMES);
    }
    // With an identity provider, the browser signs out there too, and then comes back.
    location.assign(told.url ?? addressOf("."));
  };
  const item = (go, ...texts) => make("li", {}, make("button", { type: "button", onclick: go }, ...texts));
  const enter = (role) => {
    const name = namesByRole()[role.slug];
    const who = name ? [": ", make("bdi", {}, name)] : [];
    return item(() => act("enter", name ? { role: role.slug, name } : { role: role.slug }), `Sign in as ${role.name}`, ...who);
  };
  const profile = () => make("li", {}, linkTo(make("a", {}, "Profile"), "profile", () => {
    menu.open = false;
    closeSidebar();
  }));
  const list = make("ul", {});
  const label = make("span", {}, make("strong", {}, data.name), make("span", { class: "quiet" }, data.role));
  const menu = make("details", {}, make("summary", { "aria-label": `${data.name}, ${data.role}: ${data.does}` }, label), list, problem);
  // The names are read each time: somebody may have signed in in another tab.
  menu.addEventListener("toggle", () => menu.open && list.replaceChildren(profile(), ...data.roles.map(enter), item(() => act("leave"), "Sign out")));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.preventDefault();
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  root.replaceChildren(menu);
}
