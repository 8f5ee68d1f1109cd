// The kernel's clock and random numbers as the file back ends want them.

import type { FsEnvironment } from "../../fs/inode.ts";
import type { Kernel } from "../../thread.ts";

const environments = new WeakMap<Kernel, FsEnvironment>();

/** The environment that back ends of this kernel use. */
export function fsEnvironment(k: { readonly kernel: Kernel }): FsEnvironment {
  const { kernel } = k;
  let environment = environments.get(kernel);
  if (!environment) {
    environment = {
      now: () => {
        const { seconds, nanoseconds } = kernel.clock.realtime();
        return { sec: seconds, nsec: nanoseconds };
      },
      random: (bytes) => kernel.random(bytes),
    };
    environments.set(kernel, environment);
  }
  return environment;
}
