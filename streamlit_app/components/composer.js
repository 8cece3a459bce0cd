// A text field that keeps what is typed through redraws and reloads of the page.
// An answer stands in view beside what it is about, so it begins smaller than a report.
const ROWS = { report: 3, answer: 2 };
const HIGHEST = { pixels: 480, ofWindow: 0.4 };
const KEYS = { send: "Ctrl+Enter sends", goOn: "Ctrl+Shift+Enter also goes on", mention: "@ mentions somebody", reply: "/ offers replies" };
// What is typed of a name, up to the caret. In an address such as ada@campus.edu, a letter stands before the sign.
const NAME_TYPED = /(?:^|[\s([{"'])@((?:[^\s@]+ ?){0,3})$/u;
// What is typed after a slash with which a line begins, up to the caret.
const REPLY_TYPED = /(?:^|\n)\/([^\n/]{0,40})$/u;
// The page that the writer is being led to, where they go on writing.
const GOES_ON_AT = "lodge-goes-on-at";

const build = (root) => {
  const draft = { text: "", key: newKey(), internal: false };
  const id = "words-" + draft.key;
  const state = { root, draft, name: null, isSending: false };
  state.label = make("label", { for: id, class: "label" });
  state.area = make("textarea", { id, "aria-describedby": id + "-hint " + id + "-problem" });
  state.full = make("p", { class: "full", role: "status" });
  state.problem = make("p", { id: id + "-problem", class: "problem", role: "alert" });
  state.reply = make("p", { class: "reply", hidden: true });
  state.tick = make("input", { type: "checkbox", id: id + "-internal" });
  state.internal = make("label", { class: "internal", for: id + "-internal" }, state.tick, "Internal note: staff only");
  state.hint = make("span", { id: id + "-hint", class: "quiet hint" });
  state.replies = make("button", { type: "button", class: "replies", title: "Canned replies, and answers to similar tickets" }, "Replies");
  state.goOn = make("button", { type: "button", class: "go-on", title: "Ctrl+Shift+Enter", "aria-keyshortcuts": "Control+Shift+Enter", "aria-describedby": id + "-note" });
  state.send = make("button", { type: "button", class: "primary" });
  state.others = make("button", { type: "button", class: "primary others", "aria-label": "More options", title: "More options" }, "▾");
  state.choices = make("div", { class: "choices", role: "group", "aria-label": "More options", hidden: true });
  state.files = buildFiles(root, id, () => state.name, () => state.data?.files);
  const ways = make("div", { class: "ways" }, state.send, state.others, state.choices);
  const sends = make("div", { class: "sends" }, state.goOn, ways);
  const head = make("div", { class: "head" }, state.label, state.hint);
  state.note = make("p", { id: id + "-note", class: "quiet note" });
  const foot = make("div", { class: "foot" }, state.replies, state.files.adds, state.internal, sends);
  root.append(head, state.reply, state.area, state.files.list, state.files.heard, state.full, state.problem, foot, state.files.rules, state.note);
  attend(state);
  state.full.before(mentions(state), replies(state));
  return state;
};

const LONGEST_TYPED = 80;
const nameTyped = ({ area: { value, selectionStart: caret, selectionEnd } }) => {
  if (caret !== selectionEnd) return null;
  return value.slice(Math.max(0, caret - LONGEST_TYPED), caret).match(NAME_TYPED)?.[1] ?? null;
};

// The list of people who can be mentioned. The text keeps `@` and the name; who is meant is kept beside it.
const mentions = (state) => completion(state.area, {
  label: "People to mention",
  isFirstChosen: true,
  asked: () => {
    const text = state.data.mentions ? nameTyped(state) : null;
    // After a name that was chosen, the sentence goes on.
    return (state.draft.mentions ?? []).some(({ name }) => text?.startsWith(`${name} `)) ? null : text;
  },
  find: async (q) => (await offered("completions/people", { ticket: state.data.mentions, is_internal: isInternal(state), q: q.trim() }))
    .map(({ id, name }) => ({ label: name, id })),
  choose: ({ id, label }) => {
    const { area, draft } = state;
    const name = nameTyped(state);
    // The caret may have left the @ meanwhile.
    const begin = area.selectionStart - (name?.length ?? 0);
    area.setRangeText(`${name === null ? "@" : ""}${label} `, begin, area.selectionStart, "end");
    draft.mentions = [...(draft.mentions ?? []).filter((one) => one.id !== id), { id, name: label }];
    typed(state);
    listen(state);
  },
});

// Whether the text has the name with @, and not only as the beginning of a longer word, as "Ann" in "@Anna".
const names = (text, name) => text.split(`@${name}`).slice(1).some((rest) => !/^[\p{L}\p{N}]/u.test(rest));

// Who was chosen, and whose name still stands in the text.
const mentioned = ({ draft }) => (draft.mentions ?? []).filter(({ name }) => names(draft.text, name)).map(({ id }) => id);

const replyTyped = ({ area: { value, selectionStart: caret, selectionEnd } }) => {
  if (caret !== selectionEnd) return null;
  return value.slice(Math.max(0, caret - LONGEST_TYPED), caret).match(REPLY_TYPED)?.[1] ?? null;
};

// What staff answered to similar tickets is asked for once, when the list first opens.
const answersFor = (state) => {
  const ticket = state.data.replies;
  if (state.answers?.ticket !== ticket) state.answers = { ticket, found: offered("completions/answers", { ticket }).catch(() => []) };
  return state.answers.found;
};

const hasWords = (q) => ({ text, ticket_title: title }) => (
  q.toLowerCase().split(/\s+/).every((word) => `${title} ${text}`.toLowerCase().includes(word))
);

// The list of canned replies, and after them answers under similar closed tickets.
const replies = (state) => completion(state.area, {
  label: "Replies",
  isFirstChosen: true,
  asked: () => (state.data.replies ? replyTyped(state) : null),
  find: async (typedWords) => {
    const q = typedWords.trim();
    const [canned, answers] = await Promise.all([offered("completions/replies", { ticket: state.data.replies, q }), answersFor(state)]);
    return [
      ...canned.map((one) => ({
        label: one.title, detail: one.text, note: one.shortcut ? `/${one.shortcut}` : "", text: one.text, missing: one.missing, id: one.id,
      })),
      ...answers.filter(hasWords(q)).map((one) => ({
        label: one.ticket_title, detail: one.text, note: `Answer in #${one.ticket_id}`, text: one.text, missing: [], id: null,
      })),
    ];
  },
  choose: (chosen) => insertReply(state, chosen),
});

// Puts the text in place of what was typed after the slash. What the ticket has no value for is selected, to be written over.
const insertReply = (state, { text, missing, id }) => {
  const { area, draft } = state;
  const words = replyTyped(state);
  // The caret may have left the slash meanwhile.
  const begin = words === null ? area.selectionStart : area.selectionStart - words.length - 1;
  area.setRangeText(text, begin, area.selectionStart, "end");
  const gap = missing.length ? `{${missing[0]}}` : "";
  if (gap) area.setSelectionRange(begin + text.indexOf(gap), begin + text.indexOf(gap) + gap.length);
  if (id) draft.canned = { id, lines: linesOf(text) };
  draft.gaps = [...(draft.gaps ?? []), ...missing.map((name) => `{${name}}`)];
  typed(state);
  listen(state);
};

const SHORTEST_LINE = 12;
const linesOf = (text) => text.split(/[\n{}]/).map((line) => line.trim()).filter((line) => line.length >= SHORTEST_LINE);

// The reply that was chosen last, as long as any line of it still stands in the text as it was.
const cannedReply = ({ draft: { canned, text } }) => (
  canned && (!canned.lines.length || canned.lines.some((line) => text.includes(line))) ? canned.id : null
);

// Sending first selects what a reply left open, once for each text: perhaps it is meant.
const mayHaveGaps = (state) => {
  const { area, draft } = state;
  const gap = (draft.gaps ?? []).find((one) => draft.text.includes(one));
  if (!gap || state.toldOfGap === draft.text) return true;
  state.toldOfGap = draft.text;
  say(state, `${gap} is not filled in: the ticket has none. Write it yourself, or send it again as it is.`);
  area.focus();
  area.setSelectionRange(draft.text.indexOf(gap), draft.text.indexOf(gap) + gap.length);
  return false;
};

// Without a keyboard: begins a line with a slash, which opens the list.
const openReplies = ({ area }) => {
  const before = area.value.slice(0, area.selectionStart);
  area.focus();
  if (REPLY_TYPED.test(before)) return area.dispatchEvent(new Event("click"));
  area.setRangeText(before && !before.endsWith("\n") ? "\n/" : "/", area.selectionStart, area.selectionEnd, "end");
  return area.dispatchEvent(new Event("input"));
};

const isInternal = ({ data, draft }) => data.only_internal || Boolean(data.offer_internal && draft.internal);

const save = (state) => {
  const { data, draft, area } = state;
  draft.text = area.value;
  draft.files = filesToKeep(state.name);
  state.full.textContent = area.value.length >= data.max ? data.full : "";
  if (draft.text || draft.reply || draft.files.length) sessionStorage.setItem(DRAFTS + state.name, JSON.stringify(draft));
  else sessionStorage.removeItem(DRAFTS + state.name);
  area.style.height = "auto";
  const highest = data.is_field ? HIGHEST.pixels : Math.min(HIGHEST.pixels, HIGHEST.ofWindow * innerHeight);
  area.style.height = Math.min(area.scrollHeight + 2, highest) + "px";
};

const say = (state, text, isOver = false) => {
  state.problem.textContent = text;
  state.problem.classList.toggle("is-over", isOver);
};

// The ids of what has arrived, and how many files are on their way. Those that were added go along also while it cannot be
// asked what may be added.
const filesSent = ({ name, data }) => (
  data.files || filesOf(name).length ? { files: arrivedIn(name).map(({ id }) => id), coming: onTheWayTo(name).length } : {}
);

// In a larger form, sends the text to Python whenever it may be needed: the form's button is outside this component.
const tell = (state) => {
  const { text, key } = state.draft;
  const draft = { text, key, ...filesSent(state) };
  const told = JSON.stringify(draft);
  if (!state.data.is_field || state.told === told) return;
  state.told = told;
  state.calls.text(draft);
};

// With `reads_along`, also sends the text to Python when the writer pauses.
const listen = (state) => {
  clearTimeout(state.pause);
  if (state.data.pause) state.pause = setTimeout(() => tell(state), state.data.pause);
};

// `way` says what else is done with the draft, as in data.ways.
const submit = (state, way = null) => {
  if (state.isSending) return;
  save(state);
  openChoices(state, false);
  // An answer may consist of files alone, also of those that are still on their way.
  if (!state.draft.text.trim() && (state.data.is_field || !filesToKeep(state.name).length)) {
    say(state, "Please write something first.");
    state.area.focus();
    return;
  }
  if (!mayHaveGaps(state)) return;
  if (onTheWayTo(state.name).length) {
    state.waiting = { way };
    say(state, "This is sent when the files have arrived.", true);
    return;
  }
  state.isSending = state.isTried = true;
  state.way = way;
  // The page may be drawn for a newer version of the ticket before the draft is sent again.
  state.shown = state.data.shown;
  say(state, "");
  draw(state);
  const { text, key, reply } = state.draft;
  const then = state.way?.name ?? "";
  const sent = { text, key, internal: state.tick.checked, reply_to: reply?.id ?? null, then, shown: state.shown, mentions: mentioned(state), canned_reply: cannedReply(state), ...filesSent(state) };
  state.calls.send(sent, () => sayLost(state, key));
};

const sayLost = (state, key) => {
  if (!state.isSending || state.draft.key !== key) return;
  state.isSending = false;
  say(state, "This could not be sent. Your text is kept; please try again.");
  draw(state);
};

const openChoices = (state, isOpen) => {
  state.choices.hidden = !isOpen;
  state.others.setAttribute("aria-expanded", String(isOpen));
  if (isOpen) state.choices.querySelector("button")?.focus();
};

// The way that leads to another page: it has a button of its own.
const wayOn = (state) => (state.data.ways ?? []).find(({ href }) => href);

const attendChoices = (state) => {
  state.others.addEventListener("click", () => openChoices(state, state.choices.hidden));
  state.root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || state.choices.hidden) return;
    openChoices(state, false);
    state.others.focus();
    event.stopPropagation();
  });
  listenWhileShown(state.root, document, "pointerdown", (event) => {
    if (!state.choices.hidden && !event.composedPath().includes(state.others.parentElement)) openChoices(state, false);
  });
};

const typed = (state) => {
  window.dispatchEvent(new Event("lodge-typed"));
  say(state, "");
  state.waiting = null;
  renewKey(state);
  save(state);
};

// After an attempt to send, what was changed since needs a new idempotency key.
const renewKey = (state) => {
  if (state.isTried) state.draft.key = newKey();
  state.isTried = false;
};

// Files were added or removed, or one has arrived.
const filesMoved = (state) => {
  const now = JSON.stringify(filesToKeep(state.name));
  const { waiting } = state;
  if (now !== state.keptFiles && !state.isSending) {
    state.keptFiles = now;
    if (!waiting) say(state, "");
    renewKey(state);
    tell(state);
  }
  save(state);
  drawFiles(state.files, state.name, state.data.files, state.data.is_field);
  if (!waiting || onTheWayTo(state.name).length) return;
  state.waiting = null;
  const isAllThere = filesOf(state.name).every((file) => file.state === "done");
  if (isAllThere) submit(state, waiting.way);
  else say(state, "A file did not arrive, so nothing was sent. Try again, or remove it.");
};

const attend = (state) => {
  const { area, tick, draft } = state;
  area.addEventListener("input", () => {
    typed(state);
    listen(state);
  });
  area.addEventListener("change", () => tell(state));
  area.addEventListener("paste", (event) => {
    const files = state.data.files ? pastedFiles(event) : [];
    if (files.length) event.preventDefault();
    state.files.add(files);
  });
  listenWhileShown(state.root, window, "lodge-files", ({ detail }) => detail === state.name && filesMoved(state));
  area.addEventListener("blur", () => tell(state));
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!event.shiftKey) submit(state);
    else if (wayOn(state)) submit(state, wayOn(state));
  });
  state.send.addEventListener("click", () => submit(state));
  // The field keeps the caret.
  state.replies.addEventListener("pointerdown", (event) => event.preventDefault());
  state.replies.addEventListener("click", () => openReplies(state));
  state.goOn.addEventListener("click", () => submit(state, wayOn(state)));
  attendChoices(state);
  tick.addEventListener("change", () => {
    draft.internal = tick.checked;
    save(state);
    draw(state);
  });
  listenWhileShown(state.root, window, "lodge-reply", (event) => {
    if (state.data.is_field) return;
    draft.reply = event.detail;
    save(state);
    draw(state);
    area.focus();
  });
};

