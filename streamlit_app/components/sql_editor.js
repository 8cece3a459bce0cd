// The editor of the SQL lab: CodeMirror, or a plain text field where its file cannot be loaded. What is written is kept
// through redraws and reloads of the page.
const DRAFT = DRAFTS + "sql";
const KEYS = "Ctrl+Enter runs the selection, or the statement at the cursor. Escape, then Tab, leaves the editor.";
// Another component asks with this event of the window for a text to be put in at the cursor.
const INSERT = "lodge-sql-insert";

const kept = () => {
  try {
    return JSON.parse(sessionStorage.getItem(DRAFT)) ?? {};
  } catch {
    return {};
  }
};

const build = (root) => {
  const state = {
    root,
    draft: { text: "", filled: "", ...kept() },
    isSending: false,
    isNew: true,
    isPreviewed: !isPreviewOff(),
  };
  state.place = make("div", { class: "editor" });
  state.run = make("button", { type: "button", class: "primary", onclick: () => submit(state) }, "Run");
  state.explain = make("button", { type: "button", onclick: () => submit(state, true) }, "Explain");
  state.hint = make("span", { class: "quiet", role: "status" }, KEYS);
  state.ways = make("span", { class: "ways" });
  state.unsaved = make("strong", { class: "unsaved", hidden: true }, "Unsaved changes");
  const choice = make("input", { type: "checkbox", checked: state.isPreviewed, onchange: () => choosePreview(state, choice.checked) });
  const previews = make("label", { class: "quiet" }, choice, "Preview while typing");
  state.preview = make("section", { "aria-label": "Preview", hidden: true });
  root.append(
    state.place,
    make("div", { class: "foot" }, state.run, state.explain, state.ways, state.unsaved, state.hint, previews),
    state.preview,
  );
  return state;
};

const typed = (state, text) => {
  state.draft.text = text;
  sessionStorage.setItem(DRAFT, JSON.stringify(state.draft));
  drawUnsaved(state);
  previewSoon(state);
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
    insert: (text) => {
      area.setRangeText(apart(area.value.slice(0, area.selectionStart), text), area.selectionStart, area.selectionEnd, "end");
      area.focus();
      typed(state, area.value);
    },
    mark: () => {},
    complete: () => {},
  };
};

// A word that is put in behind another word is kept apart from it.
const apart = (before, text) => (/[\w"')\]]$/.test(before) ? ` ${text}` : text);

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
      // Tab takes what is offered; when nothing is, it leads on to what stands behind the editor.
      Prec.highest(
        keymap.of([
          { key: "Mod-Enter", run },
          { key: "Ctrl-Enter", run },
          { key: "Mod-s", run: keep },
          { key: "Tab", run: parts.acceptCompletion },
        ]),
      ),
      basicSetup,
      language.of([]),
      marked,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": state.data.label }),
      EditorView.updateListener.of((change) => {
        if (change.docChanged) typed(state, change.state.doc.toString());
        else if (change.selectionSet) previewSoon(state);
      }),
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
    insert: (text) => {
      const { from } = view.state.selection.main;
      view.dispatch(view.state.replaceSelection(apart(view.state.sliceDoc(Math.max(0, from - 1), from), text)));
      view.focus();
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
      const support = parts.sql({ dialect: parts.DuckDB, schema, keywordCompletion: wordOf });
      const columns = support.language.data.of({ autocomplete: columnsOf(parts, tables, columnOf) });
      view.dispatch({ effects: language.reconfigure([support, columns]) });
    },
  };
};

// DuckDB's own words come after the names of the schema.
const wordOf = (word, type) => ({ label: type === "variable" ? word : word.toUpperCase(), type, boost: -1 });

