// The framing of gdb's remote protocol: $data#checksum, acknowledgements, run-length encoding never used, `}` escapes in binary data.
// gdb manual, "Overview" of the remote serial protocol. Text is Latin-1: one character a byte.

export interface PacketHandlers {
  /** A packet has come; the data without frame, still escaped. */
  readonly packet: (data: string) => void;
  /** ^C */
  readonly interrupt: () => void;
  readonly send: (text: string) => void;
}

const hex2 = (value: number) => (value & 0xff).toString(16).padStart(2, "0");

function checksum(data: string): string {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data.charCodeAt(i);
  return hex2(sum);
}

export interface Packets {
  /** Bytes from the other side, as Latin-1. */
  feed(text: string): void;
  reply(data: string): void;
  /** No more acknowledgements. */
  quiet(): void;
}

/** Longest packet taken; the stub says so. */
export const PACKET_SIZE = 0x4000;

export function createPackets(handlers: PacketHandlers): Packets {
  let buffer = "", acknowledge = true, last = "";
  return {
    feed(text) {
      buffer += text;
      for (;;) {
        if (buffer === "") return;
        const first = buffer[0];
        if (first === "\u0003") {
          buffer = buffer.slice(1);
          handlers.interrupt();
        } else if (first !== "$") {
          buffer = buffer.slice(1);
          if (first === "-" && acknowledge && last !== "") handlers.send(last);
        } else {
          const end = buffer.indexOf("#");
          if (end < 0 && buffer.length > 4 * PACKET_SIZE) buffer = "";
          if (end < 0 || buffer.length < end + 3) return;
          const data = buffer.slice(1, end), good = checksum(data) === buffer.slice(end + 1, end + 3).toLowerCase();
          buffer = buffer.slice(end + 3);
          if (acknowledge) handlers.send(good ? "+" : "-");
          if (good) handlers.packet(data);
        }
      }
    },
    reply(data) {
      last = `$${data}#${checksum(data)}`;
      handlers.send(last);
    },
    quiet() {
      acknowledge = false;
    },
  };
}

/** Binary data with the characters that have a meaning escaped. */
export function escapeBinary(text: string): string {
  return text.replaceAll(/[#$}*]/g, (c) => `}${String.fromCharCode(c.charCodeAt(0) ^ 0x20)}`);
}

export function unescapeBinary(text: string): Uint8Array {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) bytes.push(text[i] === "}" && i + 1 < text.length ? text.charCodeAt(++i) ^ 0x20 : text.charCodeAt(i) & 0xff);
  return Uint8Array.from(bytes);
}

export const toHex = (bytes: Uint8Array): string => [...bytes].map(hex2).join("");

/** Undefined when it is not hexadecimal. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text)) return undefined;
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

export const latin1 = (bytes: Uint8Array): string => {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};
