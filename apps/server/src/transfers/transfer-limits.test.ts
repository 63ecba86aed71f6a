import fc from "fast-check";
import { expect, it } from "vitest";
import { transferShape } from "./transfer-limits.ts";

const limit = fc.integer({ min: 1, max: 500 });

it("never lets more files move than any of the limits says", () => {
  fc.assert(
    fc.property(limit, limit, limit, (transferConcurrency, connectionConcurrency, tenantConcurrency) => {
      const shape = transferShape({
        syncMaxFiles: 5,
        syncMaxBytes: 1,
        syncWaitMs: 1,
        maxFileBytes: 1,
        storageQuotaBytes: 0,
        maxOpenJobs: 1,
        maxOpenFiles: 1,
        maxFilesPerJob: 1,
        transferIdleTimeoutMs: 1,
        transferBytesInFlight: 1,
        transferConcurrency,
        connectionConcurrency,
        tenantConcurrency,
      });
      const { chunkConcurrency } = shape;
      expect(chunkConcurrency).toBeGreaterThanOrEqual(1);
      expect(shape.processChunks * chunkConcurrency).toBeLessThanOrEqual(transferConcurrency);
      expect(shape.connectionChunks * chunkConcurrency).toBeLessThanOrEqual(connectionConcurrency);
      expect(shape.tenantChunks * chunkConcurrency).toBeLessThanOrEqual(tenantConcurrency);
      expect(
        Math.min(shape.processChunks, shape.connectionChunks, shape.tenantChunks),
      ).toBeGreaterThanOrEqual(1);
    }),
  );
});
