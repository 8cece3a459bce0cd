// The editor of the SQL lab: CodeMirror, or a plain text field where its file cannot be loaded. What is written is kept
// through redraws and reloads of the page.
const DRAFT = DRAFTS + "sql";
const AGAIN_AFTER = 3000;
const MOST_TRIES = 4;
const KEYS = "Ctrl+Enter runs the selection, or the statement at the cursor.";

const kept = () => {
  try {
    return JSON.parse(sessionStorage.getItem(DRAFT)) ?? {};
  } catch {
    return {};
  }
};

const build = (root) => {
  const state = { root, draft: { text: "", filled: "", ...kept() }, isSending: false, isNew: true };
  state.place = make("div", { class: "editor" });
  state.run = make("button", { type: "button", class: "primary", onclick: () => submit(state) }, "Run");
  state.explain = make("button", { type: "button", onclick: () => submit(state, true) }, "Explain");
  state.hint = make("span", { class: "quiet", role: "status" }, KEYS);
  state.ways = make("span", { class: "ways" });
  state.unsaved = make("strong", { class: "unsaved", hidden: true }, "Unsaved changes");
  root.append(
    state.place,
    make("div", { class: "foot" }, state.run, state.explain, state.ways, state.unsaved, state.hint),
  );
  return state;
};

const typed = (state, text) => {
  state.draft.text = text;
  sessionStorage.setItem(DRAFT, JSON.stringify(state.draft));
  drawUnsaved(state);
};

// What is saved belongs to the query that Python says is open, so its text comes from there.
const drawUnsaved = ({ data, draft, editor, unsaved }) => {
  const kept = data?.kept ?? null;
  unsaved.hidden = !editor || kept === null || kept.replaceAll("\r\n", "\n") === draft.text;
};

const drawWays = (state) => {
  const ways = state.data.ways ?? [];
  const drawn = JSON.stringify(ways);
  if (state.drawnWays === drawn) return;
  state.drawnWays = drawn;
  const button = ({ name, label }) => make("button", { type: "button", onclick: () => save(state, name) }, label);
  state.ways.replaceChildren(...ways.map(button));
};

const save = (state, way) => {
  if (!state.editor || !way) return;
  if (!state.draft.text.trim()) draw(state, "Write a query first.");
  else state.tellSave({ way, text: state.draft.text });
};

const saveFirst = (state) => save(state, state.data.ways?.[0]?.name);

// A part of the text, and the line in which it begins, counted from 1.
const piece = (text, from, to) => ({ sql: text.slice(from, to), first_line: text.slice(0, from).split("\n").length });

// The lines of comment right before a statement belong to it: they may declare defaults of its parameters.
const COMMENTS_BEFORE = /(?:^[ \t]*--.*\n\s*)+(?![^])/m;

const withComments = (text, from) => from - (text.slice(0, from).match(COMMENTS_BEFORE)?.[0].length ?? 0);

const plainEditor = (state) => {
  const area = make("textarea", { rows: 9, spellcheck: false, "aria-label": state.data.label, value: state.draft.text });
  area.addEventListener("input", () => typed(state, area.value));
  area.addEventListener("keydown", (event) => {
    if (!["Enter", "s"].includes(event.key) || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    (event.key === "s" ? saveFirst : submit)(state);
  });
  state.place.append(area);
  return {
    fill: (text) => {
      area.value = text;
      typed(state, text);
    },
    part: () => {
      const [from, to] = [area.selectionStart, area.selectionEnd];
      return from === to ? piece(area.value, 0, area.value.length) : piece(area.value, from, to);
    },
    mark: () => {},
    complete: () => {},
  };
};

const codeMirror = (state, parts) => {
  const { basicSetup, Compartment, Decoration, EditorView, keymap, Prec, StateEffect, StateField } = parts;
  const marking = StateEffect.define();
  const marked = StateField.define({
    create: () => Decoration.none,
    update: (lines, change) => {
      const effect = change.effects.find((one) => one.is(marking));
      if (effect) return effect.value === null ? Decoration.none : Decoration.set(Decoration.line({ class: "wrong" }).range(effect.value));
      return change.docChanged ? Decoration.none : lines;
    },
    provide: (field) => EditorView.decorations.from(field),
  });
  const run = (view) => {
    parts.closeCompletion(view);
    submit(state);
    return true;
  };
  const keep = () => {
    saveFirst(state);
    return true;
  };
  const language = new Compartment();
  const view = new EditorView({
    doc: state.draft.text,
    parent: state.place,
    extensions: [
      Prec.highest(keymap.of([{ key: "Mod-Enter", run }, { key: "Ctrl-Enter", run }, { key: "Mod-s", run: keep }])),
      basicSetup,
      language.of([]),
      marked,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": state.data.label }),
      EditorView.updateListener.of((change) => change.docChanged && typed(state, change.state.doc.toString())),
      ...looks(parts),
    ],
  });
  return {
    fill: (text) => {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: text.length } });
      view.focus();
    },
    part: () => {
      const text = view.state.doc.toString();
      const { from, to, head, empty } = view.state.selection.main;
      if (!empty) return piece(text, from, to);
      const statements = parts.ensureSyntaxTree(view.state, text.length, 1000)?.topNode.getChildren("Statement") ?? [];
      const found = statements.find((one) => one.to >= head) ?? statements.at(-1);
      return found ? piece(text, withComments(text, found.from), found.to) : piece(text, 0, text.length);
    },
    mark: (number) => {
      const isThere = number !== null && number >= 1 && number <= view.state.doc.lines;
      view.dispatch({ effects: marking.of(isThere ? view.state.doc.line(number).from : null) });
    },
    complete: (tables) => {
      const columnOf = ({ name, type, comment }) => ({ label: name, type: "property", detail: type, info: comment });
      const schema = Object.fromEntries(
        tables.map(({ name, comment, columns }) => [
          name, { self: { label: name, type: "type", info: comment }, children: columns.map(columnOf) },
        ]),
      );
      view.dispatch({ effects: language.reconfigure(parts.sql({ dialect: parts.PostgreSQL, schema, upperCaseKeywords: true })) });
    },
  };
};

