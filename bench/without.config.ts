// rolldown -c bench/without.config.ts: the command line built with nothing in it that looks into a run, for overhead.ts to compare with. It goes to
// .cache/without/. Each place where the hot parts ask whether someone looks is taken out of the source; the build fails when one is not found.
import { defineConfig, type Plugin } from "rolldown";
import configurations from "../rolldown.config.ts";
import { EDITS } from "./without.ts";

function withoutInspection(): Plugin {
  return {
    name: "without-inspection",
    transform(code, id) {
      const edits = Object.entries(EDITS).find(([path]) => id.endsWith(`/src/${path}`))?.[1];
      if (edits === undefined) return null;
      let text = code;
      for (const [from, to] of edits) {
        if (text.split(from).length !== 2) throw new Error(`${id}: must have this once: ${from}`);
        text = text.replace(from, () => to);
      }
      return { code: text };
    },
  };
}

export default defineConfig(configurations.slice(0, 2).map((it) => {
  if (it.output === undefined || Array.isArray(it.output)) throw new Error("a configuration without its one output");
  return { ...it, plugins: [withoutInspection(), it.plugins], output: { ...it.output, dir: ".cache/without/cli" } };
}));
