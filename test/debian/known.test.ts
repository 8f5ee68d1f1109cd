// Programs of a Debian i386 userland, dynamically linked, from JIT386_DEBIAN_ROOT (scripts/debian-root.sh makes one), that print
// something known beforehand: for machines that cannot run them natively to compare, and for what a bare chroot lacks (/dev, /proc).
// No test writes into the root. Skipped where there is no such directory.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const debian = process.env["JIT386_DEBIAN_ROOT"] ?? "";
const cli = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

type Case = { name: string; command: string[]; stdin?: string; stdout: string; status?: number };

const lines = Array.from({ length: 200 }, (_, i) => `${(i * 7919) % 1000} word${i % 17} ${"x".repeat(i % 23)}`).join("\n") + "\n";
const sortedNumbers = Array.from({ length: 200 }, (_, i) => (i * 7919) % 1000).toSorted((a, b) => a - b);

const CASES: Case[] = [
  { name: "busybox echo", command: ["/bin/busybox", "echo", "hello"], stdout: "hello\n" },
  { name: "busybox sha256sum", command: ["/bin/busybox", "sha256sum"], stdin: "abc", stdout: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  -\n" },
  { name: "true", command: ["/bin/true"], stdout: "" },
  { name: "false", command: ["/bin/false"], stdout: "", status: 1 },
  { name: "cat", command: ["/bin/cat"], stdin: lines, stdout: lines },
  { name: "sort", command: ["/usr/bin/sort", "-n"], stdin: lines.replaceAll(/ .*/g, ""), stdout: `${sortedNumbers.join("\n")}\n` },
  { name: "factor", command: ["/usr/bin/factor", "1000000007", "4294967297"], stdout: "1000000007: 1000000007\n4294967297: 641 6700417\n" },
  { name: "date", command: ["/bin/date", "-u", "-d", "@86400", "+%F %T"], stdout: "1970-01-02 00:00:00\n" },
  { name: "grep", command: ["/bin/grep", "-c", "-E", "word(3|5) x{2,}$"], stdin: lines, stdout: `${lines.split("\n").filter((it) => /word(3|5) x{2,}$/.test(it)).length}\n` },
  { name: "sed", command: ["/bin/sed", "-n", "s/\\([a-z]*\\)=\\([0-9]*\\)/\\2:\\1/p"], stdin: "a=1\nno\nbc=23\n", stdout: "1:a\n23:bc\n" },
  { name: "mawk", command: ["/usr/bin/mawk", "{ n += $1 } END { printf \"%d %.4f\\n\", n, sqrt(n) }"], stdin: "3\n4\n9\n", stdout: "16 4.0000\n" },
  {
    name: "gawk",
    command: ["/usr/bin/gawk", 'BEGIN { for (i = 1; i <= 5; i++) { s = s i ","; x[i] = i * i } print s, length(x), substr("abcdef", 2, 3) }'],
    stdout: "1,2,3,4,5, 5 bcd\n",
  },
  { name: "bc", command: ["/usr/bin/bc", "-l"], stdin: "scale=30; 4*a(1)\n2^100\n", stdout: "3.141592653589793238462643383276\n1267650600228229401496703205376\n" },
  {
    name: "bash arithmetic",
    command: ["/bin/bash", "-c", "s=0; for ((i=1;i<=100;i++)); do ((s+=i)); done; echo $s; [[ abc =~ ^a(.)c$ ]] && echo ${BASH_REMATCH[1]}"],
    stdout: "5050\nb\n",
  },
  { name: "bash pipeline", command: ["/bin/bash", "-c", "printf '%s\\n' c a b | sort | tr a-z A-Z | paste -sd,"], stdout: "A,B,C\n" },
  { name: "bash substitution and status", command: ["/bin/bash", "-c", "x=$(echo one; exit 3); echo $? $x; (exit 4); echo $?; exit 5"], stdout: "3 one\n4\n", status: 5 },
  { name: "bash trap", command: ["/bin/bash", "-c", "trap 'echo caught' USR1; kill -USR1 $$; echo after"], stdout: "caught\nafter\n" },
  { name: "bash here document and background job", command: ["/bin/bash", "-c", "cat <<END & wait\nhere $((6*7))\nEND"], stdout: "here 42\n" },
  { name: "bash process substitution", command: ["/bin/bash", "-c", "cat <(echo one) <(echo two); sort -n | tee >(tail -n 1 >&2) | head -n 1"], stdin: "7\n12\n3\n", stdout: "one\ntwo\n3\n" },
  { name: "dash", command: ["/bin/dash", "-c", "i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done | cat"], stdout: "1\n2\n3\n" },
  ...["gzip", "bzip2", "xz", "zstd"].map((it): Case => ({ name: `${it} there and back`, command: ["/bin/bash", "-c", `${it} -c | ${it} -dc`], stdin: lines, stdout: lines })),
  {
    name: "perl",
    command: [
      "/usr/bin/perl",
      "-e",
      "my %h; $h{$_ % 7}++ for 1..100; print join(',', map { \"$_=$h{$_}\" } sort keys %h), \"\\n\"; " +
        "printf \"%.10f %s\\n\", exp(1), 2**0.5",
    ],
    stdout: "0=14,1=15,2=15,3=14,4=14,5=14,6=14\n2.7182818285 1.4142135623731\n",
  },
  {
    name: "python3",
    command: ["/usr/bin/python3", "-c", "print(2**100, sum(x*x for x in range(1000)), repr(0.1+0.2), sorted({'b':1,'a':2}))"],
    stdout: "1267650600228229401496703205376 332833500 0.30000000000000004 ['a', 'b']\n",
  },
  {
    name: "python3 modules",
    command: [
      "/usr/bin/python3",
      "-c",
      "import json, math, re, hashlib, zlib\nprint(json.dumps({'pi': math.pi}), re.sub('b+', '-', " +
        "'abbbc'), hashlib.sha256(b'abc').hexdigest()[:8], zlib.crc32(b'123456789'))",
    ],
    stdout: "{\"pi\": 3.141592653589793} a-c ba7816bf 3421780262\n",
  },
  {
    name: "lua",
    command: ["/usr/bin/lua5.4", "-e", "local t = {} for i = 1, 10 do t[i] = i * i end print(table.concat(t, ' '), 7 // 2, 2^53, ('x'):rep(3))"],
    stdout: "1 4 9 16 25 36 49 64 81 100\t3\t9.007199254741e+15\txxx\n",
  },
  {
    name: "sqlite3",
    command: [
      "/usr/bin/sqlite3",
      ":memory:",
      "create table t(a integer, b text); insert into t values (1,'x'),(2,'y'),(3,'x'); select b, " +
        "sum(a), avg(a) from t group by b order by b;",
    ],
    stdout: "x|4|2.0\ny|2|2.0\n",
  },
  { name: "openssl", command: ["/usr/bin/openssl", "dgst", "-sha256", "-r"], stdin: "abc", stdout: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad *stdin\n" },
  { name: "file", command: ["/usr/bin/file", "-b", "/bin/true"], stdout: "" },
];

describe.skipIf(debian === "" || !existsSync(debian))("Debian", () => {
  test.each(CASES.filter((it) => existsSync(join(debian, it.command[0]))))("$name", { timeout: 60_000 }, ({ name, command, stdin, stdout, status }) => {
    const result = spawnSync(process.execPath, [cli, "--root", debian, ...command], {
      input: stdin ?? "",
      encoding: "utf8",
      timeout: 59_000,
      env: { LANG: "C", PATH: "/usr/bin:/bin", PYTHONDONTWRITEBYTECODE: "1" },
    });
    if (name === "file") expect(result.stdout).toMatch(/^ELF 32-bit LSB (pie )?executable, Intel 80386/);
    else expect(result.stdout, result.stderr).toBe(stdout);
    expect(result.status, result.stderr).toBe(status ?? 0);
  });
});
