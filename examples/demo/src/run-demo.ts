import { once } from "node:events";
import { styleText } from "node:util";
import { createApiClient } from "./api-client.ts";
import { type Parts, startParts } from "./start-parts.ts";
import { type Outcome, runJourney } from "./run-journey.ts";
import { figuresTable } from "./measure.ts";

const SHOWN_FAULTS = 20;

/**
 * Starts everything, goes through the journey and tells how it went.
 * @param params.keep leaves everything running after the journey until `signal` is aborted
 * @returns whether every byte was the same on both sides
 * @throws the signal's reason when the journey was called off
 */
export async function runDemo(params: { keep: boolean; signal: AbortSignal }): Promise<boolean> {
  const { keep, signal } = params;
  console.log(`\n${styleText("bold", "Driveway demo")}\n`);
  console.log("  Starting a Drive full of pictures, a database and Driveway …");
  const startMs = performance.now();
  const parts = await startParts(signal);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  console.log(`  ${styleText("green", "✓")} Ready in ${seconds} s at ${parts.driveway.url}`);
  try {
    const outcome = await runJourney({
      ...parts,
      api: createApiClient({ url: parts.driveway.url, apiKey: parts.apiKey, signal }),
      signal,
    });
    tell(outcome);
    if (keep) await untilStopped(parts, signal);
    else
      console.log(
        styleText("dim", "\n  npm run demo -- --keep leaves it running, to look around in a browser.\n"),
      );
    return outcome.faults.length === 0;
  } finally {
    await parts.stop();
  }
}

function tell({ figures, faults }: Outcome): void {
  const indented = figuresTable(figures).replaceAll(/^/gm, "  ");
  console.log(`\n${indented}\n`);
  if (faults.length === 0) {
    console.log(styleText(["green", "bold"], "  Every byte is the same on both sides."));
    return;
  }
  console.log(styleText(["red", "bold"], `  ${faults.length} differences:`));
  for (const fault of faults.slice(0, SHOWN_FAULTS)) console.log(`    ${fault}`);
  if (faults.length > SHOWN_FAULTS) console.log(`    and ${faults.length - SHOWN_FAULTS} more`);
}

async function untilStopped({ driveway, sandbox, account }: Parts, signal: AbortSignal): Promise<void> {
  console.log(`
  Driveway   ${styleText("underline", driveway.url)}
  sign in    ${account.email}, password ${styleText("bold", account.password)}
  Drives     ${sandbox.accounts.map(({ email }) => email).join(" and ")}, without passwords
  API        ${styleText("underline", `${driveway.url}/docs`)}

  Ctrl-C stops it and removes its data.`);
  if (!signal.aborted) await once(signal, "abort");
  console.log("\n  Stopping …");
}
