// Exceptions of the guest CPU, as the interpreter throws them. One value is reused: a fault may be an ordinary event
// (guard pages, garbage collectors' write barriers) and must not cost a stack trace.

/** Exception vectors (SDM volume 3, table 6-1). */
export const VECTOR = { DE: 0, DB: 1, BP: 3, OF: 4, BR: 5, UD: 6, NM: 7, TS: 10, NP: 11, SS: 12, GP: 13, PF: 14, MF: 16, AC: 17, XM: 19 } as const;

/** Page-fault error code bits. */
export const PF = { PRESENT: 1, WRITE: 2, USER: 4, FETCH: 16 } as const;

export interface GuestFault {
  readonly isGuestFault: true;
  vector: number;
  code: number;
  /** CR2 of a page fault, uint32. */
  address: number;
}

const fault: GuestFault = { isGuestFault: true, vector: 0, code: 0, address: 0 };

export function raise(vector: number, code: number, address = 0): never {
  fault.vector = vector;
  fault.code = code;
  fault.address = address >>> 0;
  throw fault;
}

export function isGuestFault(e: unknown): e is GuestFault {
  return e === fault;
}
