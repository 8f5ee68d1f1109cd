// Larger programs at work, several processes each: a compiler run by make, git. What they print is known beforehand. Skipped by package.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeDebian, have, makeScratch } from "./scratch.ts";
import type { Scratch } from "./scratch.ts";

const MINUTES = 60_000;

describeDebian("programs", () => {
  let scratch: Scratch;
  beforeAll(() => {
    scratch = makeScratch();
  });
  afterAll(() => scratch?.remove());

  /** Writes a file of the guest's /tmp. */
  const file = (name: string, ...lines: string[]) => {
    const path = join(scratch.root, "tmp", name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, `${lines.join("\n")}\n`);
  };
  /** Runs a script that must succeed: its output. */
  const output = (script: string) => {
    const { status, stdout, stderr } = scratch.bash(script, 8 * MINUTES);
    expect(status, stderr).toBe(0);
    return stdout;
  };

  test.skipIf(!have("make", "gcc"))("make -j4 builds a C project with gcc; 64 threads on one mutex", { timeout: 9 * MINUTES }, () => {
    for (const n of [1, 2, 3, 4]) file(`project/part${n}.c`, `#include "parts.h"`, `int part${n}(int x) { int s = 0; for (int i = 0; i < x; i++) s += i * ${n}; return s; }`);
    file("project/parts.h", "int part1(int), part2(int), part3(int), part4(int);");
    file("project/main.c", "#include <stdio.h>", '#include "parts.h"', 'int main(void) { printf("%d\\n", part1(10) + part2(10) + part3(10) + part4(10)); return 0; }');
    file("project/mutex.c",
      "#include <pthread.h>", "#include <stdio.h>", "static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;", "static long count;",
      "static void *work(void *p) { for (int i = 0; i < 2000; i++) { pthread_mutex_lock(&lock); count++; pthread_mutex_unlock(&lock); } return p; }",
      "int main(void) {", "  pthread_t all[64];", "  long sum = 0;", "  void *result;", "  for (long i = 0; i < 64; i++) pthread_create(&all[i], 0, work, (void *)i);",
      "  for (int i = 0; i < 64; i++) { pthread_join(all[i], &result); sum += (long)result; }", '  printf("%ld %ld\\n", count, sum);', "  return 0;", "}");
    file("project/Makefile", "all: main mutex", "main: main.o part1.o part2.o part3.o part4.o", "\tgcc -o $@ $^", "mutex: mutex.o",
      "\tgcc -o $@ $^ -lpthread", "%.o: %.c parts.h", "\tgcc -O2 -Wall -Werror -c -o $@ $<");
    const script = "cd /tmp/project && make -s -j4 && make -q && ./main && ./mutex && touch parts.h && make -n | sort | head -n 1";
    expect(output(script)).toBe("450\n128000 2016\ngcc -O2 -Wall -Werror -c -o main.o main.c\n");
  });

  test.skipIf(!have("git"))("git: init, commit, branch, merge, clone, gc, fsck", { timeout: 9 * MINUTES }, () => {
    file("gitconfig", "[user]", "name = A", "email = a@example.org", "[init]", "defaultBranch = main");
    expect(output(`
      export GIT_CONFIG_GLOBAL=/tmp/gitconfig GIT_AUTHOR_DATE='2020-01-01T00:00:00Z' GIT_COMMITTER_DATE='2020-01-01T00:00:00Z'
      cd /tmp && git init -q one && cd one && seq 100 > numbers && mkdir d && echo text > d/file && git add . && git commit -q -m first
      git checkout -q -b side && sed -i 's/^50$/fifty/' numbers && git commit -qam second && git checkout -q main && echo more >> d/file && git commit -qam third
      git merge -q -m merged side && git log --oneline --graph && git clone -q /tmp/one /tmp/two && cd /tmp/two && git gc -q && git fsck --strict 2>&1 && git status --short --branch
      git diff --stat HEAD~1 && git rev-parse HEAD^{tree}`)).toMatchInlineSnapshot(`
        "*   33d3eed merged
        |\\  
        | * fd41537 second
        * | 52363c9 third
        |/  
        * 9fd0398 first
        ## main...origin/main
         numbers | 2 +-
         1 file changed, 1 insertion(+), 1 deletion(-)
        bfad3fbe1b0e8e34228c888c7398232e9aed710b
        "
      `);
  });
});
