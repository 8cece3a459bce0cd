// What codemirror.js is made of: the parts of CodeMirror 6 that the SQL lab's editor uses, and DuckDB's dialect. README.md
// says how.
import { SQLDialect } from "@codemirror/lang-sql";
import words from "./duckdb.json";

export { acceptCompletion, closeCompletion } from "@codemirror/autocomplete";
export { sql } from "@codemirror/lang-sql";
export { ensureSyntaxTree, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
export { Compartment, Prec, StateEffect, StateField } from "@codemirror/state";
export { Decoration, EditorView, keymap } from "@codemirror/view";
export { tags } from "@lezer/highlight";
export { basicSetup } from "codemirror";

export const DuckDB = SQLDialect.define({
  keywords: words.keywords.join(" "),
  types: words.types.join(" "),
  builtin: words.functions.join(" "),
  caseInsensitiveIdentifiers: true,
  charSetCasts: true,
  doubleDollarQuotedStrings: true,
  operatorChars: "+-*/<>=~!@%^&|:",
  specialVar: "?$",
});
