// Traces brought into a form that two runs share: one list of calls for each process, in order, without what differs from run to run.

/** Addresses, process numbers, times, random bytes, and what a file system answers beyond what it is asked. */
function normalised(line: string): string {
  return line
    .replaceAll(/0x[0-9a-f]{5,}/g, "ADDRESS")
    .replace(/ += /, " = ")
    .replaceAll(/stx_mask=[A-Z_|]+/g, "stx_mask=MASK")
    .replaceAll(/stx_attributes=[A-Z_|0]+/g, "stx_attributes=ATTRIBUTES")
    .replaceAll(/tv_(u?n?sec)=\d+/g, "tv_$1=TIME")
    .replaceAll(/ru_[us]time=\{[^}]*\}/g, "TIME")
    .replaceAll(/(tms_\w+|si_[us]time)=\d+(?: \/\*[^*]*\*\/)?/g, "$1=TIME")
    .replaceAll(/ \/\* \d{4}-[^*]*\*\//g, "")
    .replace(/^(getrandom\()"[^"]*"/, "$1BYTES")
    .replace(/^(read\(\d+, "nodev\\tsysfs).*/, "$1") // which file systems the kernel has
    .replace(/^(rseq\(.*\) = ).*/, "$1RESULT")
    .replace(/^(times\(.*\) = ).*/, "$1TIME")
    .replaceAll(/si_pid=\d+/g, "si_pid=PID")
    .replace(/^((?:v?fork|clone3?|getp?pid|gettid|getpgrp|getpgid|getsid|setsid|set_tid_address|wait4|waitpid)\(.*\) = )[1-9]\d*/, "$1PID")
    .replace(/^(wait4|kill|tkill|waitpid|setpgid|getpgid)\(\d{3,}/, "$1(PID")
    .replace(/parent_tid=\[\d+\]/, "parent_tid=[PID]")
    .replace(/nodename="[^"]*"/, "nodename=NAME")
    .replace(/^(ugetrlimit\(RLIMIT_(?:NPROC|NOFILE|SIGPENDING|MEMLOCK), ).*(\) = )/, "$1LIMIT$2")
    .replace(/^(prlimit64\(0, RLIMIT_(?:NPROC|NOFILE|SIGPENDING|MEMLOCK), NULL, ).*(\) = )/, "$1LIMIT$2")
    .replace(/^(sigreturn\(.*\) = )[1-9]\d*$/, "$1PID") // the result of the call that the signal came after: wait4, mostly
    .replace(/^(sysinfo\().*(\) = )/, "$1FACTS$2")
    .replace(/(f_blocks|f_bfree|f_bavail|f_files|f_ffree)=\d+/g, "$1=N");
}

/** The calls of each process from its first one in `program` on, sorted, since processes that run side by side have no order. */
export function sequences(trace: string, program: string): string[] {
  const byProcess = new Map<string, string[]>();
  const unfinished = new Map<string, string>();
  const last = new Map<string, string>();
  let begun = false;
  for (const line of trace.split("\n")) {
    const match = /^(\d+) +(.*)$/.exec(line);
    if (!match) continue;
    const [, pid, text] = match;
    begun ||= text.startsWith(`execve("${program}"`) && text.endsWith(" = 0");
    if (!begun) continue;
    const open = / ?<unfinished \.\.\.>$/.exec(text);
    if (open) {
      unfinished.set(pid, text.slice(0, open.index));
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>/.exec(text);
    const whole = resumed ? (unfinished.get(pid) ?? "") + text.slice(resumed[0].length) : text;
    const list = byProcess.get(pid) ?? [];
    // whether two children's deaths come as one signal or two depends on who runs when
    if (whole.startsWith("--- SIGCHLD") || (whole.includes("sigreturn(") && last.get(pid)?.startsWith("--- SIGCHLD") === true)) {
      last.set(pid, whole);
      continue;
    }
    last.set(pid, whole);
    list.push(normalised(whole));
    byProcess.set(pid, list);
  }
  return [...byProcess.values()].map((list) => `${list.join("\n")}\n`).toSorted();
}