const renew = (state) => {
  clearTimeout(state.pause);
  sessionStorage.removeItem(DRAFTS + state.name);
  forgetFiles(state.name);
  Object.assign(state.draft, { text: "", internal: false, reply: null, mentions: [], canned: null, gaps: [], key: newKey() });
  state.area.value = "";
  state.isSending = state.isTried = false;
  state.told = "";
  say(state, "");
  save(state);
  const { way } = state;
  state.way = null;
  if (way?.href && !state.data.stays) goOnAt(way.href);
};

const goOnAt = (href) => {
  window[GOES_ON_AT] = addressOf(href).href;
  scrollUp();
  goTo(href, true);
};

// After "Send and go to the next", the field of the next ticket has the focus; on a phone its keyboard would cover the ticket.
const takeFocus = (state) => {
  if (window[GOES_ON_AT] !== location.href || state.data.is_field) return;
  window[GOES_ON_AT] = null;
  if (!matchMedia("(pointer: coarse)").matches) state.area.focus({ preventScroll: true });
};

const drawWays = (state, verb) => {
  const on = wayOn(state);
  state.goOn.hidden = !on;
  state.goOn.disabled = state.isSending;
  state.goOn.textContent = on ? `${verb} and ${on.label}` : "";
  const ways = (state.data.ways ?? []).filter((way) => way !== on);
  state.others.hidden = !ways.length;
  state.others.disabled = state.isSending;
  const drawn = JSON.stringify([ways, verb]);
  if (state.drawnWays === drawn) return;
  state.drawnWays = drawn;
  const hadFocus = state.choices.matches(":focus-within");
  state.choices.replaceChildren(...ways.map((way) => make("button", {
    type: "button", onclick: () => submit(state, way),
  }, `${verb} and ${way.label}`)));
  if (!ways.length) openChoices(state, false);
  if (hadFocus) state.choices.querySelector("button")?.focus();
};

