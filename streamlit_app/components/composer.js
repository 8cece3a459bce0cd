// A text field that keeps what is typed: through redraws, and through a reload of the page.
const ROWS = 3;
const AGAIN_AFTER = 3000;
const MOST_TRIES = 4;

// randomUUID is missing where the desk is reached without https.
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

const load = (name) => {
  try {
    return JSON.parse(sessionStorage.getItem(DRAFTS + name)) ?? {};
  } catch {
    return {};
  }
};

const build = (root, data, calls) => {
  const draft = { text: "", key: newKey(), internal: false };
  const id = "words-" + draft.key;
  const state = { root, draft, name: null, isSending: false };
  state.label = make("label", { for: id, class: "label" });
  state.area = make("textarea", { id, rows: ROWS, "aria-describedby": id + "-hint " + id + "-problem" });
  state.problem = make("p", { id: id + "-problem", class: "problem", role: "alert" });
  state.reply = make("p", { class: "reply", hidden: true });
  state.tick = make("input", { type: "checkbox", id: id + "-internal" });
  state.internal = make("label", { class: "internal", for: id + "-internal" }, state.tick, "Internal note: staff only");
  state.hint = make("span", { id: id + "-hint", class: "quiet hint" });
  state.send = make("button", { type: "button", class: "primary" });
  const foot = make("div", { class: "foot" }, state.internal, state.hint, state.send);
  root.append(state.label, state.reply, state.area, state.problem, foot);

  state.save = () => {
    draft.text = state.area.value;
    if (draft.text || draft.reply) sessionStorage.setItem(DRAFTS + state.name, JSON.stringify(draft));
    else sessionStorage.removeItem(DRAFTS + state.name);
    state.area.style.height = "auto";
    state.area.style.height = Math.min(state.area.scrollHeight + 2, 480) + "px";
  };
  state.submit = () => {
    if (state.isSending) return;
    state.save();
    if (!draft.text.trim()) {
      state.problem.textContent = "Please write something first.";
      state.area.focus();
      return;
    }
    state.isSending = state.isTried = true;
    draw(state);
    state.transmit(MOST_TRIES);
  };
  state.transmit = (tries) => {
    const { key } = draft;
    state.calls.send({ text: draft.text, key: draft.key, internal: state.tick.checked, reply_to: draft.reply?.id ?? null });
    // What got lost on the way is sent again: the key makes that harmless.
    setTimeout(() => {
      if (!state.isSending || draft.key !== key) return;
      if (tries > 1) return state.transmit(tries - 1);
      state.isSending = false;
      state.problem.textContent = "This could not be sent. Your text is kept; please try again.";
      draw(state);
    }, AGAIN_AFTER);
  };
  state.tell = () => {
    if (!state.data.is_field || state.told === draft.text) return;
    state.told = draft.text;
    state.calls.text({ text: draft.text, key: draft.key });
  };
  state.area.addEventListener("input", () => {
    state.problem.textContent = "";
    if (state.isTried) {
      // Another text is another thing to do, and needs a key of its own.
      state.isTried = false;
      draft.key = newKey();
    }
    state.save();
  });
  state.area.addEventListener("change", state.tell);
  state.area.addEventListener("blur", state.tell);
  state.area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    state.submit();
  });
  state.tick.addEventListener("change", () => { draft.internal = state.tick.checked; state.save(); draw(state); });
  state.send.addEventListener("click", state.submit);
  window.addEventListener("lodge-reply", (event) => {
    if (!root.isConnected || state.data.is_field) return;
    draft.reply = event.detail;
    state.save();
    draw(state);
    state.area.focus();
  });
  return state;
};

const renew = (state) => {
  sessionStorage.removeItem(DRAFTS + state.name);
  Object.assign(state.draft, { text: "", internal: false, reply: null, key: newKey() });
  state.area.value = "";
  state.isSending = state.isTried = false;
  state.told = "";
  state.save();
};

const draw = (state) => {
  const { data, draft } = state;
  state.label.textContent = data.label;
  state.area.placeholder = data.placeholder ?? "";
  state.area.maxLength = data.max;
  state.area.required = data.is_field;
  const isInternal = data.only_internal || (data.offer_internal && draft.internal);
  state.tick.checked = isInternal;
  state.tick.disabled = data.only_internal;
  state.internal.hidden = !data.offer_internal;
  state.root.classList.toggle("is-internal", isInternal);
  state.hint.textContent = data.hint;
  state.send.hidden = data.is_field;
  state.send.disabled = state.isSending;
  state.send.textContent = state.isSending ? "Sending…" : isInternal ? "Save note" : data.button;
  state.reply.hidden = !draft.reply;
  state.reply.replaceChildren();
  if (!draft.reply) return;
  const drop = make("button", { type: "button", class: "link", onclick: () => { draft.reply = null; state.save(); draw(state); } });
  drop.textContent = "Do not reply to this";
  state.reply.append(make("span", {}, `Replying to ${draft.reply.name}: ${draft.reply.text}`), drop);
};

const states = new WeakMap();

export default function ({ data, parentElement, setTriggerValue, setStateValue }) {
  const root = rootOf(parentElement);
  let state = states.get(root);
  if (!state) states.set(root, (state = build(root, data)));
  state.data = data;
  state.calls = { send: (value) => setTriggerValue("send", value), text: (value) => setStateValue("draft", value) };
  if (state.name !== data.draft) {
    state.name = data.draft;
    const kept = load(data.draft);
    if (kept.text || kept.reply) Object.assign(state.draft, kept);
    state.area.value = state.draft.text;
    if (kept.text && kept.key !== data.done) state.tell();
  }
  if (data.done === state.draft.key) renew(state);
  // A field that was never touched has not told its key.
  if (data.problem && [state.draft.key, ""].includes(data.problem.key) && data.problem.round !== state.problemRound) {
    state.problemRound = data.problem.round;
    state.problem.textContent = data.problem.text;
    state.isSending = false;
  }
  state.save();
  draw(state);
}