// In the colours of the page's theme, light or dark.
const looks = ({ EditorView, HighlightStyle, syntaxHighlighting, tags }) => {
  const colour = (name) => `var(--st-${name}-text-color)`;
  const font = "var(--st-code-font, monospace)";
  return [
    syntaxHighlighting(HighlightStyle.define([
      { tag: tags.keyword, color: colour("blue"), fontWeight: "600" },
      { tag: [tags.string, tags.special(tags.string)], color: colour("green") },
      { tag: [tags.number, tags.bool, tags.null], color: colour("violet") },
      { tag: [tags.typeName, tags.standard(tags.name)], color: colour("orange") },
      { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
    ])),
    EditorView.theme({
      "&": {
        fontSize: "0.9rem", color: "var(--st-text-color)", backgroundColor: "var(--st-secondary-background-color)",
        border: "1px solid var(--edge)", borderRadius: "var(--round)", overflow: "hidden",
      },
      "&.cm-focused": { outline: "3px solid var(--st-primary-color)" },
      ".cm-scroller": { fontFamily: font, lineHeight: "1.5", minHeight: "9rem", maxHeight: "24rem", overflow: "auto" },
      ".cm-content": { caretColor: "var(--st-text-color)" },
      ".cm-cursor": { borderLeftColor: "var(--st-text-color)" },
      ".cm-gutters": { color: "var(--quiet)", backgroundColor: "transparent", border: "0" },
      ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--st-text-color) 5%, transparent)" },
      ".cm-line.wrong": { backgroundColor: "var(--st-red-background-color)" },
      "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
        backgroundColor: "color-mix(in srgb, var(--st-primary-color) 30%, transparent)",
      },
      ".cm-tooltip, .cm-panels": {
        color: "var(--st-text-color)", backgroundColor: "var(--st-background-color)", border: "1px solid var(--edge)",
      },
      ".cm-tooltip-autocomplete ul li[aria-selected]": {
        color: "var(--st-background-color)", backgroundColor: "var(--st-primary-color)",
      },
      ".cm-tooltip-autocomplete > ul": { fontFamily: font, maxWidth: "min(24rem, 80vw)" },
      ".cm-completionInfo": { maxWidth: "16rem" },
    }),
  ];
};

const submit = (state, explains = false) => {
  if (!state.editor || state.isSending || state.data.is_running) return;
  const wanted = state.editor.part();
  if (!wanted.sql.trim()) {
    state.hint.textContent = "Write a query first.";
    return;
  }
  state.isSending = true;
  state.editor.mark(null);
  state.marked = null;
  state.wish = { id: newKey(), ...wanted, explains };
  transmit(state, MOST_TRIES);
  draw(state);
};

// Sends the statement again if there is no response: Streamlit can lose a message. The id makes duplicates harmless.
const transmit = (state, tries) => {
  const { wish } = state;
  state.send(wish);
  setTimeout(() => {
    if (!state.isSending || state.wish !== wish) return;
    if (tries > 1) return transmit(state, tries - 1);
    state.isSending = false;
    draw(state, "The statement could not be sent. Please try again.");
  }, AGAIN_AFTER);
};

const draw = (state, hint = KEYS) => {
  state.run.disabled = state.explain.disabled = state.isSending || state.data.is_running || !state.editor;
  state.hint.textContent = hint;
};

const show = (state) => {
  const { data, editor } = state;
  if (state.isSending && data.heard === state.wish.id) state.isSending = false;
  draw(state);
  drawWays(state);
  drawUnsaved(state);
  if (!editor) return;
  const tables = JSON.stringify(data.tables);
  if (state.tables !== tables) editor.complete(data.tables);
  state.tables = tables;
  if (data.fill && data.fill.key !== state.draft.filled) {
    state.draft.filled = data.fill.key;
    // Somebody who loads the page of a saved query again goes on with what they made of it.
    if (!state.isNew || !data.query || data.query !== state.draft.query) editor.fill(data.fill.text);
    typed(state, state.draft.text);
  }
  state.isNew = false;
  if (state.draft.query !== data.query) {
    state.draft.query = data.query;
    typed(state, state.draft.text);
  }
  // The error of another tab's statement, or of one from before the page was loaded, belongs to another text.
  if (data.error && data.error.id === state.wish?.id && data.error.id !== state.marked) {
    state.marked = data.error.id;
    editor.mark(data.error.line);
  }
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, (place) => {
    place.state = build(place);
    import(addressOf(data.codemirror).href).then(
      (parts) => codeMirror(place.state, parts), () => plainEditor(place.state),
    ).then((editor) => {
      place.state.editor = editor;
      show(place.state);
    });
  });
  root.state.data = data;
  root.state.send = (wish) => setTriggerValue("run", wish);
  root.state.tellSave = (kept) => setTriggerValue("save", kept);
  show(root.state);
}
