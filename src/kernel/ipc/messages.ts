// System V message queues: typed messages in order, msgop(2).

import type { Kernel } from "../thread.ts";
import { createWaitQueue } from "../wait.ts";
import type { WaitQueue } from "../wait.ts";
import type { IpcObject, Permissions } from "./objects.ts";
import { Registry } from "./objects.ts";

export const MSG = { MAX: 8192, QUEUE_BYTES: 16384, QUEUES: 32000, NOERROR: 0o10000, EXCEPT: 0o20000, COPY: 0o40000 } as const;

interface Message {
  readonly type: number;
  readonly bytes: Uint8Array;
}

export interface MessageQueue extends IpcObject {
  readonly messages: Message[];
  readonly queue: WaitQueue;
  bytes: number;
  limit: number;
  sent: number;
  received: number;
  changed: number;
  sender: number;
  receiver: number;
}

export function createMessageQueue(id: number, permissions: Permissions, now: number): MessageQueue {
  return {
    id, permissions, removed: false, messages: [], queue: createWaitQueue(), bytes: 0, limit: MSG.QUEUE_BYTES, sent: 0, received: 0, changed: now,
    sender: 0, receiver: 0,
  };
}

const registries = new WeakMap<Kernel, Registry<MessageQueue>>();

export function messageQueues(kernel: Kernel): Registry<MessageQueue> {
  let found = registries.get(kernel);
  if (!found) registries.set(kernel, (found = new Registry(MSG.QUEUES)));
  return found;
}

/** Index of the message that msgrcv with this type takes, or -1: 0 the first, positive that type (or any other), negative the lowest type up to it. */
export function chooseMessage(messages: readonly Message[], type: number, except: boolean): number {
  if (type === 0) return messages.length > 0 ? 0 : -1;
  if (type > 0) return messages.findIndex((message) => (message.type === type) !== except);
  let best = -1;
  messages.forEach((message, index) => {
    if (message.type <= -type && (best < 0 || message.type < messages[best].type)) best = index;
  });
  return best;
}