const draw = (state) => {
  const { data, draft } = state;
  state.label.textContent = data.label;
  state.area.placeholder = data.placeholder ?? "";
  state.area.maxLength = data.max;
  state.area.required = data.is_field;
  const isNote = isInternal(state);
  state.tick.checked = isNote;
  state.tick.disabled = data.only_internal;
  state.internal.hidden = !data.offer_internal;
  state.root.classList.toggle("is-internal", isNote);
  const keys = [KEYS.send, ...(wayOn(state) ? [KEYS.goOn] : []), ...(data.mentions ? [KEYS.mention] : []), ...(data.replies ? [KEYS.reply] : [])];
  state.replies.hidden = !data.replies;
  state.hint.textContent = data.hint || keys.join(", ");
  state.note.textContent = isNote ? "" : data.note ?? "";
  state.hint.classList.toggle("keys", !data.hint);
  state.send.hidden = data.is_field;
  state.send.disabled = state.isSending;
  const verb = isNote ? "Save note" : data.button;
  state.send.textContent = state.isSending ? "Sending…" : verb;
  drawWays(state, verb);
  drawFiles(state.files, state.name, data.files, data.is_field);
  state.reply.hidden = !draft.reply;
  state.reply.replaceChildren();
  if (!draft.reply) return;
  const drop = make("button", { type: "button", class: "link", onclick: () => { draft.reply = null; save(state); draw(state); } });
  drop.textContent = "Do not reply to this";
  state.reply.append(make("span", {}, "Replying to ", make("bdi", {}, draft.reply.name), ": ", make("bdi", {}, draft.reply.text)), drop);
};

