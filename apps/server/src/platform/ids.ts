import { typeid } from "typeid-js";

/** The kinds of rows that carry a prefixed id. A connection's id is a plain UUID, as the contract has it. */
export type IdPrefix = "ten" | "usr" | "inv" | "key" | "evt" | "att" | "col" | "img" | "job";

/** Makes a sortable id with its kind in front, for example `img_01h455vb4pex5vsknk084sn02q` (TypeID over UUIDv7). */
export function newId(prefix: IdPrefix): string {
  return typeid(prefix).toString();
}
