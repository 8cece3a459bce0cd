// What codemirror.js is made of: the parts of CodeMirror 6 that the SQL lab's editor uses. README.md says how.
export { closeCompletion } from "@codemirror/autocomplete";
export { PostgreSQL, sql } from "@codemirror/lang-sql";
export { ensureSyntaxTree, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
export { Compartment, Prec, StateEffect, StateField } from "@codemirror/state";
export { Decoration, EditorView, keymap } from "@codemirror/view";
export { tags } from "@lezer/highlight";
export { basicSetup } from "codemirror";
