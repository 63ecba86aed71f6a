import { CreationBrake } from "./creation-brake.ts";
import { DayCap } from "./day-cap.ts";
import type { QuotaCall } from "./quota-call.ts";
import type { QuotaLimits } from "./quota-limits.ts";

/** What goes for an account, whichever application acts for it: files made per second, bytes per day. */
export class AccountCaps {
  readonly #creations = new CreationBrake();
  readonly #uploads = new DayCap();
  readonly #downloads = new DayCap();

  /**
   * Which of the account's limits a call runs into; null when it does not. A day's bytes are looked at when an upload or
   * a download begins: one that has begun may go beyond the limit, as Google's help says of uploads.
   */
  refusalOf(
    { creates, uploads, downloads }: QuotaCall,
    limits: QuotaLimits,
    nowMs: number,
  ): "fileCreations" | "uploadDay" | "downloadDay" | null {
    const { fileCreationsPerSecond, uploadBytesPerDay, downloadBytesPerDay } = limits;
    if (uploads && this.#uploads.isReached({ limitBytes: uploadBytesPerDay, nowMs })) return "uploadDay";
    if (downloads && this.#downloads.isReached({ limitBytes: downloadBytesPerDay, nowMs }))
      return "downloadDay";
    if (!creates || fileCreationsPerSecond === null) return null;
    return this.#creations.isOpen(fileCreationsPerSecond, nowMs) ? null : "fileCreations";
  }

  countCreation({ fileCreationsPerSecond }: QuotaLimits, nowMs: number): void {
    if (fileCreationsPerSecond !== null) this.#creations.take(fileCreationsPerSecond, nowMs);
  }

  countUp(bytes: number, { uploadBytesPerDay }: QuotaLimits, nowMs: number): void {
    this.#uploads.add(bytes, { limitBytes: uploadBytesPerDay, nowMs });
  }

  countDown(bytes: number, { downloadBytesPerDay }: QuotaLimits, nowMs: number): void {
    this.#downloads.add(bytes, { limitBytes: downloadBytesPerDay, nowMs });
  }
}
