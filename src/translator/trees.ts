// The syntax trees of all semantic functions, as tree-text.ts writes them. None in the sources: there they are parsed when they are
// needed. The build puts the real text here (rolldown.config.ts), within a function, so that V8 makes no string of it before it is asked.

export function trees(): string {
  return "";
}
