/** What is still to be tidied up when the process ends. */
const pending = new Set<() => void>();

/**
 * Has something tidied up when this process ends by itself or by `process.exit`, whatever it is at then. A process that
 * is killed tidies nothing.
 *
 * @param tidy must be done when it returns; what it throws is passed over
 * @returns to be called when there is nothing to tidy up any more
 */
export function atProcessEnd(tidy: () => void): () => void {
  if (pending.size === 0) process.on("exit", tidyAll);
  // The same function may be there for two things.
  const own = () => tidy();
  pending.add(own);
  return () => {
    pending.delete(own);
    if (pending.size === 0) process.off("exit", tidyAll);
  };
}

/** The last begun is tidied up first: processes lie in the directories that were made before them. */
function tidyAll(): void {
  for (const tidy of [...pending].reverse()) {
    try {
      tidy();
    } catch {
      // The rest still has to be tidied up, and nobody is left to be told.
    }
  }
}