// Offers the columns of the tables that the statement reads. CodeMirror does that behind a table's name or alias only.
const columnsOf = (parts, tables, columnOf) => (context) => {
  const word = context.matchBefore(/(?<![\w.$"'])[A-Za-z_]\w*/);
  if (!word && !context.explicit) return null;
  const tree = parts.ensureSyntaxTree(context.state, context.pos, 50)?.resolveInner(context.pos, -1);
  if (!tree || /String|Comment|Quoted/.test(tree.name)) return null;
  let statement = tree;
  while (statement.parent && statement.name !== "Statement") statement = statement.parent;
  const text = context.state.sliceDoc(statement.from, statement.to);
  const read = new Set([...text.matchAll(/(?:\bfrom|\bjoin|,)\s+([a-z_]\w*)/gi)].map(([, name]) => name.toLowerCase()));
  const columns = tables.filter(({ name }) => read.has(name)).flatMap((table) => table.columns);
  const named = new Map(columns.map((column) => [column.name, columnOf(column)]));
  return named.size > 0 ? { from: word ? word.from : context.pos, options: [...named.values()], validFor: /^\w*$/ } : null;
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
  dropPreview(state);
  showPreview(state, null);
  state.asked = wanted.sql; // its rows are about to stand below
  state.editor.mark(null);
  state.marked = null;
  state.wish = { id: newKey(), ...wanted, explains };
  const { wish } = state;
  state.send(wish, () => sayLost(state, wish));
  draw(state);
};

const sayLost = (state, wish) => {
  if (!state.isSending || state.wish !== wish) return;
  state.isSending = false;
  draw(state, "The statement could not be sent. Please try again.");
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

// The preview: the first rows of what would run, while somebody types. It is asked for without Streamlit, and says nothing
// where there are none to show.
const PREVIEW_AFTER = 200;
const LONGEST_PREVIEWED = 20_000;
const LONGEST_CELL = 200;
const MOST_PREVIEWED_COLUMNS = 50; // more would hold up whoever types
const PREVIEW_OFF = "lodge-sql-preview-off";
const NOT_ALLOWED = [401, 403, 404];

const isPreviewOff = () => {
  try {
    return localStorage.getItem(PREVIEW_OFF) !== null;
  } catch {
    return false;
  }
};

const choosePreview = (state, isWanted) => {
  state.isPreviewed = isWanted;
  try {
    isWanted ? localStorage.removeItem(PREVIEW_OFF) : localStorage.setItem(PREVIEW_OFF, "yes");
  } catch {
    // A browser may keep nothing for this page. Then the choice holds until it is loaded again.
  }
  dropPreview(state);
  showPreview(state, null);
  if (isWanted) previewSoon(state);
};

const dropPreview = (state) => {
  clearTimeout(state.soon);
  state.asking?.abort();
  state.asking = state.asked = null;
};

const previewSoon = (state) => {
  if (!state.isPreviewed || !state.editor) return;
  clearTimeout(state.soon);
  state.soon = setTimeout(() => preview(state), PREVIEW_AFTER);
};

const preview = async (state) => {
  const { sql } = state.editor.part();
  if (sql === state.asked || state.isSending || state.data.is_running) return;
  dropPreview(state);
  state.asked = sql;
  const asking = (state.asking = new AbortController());
  const answer = sql.trim() && sql.length <= LONGEST_PREVIEWED ? await firstRows(state, sql, asking.signal) : null;
  if (state.asking !== asking) return;
  if (answer) showPreview(state, answer);
  else state.preview.classList.add("former");
};

const firstRows = async (state, sql, signal) => {
  try {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(addressOf(state.data.preview), { method: "POST", headers, signal, body: JSON.stringify({ sql }) });
    if (NOT_ALLOWED.includes(answer.status)) state.isPreviewed = false;
    return answer.status === 200 ? await answer.json() : null;
  } catch {
    return null;
  }
};

const showPreview = (state, answer) => {
  state.preview.hidden = !answer;
  state.preview.classList.remove("former");
  if (!answer) return state.preview.replaceChildren();
  const columns = answer.columns.slice(0, MOST_PREVIEWED_COLUMNS);
  const cells = columns.map(({ name, type }) => make("th", { scope: "col", title: shortened(type) }, shortened(name)));
  const rows = answer.rows.map((row) => make("tr", {}, ...row.slice(0, columns.length).map(cell)));
  const table = make("table", {}, make("thead", {}, make("tr", {}, ...cells)), make("tbody", {}, ...rows));
  state.preview.replaceChildren(
    make("p", { class: "quiet" }, told(answer, state.data.zone), make("span", { class: "unlike" }, " Of what was written before.")),
    make("div", { class: "frame", tabIndex: 0, role: "region", "aria-label": "Rows of the preview" }, table),
  );
};

const told = ({ columns, rows, truncated, as_of }, timeZone) => {
  const time = new Date(as_of).toLocaleTimeString("en-GB", { timeZone });
  const count = rows.length === 1 ? "1 row" : `${rows.length || "no"} rows`;
  const all = columns.length.toLocaleString("en");
  const part = columns.length > MOST_PREVIEWED_COLUMNS ? ` with ${MOST_PREVIEWED_COLUMNS} of ${all} columns` : "";
  return `Preview: ${truncated ? `the first ${count}` : count}${part}, as of ${time}.`;
};

const shortened = (text) => (text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text);

const cell = (value) => {
  if (value === null) return make("td", { class: "quiet" }, "NULL");
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return make("td", { class: typeof value === "number" ? "number" : "" }, shortened(text));
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
  const tell = teller(root, data, setTriggerValue);
  root.state.send = (wish, lost) => tell("run", wish, lost);
  root.state.tellSave = (kept) => tell("save", kept);
  show(root.state);
  root.insert ??= listenForInserts(root.state);
  return () => {
    dropPreview(root.state);
    removeEventListener(INSERT, root.insert);
    root.insert = null;
  };
}

const listenForInserts = (state) => {
  const insert = (event) => state.editor?.insert(event.detail);
  addEventListener(INSERT, insert);
  return insert;
};
