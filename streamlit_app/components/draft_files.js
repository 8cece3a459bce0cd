// Files that are added to a draft. They arrive while their writer goes on, also on another page; what has arrived is kept
// with the draft's text. The data API keeps it for a day (ADR 60).
const UPLOADS_AT_ONCE = 3;
const HOUR = 3_600_000;
const ON_THE_WAY = ["waiting", "sending"];
const TRY_AGAIN = [0, 408, 429, 500, 502, 503, 504, 507];
const NOT_SENT = "This file could not be sent. If it was moved or changed meanwhile, add it again.";

// By the name of the draft. Each component has these functions of its own, and all of them have these files.
const addedFiles = (window.lodgeFiles ??= new Map());
const filesOf = (name) => addedFiles.get(name) ?? addedFiles.set(name, []).get(name);
const arrivedIn = (name) => filesOf(name).filter(({ state }) => state === "done");
const onTheWayTo = (name) => filesOf(name).filter(({ state }) => ON_THE_WAY.includes(state));

const loadDraft = (name) => {
  try {
    return JSON.parse(sessionStorage.getItem(DRAFTS + name)) ?? {};
  } catch {
    return {};
  }
};

// What is kept of them in the draft. A file without an id had not arrived when this was kept.
const filesToKeep = (name) => [...arrivedIn(name), ...onTheWayTo(name)].map(({ id, name: called, size, has_thumbnail, at }) => (
  { id, name: called, size, has_thumbnail, at }
));

const filesChanged = (name) => {
  // The field of the draft, which keeps it otherwise, may be on a page that was left.
  const draft = { ...loadDraft(name), files: filesToKeep(name) };
  if (draft.text || draft.reply || draft.files.length) sessionStorage.setItem(DRAFTS + name, JSON.stringify(draft));
  window.dispatchEvent(new CustomEvent("lodge-files", { detail: name }));
};

const restoreFiles = (name, kept, hours) => {
  if (filesOf(name).length || !kept?.length) return;
  const isOver = ({ at }) => Date.now() - at > hours * HOUR;
  filesOf(name).push(...kept.map((file) => {
    const problem = !file.id ? "It had not arrived when the page was loaded again. Add it again."
      : isOver(file) ? `It was added more than ${hours} hours ago and is not kept any longer. Add it again.` : "";
    return { ...file, key: newKey(), draft: name, state: problem ? "problem" : "done", problem };
  }));
};

const forgetFiles = (name) => {
  onTheWayTo(name).forEach(({ request }) => request?.abort());
  addedFiles.delete(name);
  // Those of other texts may have waited for these.
  sendWaiting();
};

const extensionOf = (name) => (name.includes(".") ? name.split(".").pop().toLowerCase() : "");

// Returns why the file need not even be sent, or "". Whether its content is allowed, the data API decides.
const whyNotSent = (name, file, rules) => {
  const most = rules.sizes[extensionOf(file.name)] ?? Math.max(...Object.values(rules.sizes));
  const isOneTooMany = arrivedIn(name).length + onTheWayTo(name).length >= rules.most;
  if (isOneTooMany) return `It was not added: ${rules.most} files are the most that go together.`;
  return file.size > most ? `It was not added: it is larger than ${Math.round(most / MEGABYTE)} MB.` : "";
};

const addFiles = (name, files, rules) => {
  for (const file of files) {
    const problem = whyNotSent(name, file, rules);
    const state = problem ? "problem" : "waiting";
    filesOf(name).push({ key: newKey(), draft: name, name: file.name, size: file.size, file, state, problem, sent: 0 });
  }
  sendWaiting();
  filesChanged(name);
};

const sendWaiting = () => {
  const all = [...addedFiles.values()].flat();
  const free = UPLOADS_AT_ONCE - all.filter(({ state }) => state === "sending").length;
  if (free > 0) all.filter(({ state }) => state === "waiting").slice(0, free).forEach(sendFile);
};

