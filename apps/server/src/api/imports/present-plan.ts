import type { ImportPlanReply } from "@driveway/contract";
import type { ImportPlan } from "../../transfers/index.ts";

/** What an import would do, as the API tells it. */
export function presentPlan(plan: ImportPlan): ImportPlanReply {
  return {
    total_files: plan.totalFiles,
    importable: plan.importable,
    duplicates: plan.duplicates,
    unsupported: { ...plan.unsupported },
    ignored_files: plan.ignored,
    visibility: plan.visibility,
    bytes: plan.bytes,
    quota_units: plan.quotaUnits,
    estimated_seconds: plan.estimatedSeconds,
    complete: plan.isComplete,
  };
}
