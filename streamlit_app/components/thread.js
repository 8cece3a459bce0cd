// The messages under a ticket, oldest first. Screen readers announce new ones.
const bubble = (message) => {
  const head = make(
    "p", { class: "head" },
    make("strong", {}, message.name),
    message.role ? make("span", { class: "chip" }, message.role) : null,
    message.internal ? make("span", { class: "chip", "data-tone": "amber" }, "Internal note") : null,
    make("time", { class: "quiet", dateTime: message.at, title: message.exact }, message.said),
  );
  const answer = make("button", {
    type: "button", class: "link", "aria-label": `Reply to ${message.name}`,
    onclick: () => {
      const text = message.body.replace(/\s+/g, " ").slice(0, 80);
      window.dispatchEvent(new CustomEvent("lodge-reply", { detail: { id: message.thread, name: message.name, text } }));
    },
  }, "Reply");
  const kind = ["message", message.mine ? "mine" : "", message.internal ? "internal" : "", message.nested ? "nested" : ""];
  return make(
    "li", { class: kind.join(" ").trim(), "data-id": String(message.id) },
    head, make("p", { class: "words" }, message.body), message.can_answer ? answer : null,
  );
};

// Messages count as read once they are drawn in a visible tab.
const looked = new WeakMap();
const GLANCE = 150;
const look = (root) => {
  const { ticket, latest, told } = looked.get(root);
  if (!root.isConnected || document.visibilityState !== "visible" || latest <= told) return;
  looked.get(root).told = latest;
  window.lodgeSeen = { read: ticket, latest };
  window.dispatchEvent(new Event("lodge-seen"));
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, (place) => {
    place.append(
      make("button", { type: "button", class: "earlier", hidden: true }, "Show earlier messages"),
      make("div", { role: "log", "aria-label": "Messages" }, make("ol", {})),
    );
  });
  const earlier = root.firstChild;
  const list = root.querySelector("ol");
  earlier.hidden = !data.has_earlier;
  earlier.onclick = () => setTriggerValue("earlier", true);
  const present = new Map([...list.children].map((item) => [item.dataset.id, item]));
  const wanted = data.messages.map((message) => {
    const said = JSON.stringify(message);
    const old = present.get(String(message.id));
    if (old && old.said === said) return old;
    const fresh = bubble(message);
    fresh.said = said;
    return fresh;
  });
  wanted.forEach((item, place) => {
    if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
  });
  while (list.children.length > wanted.length) list.lastChild.remove();
  const before = looked.get(root);
  looked.set(root, { ticket: data.ticket, latest: data.latest, told: before?.ticket === data.ticket ? before.told : 0 });
  if (!before) document.addEventListener("visibilitychange", () => look(root));
  setTimeout(look, GLANCE, root);
}
