// pidfd_open(2): a process as a descriptor, readable once it has ended.

import { wake } from "../wait.ts";
import type { Process } from "../thread.ts";
import { O, POLL } from "./constants.ts";
import { anonymousPlace } from "./eventfd.ts";
import { QueuedFile } from "./file.ts";
import type { FsEnvironment } from "./inode.ts";

export class PidFile extends QueuedFile {
  readonly process: Process;
  private readonly hook = (ended: Process): void => {
    if (ended === this.process) wake(this.queue);
  };

  constructor(environment: FsEnvironment, process: Process, status: number) {
    super(O.RDWR | status, anonymousPlace(environment, "pidfd"));
    this.process = process;
    process.kernel.exitHooks.push(this.hook);
  }

  /** Nobody has waited for it yet. */
  get known(): boolean {
    return this.process.kernel.processes.get(this.process.pid) === this.process;
  }

  override poll(): number {
    return this.process.status ? POLL.IN | POLL.RDNORM : 0;
  }

  override info(): string {
    const pid = this.known ? this.process.pid : -1;
    return `Pid:\t${pid}\nNSpid:\t${pid}\n`;
  }

  protected override release(): void {
    const { exitHooks } = this.process.kernel;
    exitHooks.splice(exitHooks.indexOf(this.hook), 1);
  }
}