const sendFile = (entry) => {
  const request = new XMLHttpRequest();
  const form = new FormData();
  form.append("file", entry.file, entry.name);
  Object.assign(entry, { request, state: "sending", sent: 0, problem: "" });
  request.open("POST", addressOf("attachments").href);
  // The same file is kept once, also when it is sent again because its answer got lost.
  request.setRequestHeader("Idempotency-Key", entry.key);
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    entry.sent = total ? loaded / total : 0;
    window.dispatchEvent(new CustomEvent("lodge-files", { detail: entry.draft }));
  });
  request.addEventListener("load", () => fileAnswered(entry, request));
  request.addEventListener("error", () => fileEnded(entry, { state: "problem", problem: NOT_SENT, can_retry: true }));
  request.send(form);
};

const fileAnswered = (entry, { status, responseText }) => {
  let told = {};
  try {
    told = JSON.parse(responseText);
  } catch {
    // A proxy in between answers otherwise.
  }
  if (status === 201) {
    const { id, name, size, has_thumbnail } = told;
    return fileEnded(entry, { id, name, size, has_thumbnail, at: Date.now(), state: "done", file: null });
  }
  return fileEnded(entry, { state: "problem", problem: told.detail ?? NOT_SENT, can_retry: TRY_AGAIN.includes(status) });
};

const fileEnded = (entry, outcome) => {
  Object.assign(entry, outcome, { request: null });
  sendWaiting();
  filesChanged(entry.draft);
};

const retryFile = (entry) => {
  Object.assign(entry, { state: "waiting", problem: "", can_retry: false });
  sendWaiting();
  filesChanged(entry.draft);
};

const dropFile = (entry) => {
  const files = filesOf(entry.draft);
  files.splice(files.indexOf(entry), 1);
  entry.request?.abort();
  // What cannot be deleted now is deleted after a day.
  if (entry.state === "done") fetch(addressOf(`attachments/${entry.id}`), { method: "DELETE" }).catch(() => {});
  sendWaiting();
  filesChanged(entry.draft);
};

// The buttons that add files, and the list of those that were added. `place` is the component's root, and `nameNow` and
// `rulesNow` return the draft and what may be added.
const buildFiles = (place, id, nameNow, rulesNow) => {
  const add = (files) => rulesNow() && files.length && addFiles(nameNow(), files, rulesNow());
  const choose = (properties) => {
    const input = make("input", { type: "file", class: "unseen", tabIndex: -1, "aria-hidden": "true", ...properties });
    input.addEventListener("change", () => {
      add([...input.files]);
      input.value = "";
    });
    return input;
  };
  const parts = {
    any: choose({ multiple: true }),
    camera: choose({ accept: "image/*", capture: "environment" }),
    list: make("ul", { class: "files added", "aria-label": "Files to send", hidden: true }),
    rules: make("p", { class: "quiet can", id: id + "-can" }),
    heard: make("p", { class: "unseen", role: "status" }),
    items: new Map(),
  };
  const button = (label, input) => make("button", { type: "button", class: "add", "aria-describedby": id + "-can", onclick: () => input.click() }, label);
  parts.addButton = button("Add files", parts.any);
  parts.photoButton = button("Take a photo", parts.camera);
  parts.adds = make("div", { class: "adds" }, parts.addButton, parts.photoButton, parts.any, parts.camera);
  attendDrops(place, add, rulesNow);
  return Object.assign(parts, { add });
};

const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

// Beside the field, a dropped file would take the place of the page.
const attendDrops = (place, add, rulesNow) => {
  const over = (event, isOver) => {
    if (!rulesNow() || !hasFiles(event)) return;
    event.preventDefault();
    place.classList.toggle("is-drop", isOver);
  };
  place.addEventListener("dragover", (event) => over(event, true));
  place.addEventListener("dragleave", (event) => place.contains(event.relatedTarget) || over(event, false));
  place.addEventListener("drop", (event) => {
    over(event, false);
    // A folder looks like a file that cannot be read.
    const items = [...(event.dataTransfer?.items ?? [])].filter((item) => item.kind === "file" && !item.webkitGetAsEntry?.()?.isDirectory);
    add(items.map((item) => item.getAsFile()).filter(Boolean));
  });
  for (const kind of ["dragover", "drop"]) {
    listenWhileShown(place, document, kind, (event) => hasFiles(event) && rulesNow() && event.preventDefault());
  }
};

