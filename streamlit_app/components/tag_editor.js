// The tags of a ticket: each can be removed, and others are added while completions are offered. What somebody does is shown at
// once; the page says if it was refused, and then shows what the ticket has.
const present = (root) => root.wanted ?? root.data.tags;

const change = (root, tags) => {
  root.wanted = tags;
  root.awaited = Math.max(root.awaited ?? 0, root.data.round) + 1;
  drawTags(root);
  root.tell("tags", { tags, version: root.data.version }, () => {
    root.wanted = root.awaited = null;
    root.problem.textContent = "This could not be saved. Please try again.";
    drawTags(root);
  });
};

const add = (root, typed) => {
  const tags = typed.split(",").map((one) => one.trim().replace(/\s+/g, " ").toLowerCase()).filter(Boolean);
  root.problem.textContent = "";
  const wanted = [...new Set([...present(root), ...tags])];
  if (tags.some((one) => one.length > root.data.longest)) root.problem.textContent = `A tag has at most ${root.data.longest} letters.`;
  else if (wanted.length > root.data.most) root.problem.textContent = `A ticket has at most ${root.data.most} tags.`;
  else {
    root.field.value = "";
    if (wanted.length > present(root).length) change(root, wanted.sort());
  }
};

const remove = (root, tag) => {
  const place = present(root).indexOf(tag);
  change(root, present(root).filter((one) => one !== tag));
  const buttons = root.list.querySelectorAll("button");
  (buttons[Math.min(place, buttons.length - 1)] ?? root.field).focus();
};

const drawTags = (root) => {
  const item = (tag) => make("li", { class: "chip" }, make("bdi", {}, tag),
    make("button", { type: "button", "data-tag": tag, "aria-label": `Remove the tag ${tag}`, title: "Remove", onclick: () => remove(root, tag) }, "×"));
  const drawn = JSON.stringify(present(root));
  if (root.drawn === drawn) return;
  root.drawn = drawn;
  keepFocus(root.getRootNode(), "data-tag", () => root.list.replaceChildren(...present(root).map(item)));
};

const build = (root) => {
  const id = `tags-${newKey()}`;
  root.list = make("ul", { class: "tags", "aria-label": "Tags" });
  root.field = make("input", { id, type: "text", autocomplete: "off", placeholder: "Add a tag", enterKeyHint: "done", autocapitalize: "none" });
  root.problem = make("p", { class: "problem", role: "alert" });
  const offers = completion(root.field, {
    label: "Tags that there are",
    asked: () => root.field.value.trim() || null,
    find: async (prefix) => (await offered("completions/tags", { prefix }))
      .filter(({ tag }) => !present(root).includes(tag))
      .map(({ tag, tickets }) => ({ label: tag, note: tickets.toLocaleString("en"), tag })),
    choose: ({ tag }) => add(root, tag),
  });
  root.field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" || event.key === ",") {
      event.preventDefault();
      add(root, root.field.value);
    } else if (event.key === "Backspace" && !root.field.value && present(root).length) root.list.lastChild.querySelector("button").focus();
  });
  // In a larger form, whose button is outside this component, what was typed counts without Enter too.
  root.field.addEventListener("blur", () => root.data.is_field && root.tellTyped(root.field.value));
  root.append(make("label", { class: "label", for: id }, "Tags"), root.list, root.field, offers, root.problem);
};

export default function ({ data, parentElement, setTriggerValue, setStateValue }) {
  const root = rootOf(parentElement, build);
  // What somebody wants is shown until the page has dealt with all that they did.
  if (root.ticket !== data.ticket || data.round >= (root.awaited ?? 0)) root.wanted = root.awaited = null;
  Object.assign(root, { data, ticket: data.ticket, tell: teller(root, data, setTriggerValue), tellTyped: (text) => setStateValue("typed", text) });
  drawTags(root);
}
