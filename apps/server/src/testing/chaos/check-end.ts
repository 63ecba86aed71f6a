import { join } from "node:path";
import type pg from "pg";
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

/** What a command line says that Driveway does not know: there is no such command. */
const WRONG_COMMAND_LINE = 2;

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
  await sweepOnce(fleet, directory);
  const doctor = await askDoctor(fleet, directory, violations);
  const blobs = await checkBlobs({ pool, directory: join(directory, "data", "blobs"), violations });
  for (const key of blobs.orphans) violations.add(`no image names the blob ${key}`);
  for (const path of blobs.staged) violations.add(`${path} was left in the staging folder`);
  return {
    imports,
    exports: exported,
    blobs: { count: blobs.blobs, bytes: blobs.bytes, orphans: blobs.orphans.length },
    doctor,
  };
}

/** A worker that starts clears away what killed ones have left. */
async function sweepOnce({ environment }: Fleet, directory: string): Promise<void> {
  const worker = await startDrivewayProcess({
    environment: { ...environment, ROLES: "worker", PORT: "0" },
    logPath: join(directory, "sweeper.log"),
  });
  await worker.stop();
}

async function askDoctor(
  { environment }: Fleet,
  directory: string,
  violations: Violations,
): Promise<string | null> {
  const { exitCode, output } = await runDriveway({
    environment,
    logPath: join(directory, "doctor.log"),
    args: ["doctor", "--deep"],
  });
  if (exitCode === WRONG_COMMAND_LINE) return null;
  if (exitCode !== 0) violations.add(`the doctor finds faults: ${output}`);
  return output.trim();
}
