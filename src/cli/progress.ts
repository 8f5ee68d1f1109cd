// Progress of what the tool itself does, on a terminal: one line on stderr that is written over, and wiped at the end. Nothing where stderr is
// no terminal.

import fs from "node:fs";

export interface Progress {
  show(text: string): void;
  clear(): void;
}

export function createProgress(): Progress {
  if (process.stderr.isTTY !== true) return { show: () => {}, clear: () => {} };
  return {
    show: (text) => void fs.writeSync(2, `\r\x1b[K${text}`),
    clear: () => void fs.writeSync(2, "\r\x1b[K"),
  };
}
