import { join } from "node:path";
import type pg from "pg";
import { createDiskBlobStore } from "../../blobs/index.ts";
import { sweepOrphanBlobs } from "../../keeping/index.ts";
import { systemClock } from "../../platform/index.ts";
import { lookAnywhere } from "../look-anywhere.ts";
import type { ChaosDrive } from "./chaos-drive.ts";
import type { ChaosReport } from "./chaos-report.ts";
import { checkBlobs } from "./check-blobs.ts";
import { checkExports } from "./check-exports.ts";
import { checkImports } from "./check-imports.ts";
import { checkRest } from "./check-rest.ts";
import { runDriveway, startDrivewayProcess } from "./driveway-process.ts";
import type { Fleet } from "./fleet.ts";
import type { Order } from "./orders.ts";
import type { Violations } from "./violations.ts";

/** Compares all that is there with all that should be, once everything has ended and the processes have stopped in order. */
export async function checkEnd(params: {
  readonly pool: pg.Pool;
  readonly drive: ChaosDrive;
  readonly fleet: Fleet;
  readonly directory: string;
  readonly orders: readonly Order[];
  readonly violations: Violations;
}): Promise<Pick<ChaosReport, "imports" | "exports" | "blobs" | "doctor">> {
  const { pool, violations, fleet, directory } = params;
  const ordersOf = (type: Order["type"]) => params.orders.filter((order) => order.type === type);
  await checkRest(params);
  const imports = await checkImports({ pool, orders: ordersOf("import"), violations });
  const exported = await checkExports({ ...params, orders: ordersOf("export") });
  await fleet.stop();
  const doctor = await askDoctor(fleet, directory, violations);
  const leftBlobs = await sweepBlobs(params);
  const blobs = await checkBlobs({ pool, directory: join(directory, "data", "blobs"), violations });
  for (const key of blobs.orphans) violations.add(`no image names the blob ${key}`);
  for (const path of blobs.staged) violations.add(`${path} was left in the staging folder`);
  return {
    imports,
    exports: exported,
    blobs: { count: blobs.blobs, bytes: blobs.bytes, orphans: blobs.orphans.length, swept: leftBlobs },
    doctor,
  };
}

/** One worker runs meanwhile: it clears away what killed ones have left, and the doctor wants one to be there. */
async function askDoctor({ environment }: Fleet, directory: string, violations: Violations): Promise<string> {
  const worker = await startDrivewayProcess({
    environment: { ...environment, ROLES: "worker", PORT: "0" },
    logPath: join(directory, "sweeper.log"),
  });
  const asking = { environment, logPath: join(directory, "doctor.log"), args: ["doctor", "--deep"] };
  const { exitCode, output } = await runDriveway(asking);
  await worker.stop();
  if (exitCode !== 0) violations.add(`the doctor ends with ${exitCode}: ${output}`);
  return output.trim();
}

/** As a worker does once a day has gone by: nobody is left who could still name a blob. */
async function sweepBlobs({
  pool,
  directory,
}: {
  readonly pool: pg.Pool;
  readonly directory: string;
}): Promise<number> {
  return sweepOrphanBlobs(
    {
      db: lookAnywhere({ pool }),
      blobs: createDiskBlobStore({ directory: join(directory, "data", "blobs") }),
      clock: systemClock,
    },
    { graceMs: 0, signal: new AbortController().signal },
  );
}
