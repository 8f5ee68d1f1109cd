// What a call of this personality looks like in a trace: arguments before it runs, the rest and the result afterwards, signals. Form: strace(1).

import { errnoName } from "../../../errno.ts";
import { ERRNO_TEXT } from "../../../errno-text.ts";
import type { PendingSignal } from "../../../signal.ts";
import type { Thread } from "../../../thread.ts";
import type { Describer, OpenCall } from "../../../trace.ts";
import type { SystemCall } from "../../syscall.ts";
import { encodeSiginfo } from "../siginfo.ts";
import { CALLS } from "./calls.ts";
import { fdText } from "./descriptors.ts";
import { hex, MAX_STRINGS, ofDeclaration } from "./forms.ts";
import type { CallForm } from "./forms.ts";
import { socketCall, SOCKET_CALLS } from "./sockets.ts";
import { siginfo } from "./structures.ts";
import { hexText, PATH_MAX, pointerText, quote } from "./values.ts";
import type { Shown } from "./values.ts";

const ARGUMENT_REGISTERS = [3, 1, 2, 6, 7, 5];
const RESTARTS: Readonly<Record<number, string>> = {
  512: "ERESTARTSYS (To be restarted if SA_RESTART is set)", 513: "ERESTARTNOINTR (To be restarted)", 514: "ERESTARTNOHAND (To be restarted if no handler)",
  516: "ERESTART_RESTARTBLOCK (Interrupted by signal)",
};
/** Calls that the vDSO answers without the kernel on real systems. */
const VDSO_CALLS = new Set(["clock_gettime", "clock_gettime64", "gettimeofday", "time", "clock_getres", "getcpu"]);
/** socketcall's numbers start at 1. */
const SOCKETCALL = 102;

/** A call that has begun, with what is needed to finish its line. */
interface Described extends OpenCall {
  readonly form: CallForm;
  readonly shown: Shown;
  /** Arguments written so far, and how many there are to write. */
  readonly written: number;
  readonly count: number;
}

const makesDescriptor = ({ call }: Shown, name: string): boolean => call.result === "fd" || (call.number === SOCKETCALL && /^(socket|accept4?)$/.test(name));

function registers(thread: Thread): number[] {
  return ARGUMENT_REGISTERS.map((register) => thread.cpu.regs[register] >>> 0);
}

/** A describer that shows `limit` bytes of strings and, if wanted, what descriptors are. */
export function createDescriber(limit: number, descriptors = false): Describer {
  const forms = new Map<SystemCall, CallForm>();

  function formOf(call: SystemCall): CallForm {
    let form = forms.get(call);
    if (form === undefined) {
      form = CALLS[call.name] ?? SOCKET_CALLS[call.name] ?? (call.level === "absent" && call.args.length === 0 ? { forms: Array.from({ length: 6 }, () => hex) } : ofDeclaration(call));
      forms.set(call, form);
    }
    return form;
  }

  function enter(thread: Thread, call: SystemCall, args: readonly number[]): Described {
    let { name } = call;
    let form = formOf(call);
    const declared = args.length > 0 || form.forms.length === 0;
    const shown: Shown = { thread, memory: thread.memory, call, args: declared ? args : registers(thread), result: undefined, note: "", limit, descriptors, kept: [] };
    if (call.number === SOCKETCALL) {
      const inner = socketCall(shown);
      if (inner !== undefined) ({ name, form } = inner);
      if (inner !== undefined) return begin(name, form, { ...shown, args: inner.args });
    }
    return begin(name, form, shown);
  }

  function begin(name: string, form: CallForm, shown: Shown): Described {
    const count = form.count?.(shown) ?? form.forms.length;
    let text = "", at = 0;
    for (; at < count && !form.forms[at].late; at++) text = at === 0 ? form.forms[at].show(shown, at) : `${text}, ${form.forms[at].show(shown, at)}`;
    for (let k = at; k < count; k++) shown.kept[k] = form.forms[k].before?.(shown, k);
    if (at > 0 && at < count && form.forms[at].glued !== true) text += ", ";
    return { name, text, form, shown, written: at, count };
  }

  function leave(open: OpenCall, result: number): { rest: string; result: string } {
    const { form, shown, written, count } = open as Described;
    shown.result = result;
    let rest = "";
    for (let at = written; at < count; at++) {
      const part = form.forms[at].show(shown, at);
      rest = at === written || form.forms[at].glued === true ? rest + part : `${rest}, ${part}`;
    }
    return { rest, result: resultText(shown, form, open.name, result) };
  }

  function resultText(shown: Shown, form: CallForm, name: string, result: number): string {
    if (result < 0 && result > -4096) {
      const restart = RESTARTS[-result];
      if (restart !== undefined) return `? ${restart}`;
      return `-1 ${errnoName(-result)} (${ERRNO_TEXT[-result] ?? "Unknown error"})`;
    }
    const value = form.result?.(shown) ?? (makesDescriptor(shown, name) ? fdText(shown, result)
      : shown.call.result === "address" ? pointerText(result) : shown.call.result === "mask" ? hexText(result) : String(result));
    return shown.note === "" ? value === "NULL" ? "0" : value : `${value} (${shown.note})`;
  }

  return {
    enter, leave,
    unknown(thread, number) {
      return `syscall_0x${number.toString(16)}(${registers(thread).map(hexText).join(", ")})`;
    },
    program(thread, path, args, env) {
      const bytes = (text: string, most: number) => quote(Uint8Array.from(text.slice(0, most), (c) => c.charCodeAt(0)), text.length > most);
      const list = args.slice(0, MAX_STRINGS).map((arg) => bytes(arg, limit));
      return `${bytes(path, PATH_MAX)}, [${list.join(", ")}${args.length > MAX_STRINGS ? ", ..." : ""}], ${pointerText(thread.cpu.regs[4])} /* ${env.length} var${env.length === 1 ? "" : "s"} */`;
    },
    hidden(thread, call) {
      if (!VDSO_CALLS.has(call.name)) return false;
      // __kernel_vsyscall serves all calls; it stands at the beginning, its interrupt two bytes in
      const vsyscall = thread.process.mm.symbols.get("__kernel_vsyscall") ?? 0;
      const eip = thread.cpu.eip >>> 0;
      return eip >>> 12 === vsyscall >>> 12 && eip !== vsyscall + 2;
    },
    signal(pending: PendingSignal): string {
      const bytes = encodeSiginfo(pending);
      return siginfo(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    },
  };
}
