import type { ChaosFile, Owner } from "./chaos-drive.ts";
import type { Person } from "./person.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** Files of small jobs, for which the request waits, and of others. */
const SMALL_FILES = 4;
const LARGE_FILES = { least: 20, most: 160 } as const;
const SMALL_SHARE = 0.4;

/** One job as a person asks for it. */
export interface Order {
  /** Unique in a run; a tag of an import's images, and the name of an export's folder. */
  readonly mark: string;
  readonly owner: Owner;
  readonly type: "import" | "export";
  readonly files: readonly ChaosFile[];
  readonly imageIds: readonly string[];
}

/** Divides the files into imports of one owner each, small and large ones. */
export function planImports(files: readonly ChaosFile[], random: SeededRandom): Order[] {
  const orders: Order[] = [];
  const byOwner = Map.groupBy(files, ({ owner }) => owner);
  for (const [owner, own] of byOwner) {
    for (let start = 0; start < own.length; ) {
      const isSmall = random.next() < SMALL_SHARE;
      const count = isSmall
        ? random.between(1, SMALL_FILES)
        : random.between(LARGE_FILES.least, LARGE_FILES.most);
      const mark = `import ${orders.length}`;
      orders.push({ mark, owner, type: "import", files: own.slice(start, start + count), imageIds: [] });
      start += count;
    }
  }
  return orders.sort(() => random.next() - 0.5);
}

/**
 * Places an order. The same order may be repeated: it carries a key of its own.
 * @returns the job's id
 */
export async function placeOrder(person: Person, order: Order): Promise<string> {
  const headers = { "idempotency-key": order.mark.replaceAll(" ", "-") };
  const path = `/api/v2/cloud-storage/${order.type}`;
  const { connectionId: connection_id } = person;
  const body =
    order.type === "import"
      ? {
          connection_id,
          files: order.files.map(({ id, name }) => ({ id, name })),
          tags: [order.mark],
          auto_describe: false,
        }
      : { connection_id, image_ids: order.imageIds, folder_name: order.mark };
  const reply = await person.ask("POST", path, body, headers);
  const jobId = reply.body.job_id ?? reply.body.import_job_id ?? reply.body.export_job_id;
  if (reply.status === 200 && typeof jobId === "string") return jobId;
  throw new Error(`${order.mark} was refused: ${reply.status} ${JSON.stringify(reply.body)}`);
}