const states = new WeakMap();

export default function ({ data, parentElement, setTriggerValue, setStateValue }) {
  const root = rootOf(parentElement);
  let state = states.get(root);
  if (!state) states.set(root, (state = build(root)));
  state.data = data;
  state.area.rows = data.is_field ? ROWS.report : ROWS.answer;
  const sendEvent = teller(root, data, setTriggerValue);
  state.calls = { send: (value, lost) => sendEvent("send", value, lost), text: (value) => setStateValue("draft", value) };
  if (state.name !== data.draft) {
    state.name = data.draft;
    const kept = loadDraft(data.draft);
    restoreFiles(data.draft, kept.files, data.files?.hours);
    if (kept.text || kept.reply || kept.files?.length) Object.assign(state.draft, kept);
    state.area.value = state.draft.text;
    if ((kept.text || kept.files?.length) && kept.key !== data.done) tell(state);
    takeFocus(state);
  }
  if (data.done === state.draft.key) renew(state);
  // A problem with an empty key is for a field that was never touched: Python does not know its draft's key.
  if (data.problem && [state.draft.key, ""].includes(data.problem.key) && data.problem.round !== state.problemRound) {
    state.problemRound = data.problem.round;
    say(state, data.problem.text, data.problem.is_over);
    state.isSending = false;
    state.isTried = true;
  }
  save(state);
  draw(state);
}
