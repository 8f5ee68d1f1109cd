// --cache[=DIR]: where translations are kept, and what they depend on.

import { openTranslations, type Translations } from "../host/node/translations.ts";
import { PACKAGE_VERSION } from "../version.ts";
import { type CommandLine, UsageError } from "./options.ts";

function defaultDirectory(): string {
  const { env, platform } = process;
  if (env["XDG_CACHE_HOME"]?.startsWith("/")) return `${env["XDG_CACHE_HOME"]}/jit386/translations`;
  if (platform === "win32" && env["LOCALAPPDATA"]) return `${env["LOCALAPPDATA"]}/jit386/translations`;
  if (!env["HOME"]) throw new UsageError("--cache: there is no cache directory (HOME is not set): name one, --cache=DIR");
  return `${env["HOME"]}/${platform === "darwin" ? "Library/Caches" : ".cache"}/jit386/translations`;
}

export function openCacheOf({ values }: CommandLine, warn: (text: string) => void): Translations {
  // start.ts knows which build this is: between two versions the translator changes too
  const { build = "" } = (globalThis as { [key: symbol]: { readonly build?: string } | undefined })[Symbol.for("jit386.codeCache")] ?? {};
  const modes = [values.jit ?? "region", values.cpu ?? "", values.lockstep ?? "", values["one-insn-per-block"] ?? ""];
  return openTranslations({ directory: values.cache || defaultDirectory(), key: [PACKAGE_VERSION, build, ...modes].join(" "), warn });
}
