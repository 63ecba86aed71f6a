export { createDepartures, type Departures } from "./create-departures.ts";
