// Names of Linux files on a host whose rules for names are Windows': a byte that the host cannot have in a name, and the first letter
// of a name that it keeps for a device, stand as %XX. Names are byte strings. What escapes cannot mend, that two names differ in case
// only or that one grows too long, is the affair of metadata.ts. "Naming Files, Paths, and Namespaces" in the Win32 documentation.

/** Begins the names of the files that hold metadata; what programs call so is escaped. */
export const STORE_NAME = ".jit386-metadata";

const DEVICE = /^(con|prn|aux|nul|(?:com|lpt)(?:\d|\xc2[\xb2\xb3\xb9])|conin\$|conout\$)(?=[ .]|$)/i;
const UNSAFE = /[^ -\xff]|[<>:"|?*\\]|[. ]$|%(?=[0-9A-F]{2})/g;
const HIGH = /[\x80-\xff]/;
const ESCAPE = /%([0-9A-F]{2})/g;

const escape = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;

function isUtf8(name: string): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytesOf(name));
    return true;
  } catch {
    return false;
  }
}

function bytesOf(name: string): Uint8Array {
  return Uint8Array.from(name, (character) => character.charCodeAt(0));
}

function escapeStoreName(name: string): string {
  return name.toLowerCase().startsWith(STORE_NAME) ? escape(name[0]) + name.slice(1) : name;
}

function encode(name: string, windows: boolean): string {
  if (!windows) return escapeStoreName(name.replace(/%(?=[0-9A-F]{2})/g, escape));
  let made = name.replace(UNSAFE, escape);
  if (HIGH.test(made) && !isUtf8(name)) made = made.replace(/[\x80-\xff]/g, escape);
  if (DEVICE.test(made)) made = escape(made[0]) + made.slice(1);
  return escapeStoreName(made);
}

const decode = (name: string): string => name.replace(ESCAPE, (_all, digits: string) => String.fromCharCode(parseInt(digits, 16)));

/** What the guest calls a file of the host. A name that looks escaped and is not of our making is shown as it stands. */
export function guestName(name: string, windows: boolean): string {
  if (!name.includes("%")) return name;
  const decoded = decode(name);
  return decoded !== name && !/[/\0]/.test(decoded) && encode(decoded, windows) === name ? decoded : name;
}

/** What a file of the guest is called on the host. */
export function hostName(name: string, windows: boolean): string {
  const encoded = encode(name, windows);
  if (encoded === name) return name;
  // a host's own name with something like an escape in it: the guest sees it unchanged, so it has to lead back
  const literal = name.includes("%") && guestName(name, windows) === name && encode(name.replace(ESCAPE, "x"), windows) === name.replace(ESCAPE, "x");
  return literal ? name : encoded;
}

/** Equal for names that a host takes for the same when it does not tell upper from lower case. */
export function foldCase(name: string): string {
  return HIGH.test(name) && isUtf8(name) ? new TextDecoder().decode(bytesOf(name)).toLowerCase() : name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