// A copied part of a document comes as text and as a picture: then the text is meant.
const pastedFiles = (event) => {
  const { files, types } = event.clipboardData ?? {};
  if (!files?.length || types.includes("text/plain")) return [];
  return [...files].map((file) => (file.name === "image.png" ? new File([file], "pasted picture.png", { type: file.type }) : file));
};

const buildAdded = (parts, entry) => {
  const item = make("li", { class: "file" });
  item.sign = make("span", {}, fileSign(entry.name));
  item.named = make("bdi", {});
  item.said = make("span", { class: "quiet" });
  item.bar = make("progress", { max: 1 });
  item.problem = make("span", { class: "problem", role: "alert" });
  item.again = make("button", { type: "button", class: "link", onclick: () => retryFile(entry) }, "Try again");
  item.drop = make("button", { type: "button", class: "link", onclick: () => {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    dropFile(entry);
    (next?.drop ?? parts.addButton).focus();
  } });
  item.append(item.sign, make("div", { class: "about" }, item.named, item.said, item.bar, item.problem, make("div", { class: "deleting" }, item.again, item.drop)));
  return item;
};

const showAdded = (parts, item, entry) => {
  const { state, sent, name, size, problem } = entry;
  const isOnTheWay = ON_THE_WAY.includes(state);
  item.named.textContent = name;
  item.said.textContent = state === "sending" && sent === 1 ? "Being checked…"
    : state === "sending" ? `${Math.floor(100 * sent)} % of ${fileSize(size)}` : state === "waiting" ? "Waiting for the others" : fileSize(size);
  item.said.hidden = state === "problem";
  item.bar.hidden = !isOnTheWay;
  item.bar.setAttribute("aria-label", `Upload of ${name}`);
  if (sent === 1) item.bar.removeAttribute("value");
  else item.bar.value = sent ?? 0;
  if (item.problem.textContent !== problem) item.problem.textContent = problem ?? "";
  item.problem.hidden = !problem;
  item.again.hidden = !entry.can_retry;
  item.again.setAttribute("aria-label", `Try again to send ${name}`);
  item.drop.textContent = isOnTheWay ? "Cancel" : "Remove";
  item.drop.setAttribute("aria-label", `${item.drop.textContent} ${name}`);
  if (item.shown === state) return;
  if (state === "done" && entry.has_thumbnail) item.sign.replaceChildren(smallPicture(entry));
  if (state === "done" && item.shown) parts.heard.textContent = `${name} is added.`;
  item.shown = state;
};

const drawFiles = (parts, name, rules, isField) => {
  parts.adds.hidden = !rules;
  parts.photoButton.hidden = !matchMedia("(pointer: coarse)").matches;
  if (!rules) return;
  const files = filesOf(name);
  parts.any.accept = rules.accept;
  parts.rules.textContent = rules.said;
  parts.rules.hidden = !isField && !files.some(({ problem }) => problem);
  parts.list.classList.toggle("is-short", !isField);
  parts.list.hidden = !files.length;
  files.forEach((entry, place) => {
    const item = parts.items.get(entry) ?? buildAdded(parts, entry);
    parts.items.set(entry, item);
    showAdded(parts, item, entry);
    if (parts.list.children[place] !== item) parts.list.insertBefore(item, parts.list.children[place] ?? null);
  });
  while (parts.list.children.length > files.length) parts.list.lastChild.remove();
  for (const entry of parts.items.keys()) if (!files.includes(entry)) parts.items.delete(entry);
};
