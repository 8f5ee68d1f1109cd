// --cache[=DIR]: where translations are kept, and what they depend on.

import { cacheDirectory } from "../host/node/own-files.ts";
import { openTranslations, type Translations } from "../host/node/translations.ts";
import type { MachineCode } from "../runtime/webassembly.ts";
import { PACKAGE_VERSION } from "../version.ts";
import { type CommandLine, UsageError } from "./options.ts";

function defaultDirectory(): string {
  const directory = cacheDirectory();
  if (!directory) throw new UsageError("--cache: there is no cache directory (HOME is not set): name one, --cache=DIR");
  return `${directory}/translations`;
}

/** `observed`: whether translations are JavaScript for somebody who looks into the run. */
export function openCacheOf({ values }: CommandLine, observed: boolean, warn: (text: string) => void): Translations {
  // start.ts knows which build this is: between two versions the translator changes too
  const { build = "", machineCode } = (globalThis as { [key: symbol]: { readonly build?: string; readonly machineCode?: MachineCode } | undefined })[Symbol.for("jit386.codeCache")] ?? {};
  const modes = [values.jit ?? "region", values.cpu ?? "", values.code ?? "", observed ? "observed" : "", values.lockstep ?? "", values["one-insn-per-block"] ?? ""];
  return openTranslations({ directory: values.cache || defaultDirectory(), key: [PACKAGE_VERSION, build, ...modes].join(" "), warn, machineCode });
}
