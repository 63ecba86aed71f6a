export { countSealed, type Queries, type SealedCount, unknownSealedColumns } from "./count-sealed.ts";
export { resealAll, type ResealReport } from "./reseal.ts";
