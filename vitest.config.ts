// Test runner: what is a test, how long it may take, how many run at once. dist/ is built before the first one.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/house/setup.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
    // Some tests watch several processes of the host (terminals, gdb, sockets, clocks); a machine that many share may stop one of them for seconds.
    retry: process.env["CI"] ? 2 : 0,
  },
});
