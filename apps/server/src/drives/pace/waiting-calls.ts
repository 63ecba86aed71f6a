import type { Permit } from "./permit.ts";

/** Kinds of work in the order in which they go; `burst` is bulk work that is nearly through. */
export type Turn = "interactive" | "small" | "burst" | "bulk";
export const TURNS: readonly Turn[] = ["interactive", "small", "burst", "bulk"];
/** Interactive calls that go before a small one that waits. */
const IN_A_ROW = 3;

/** One call that waits for its permit. */
export interface WaitingCall {
  readonly number: number;
  readonly units: number;
  readonly isUpload: boolean;
  /** Infinity when nobody knows. */
  readonly unitsLeft: number;
  turn: Turn;
  /** It was served or given up. */
  isOver: boolean;
  admit(permit: Permit): void;
  refuse(error: unknown): void;
}

interface Line {
  readonly calls: WaitingCall[];
  first: number;
  units: number;
  count: number;
}

/** Calls that wait, first come first served within a turn; uploads stand apart, so that they do not hold the others up. */
export interface WaitingCalls {
  add(call: WaitingCall): void;
  /** The call that is next within a turn; null when there is none. */
  next(turn: Turn, allowed: { readonly uploads: boolean }): WaitingCall | null;
  /** Takes out a call that goes. */
  go(call: WaitingCall): void;
  /** Takes out a call that does not go. */
  drop(call: WaitingCall): void;
  /** Puts a call at the end of another turn. */
  move(call: WaitingCall, turn: Turn): void;
  /** Whether interactive calls have gone before small ones for long enough. */
  isSmallsTurn(): boolean;
  unitsOf(turn: Turn): number;
  countOf(turn: Turn): number;
  /** All that wait, in no order. */
  all(): WaitingCall[];
  /** Whether an upload waits. */
  hasUploads(): boolean;
}

export function createWaitingCalls(): WaitingCalls {
  let inARow = 0;
  const line = (): Line => ({ calls: [], first: 0, units: 0, count: 0 });
  const lines = Object.fromEntries(TURNS.map((turn) => [turn, { upload: line(), other: line() }])) as Record<
    Turn,
    { upload: Line; other: Line }
  >;
  const leave = (call: WaitingCall) => {
    const its = lineOf(call);
    its.units -= call.units;
    its.count -= 1;
  };
  const end = (call: WaitingCall) => {
    leave(call);
    call.isOver = true;
  };
  const join = (call: WaitingCall) => {
    const its = lineOf(call);
    its.calls.push(call);
    its.units += call.units;
    its.count += 1;
  };
  const lineOf = ({ turn, isUpload }: WaitingCall) => (isUpload ? lines[turn].upload : lines[turn].other);
  return {
    add: join,
    next(turn, { uploads }) {
      const other = headOf(lines[turn].other, turn);
      const upload = uploads ? headOf(lines[turn].upload, turn) : null;
      if (other === null || upload === null) return other ?? upload;
      return upload.number < other.number ? upload : other;
    },
    go(call) {
      end(call);
      if (call.turn === "interactive") inARow += 1;
      if (call.turn === "small") inARow = 0;
    },
    drop: end,
    move(call, turn) {
      leave(call);
      call.turn = turn;
      join(call);
    },
    isSmallsTurn: () => inARow >= IN_A_ROW && lines.small.upload.count + lines.small.other.count > 0,
    unitsOf: (turn) => lines[turn].upload.units + lines[turn].other.units,
    countOf: (turn) => lines[turn].upload.count + lines[turn].other.count,
    all: () =>
      TURNS.flatMap((turn) =>
        [lines[turn].upload, lines[turn].other].flatMap(({ calls, first }) =>
          calls.slice(first).filter((call) => !call.isOver && call.turn === turn),
        ),
      ),
    hasUploads: () => TURNS.some((turn) => lines[turn].upload.count > 0),
  };
}

const COMPACTED_AT = 1024;

/** Skips those that are over; they are thrown away many at a time. */
function headOf(line: Line, turn: Turn): WaitingCall | null {
  for (;;) {
    const call = line.calls[line.first];
    if (call !== undefined && !call.isOver && call.turn === turn) return call;
    if (call === undefined || line.first >= COMPACTED_AT) {
      line.calls.splice(0, line.first);
      line.first = 0;
      if (line.calls.length === 0) return null;
    } else line.first += 1;
  }
}
