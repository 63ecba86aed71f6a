import { fileURLToPath } from "node:url";
import { publishManifest, restoreManifest } from "./swap-manifest.ts";

/**
 * Called by npm around packing. `npm publish` reads package.json once more after `postpack`, for what the registry shows
 * of the package; there the published form stays until `postpublish`.
 */
function main(step: string | undefined, npmCommand: string | undefined): void {
  const directory = fileURLToPath(new URL("..", import.meta.url));
  if (step === "prepack") {
    publishManifest(directory);
  } else if (step === "postpack" && npmCommand === "publish") {
    console.error("package.json is in its published form until npm publish has ended.");
    console.error("Should that fail, put it back: npm run postpublish -w packages/sandbox");
  } else {
    restoreManifest(directory);
  }
}

try {
  main(process.argv[2], process.env.npm_command);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
