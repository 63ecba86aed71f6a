import type { connectDatabase } from "../../apps/server/src/db/index.ts";

type Pool = ReturnType<typeof connectDatabase>["pool"];

export const TENANTS = 200;
const JOBS_EACH = 50;
const IMAGES_EACH = 500;

/** Sends one statement, wherever the question is being answered. */
type Query = (text: string, values: readonly unknown[]) => Promise<{ readonly rows: readonly unknown[] }>;

/** One request's questions to the database. `parallel`: they may go over several connections. */
type Question = (query: Query, tenant: number, parallel: boolean) => Promise<void>;

/** How requests name their tenant to the database, by a name of the way. */
export type Ways = Readonly<
  Record<
    string,
    {
      readonly prepare: () => Promise<void>;
      readonly ask: (tenant: number, question: Question) => Promise<void>;
    }
  >
>;

const tenantId = (tenant: number) => `ten_${tenant}`;

/** Tenants with jobs and images, for both to be found by index among those of others. */
export async function fillTenants(pool: Pool): Promise<void> {
  await pool.query(
    "insert into tenants (id, name) select 'ten_' || t, 't' from generate_series(0, $1 - 1) t",
    [TENANTS],
  );
  await pool.query(
    `insert into transfer_jobs (id, tenant_id, user_id, type, connection_id, provider, status, options, pending_items)
     select 'job_' || t || '_' || j, 'ten_' || t, 'u', 'import', gen_random_uuid(), 'google_drive', 'completed', '{}', 0
     from generate_series(0, $1 - 1) t, generate_series(0, $2 - 1) j`,
    [TENANTS, JOBS_EACH],
  );
  await pool.query(
    `insert into images (id, tenant_id, created_by, filename, description_status, media_type, format, size_bytes, sha256,
       blob_key, created_at)
     select 'img_' || t || '_' || i, 'ten_' || t, 'u', 'photo.jpg', 'skipped', 'image/jpeg', 'jpeg', 200000,
       sha256((t || '_' || i)::bytea), 'key', now() - i * interval '1 minute'
     from generate_series(0, $1 - 1) t, generate_series(0, $2 - 1) i`,
    [TENANTS, IMAGES_EACH],
  );
  await pool.query("vacuum analyze");
}

/** How a job stands: one statement. */
export async function jobOf(query: Query, tenant: number, _parallel: boolean): Promise<void> {
  const id = `job_${tenant}_${tenant % JOBS_EACH}`;
  const { rows } = await query("select * from transfer_jobs where tenant_id = $1 and id = $2", [
    tenantId(tenant),
    id,
  ]);
  if (rows.length !== 1) throw new Error(`the job ${id} was not found`);
}

/** A page of images and how many there are: two statements. */
export async function pageOf(query: Query, tenant: number, parallel: boolean): Promise<void> {
  const page = () =>
    query("select * from images where tenant_id = $1 order by created_at desc, id desc limit 100", [
      tenantId(tenant),
    ]);
  const count = () => query("select count(*) from images where tenant_id = $1", [tenantId(tenant)]);
  const { rows } = parallel ? (await Promise.all([page(), count()]))[0] : await page();
  if (!parallel) await count();
  if (rows.length !== 100) throw new Error("the page is not full");
}

/** The ways, each with what must hold before it is measured. */
export function waysOf({ pool }: { readonly pool: Pool }): Ways {
  const tables = ["transfer_jobs", "images"];
  const switchTo = async (isOn: boolean) => {
    for (const table of tables) {
      await pool.query(`drop policy if exists of_tenant on ${table}`);
      await pool.query(`alter table ${table} ${isOn ? "enable" : "disable"} row level security`);
      await pool.query(`alter table ${table} ${isOn ? "force" : "no force"} row level security`);
      if (!isOn) continue;
      await pool.query(
        `create policy of_tenant on ${table} using (tenant_id = (select current_setting('driveway.tenant', true)))`,
      );
    }
  };
  return {
    "without row-level security": {
      prepare: () => switchTo(false),
      ask: (tenant, question) => question((text, values) => pool.query(text, [...values]), tenant, true),
    },
    "with it, in a transaction that names the tenant": {
      prepare: () => switchTo(true),
      ask: (tenant, question) =>
        onOneConnection(pool, tenant, question, { begin: "begin", end: "commit", isLocal: true }),
    },
    "with it, on a connection lent out to name the tenant": {
      prepare: () => switchTo(true),
      ask: (tenant, question) =>
        onOneConnection(pool, tenant, question, { begin: null, end: null, isLocal: false }),
    },
    "with its policies, and nothing to name the tenant by": {
      prepare: async () => {
        await switchTo(true);
        for (const table of tables)
          await pool.query(`alter policy of_tenant on ${table} using (tenant_id = tenant_id)`);
      },
      ask: (tenant, question) => question((text, values) => pool.query(text, [...values]), tenant, true),
    },
  };
}

async function onOneConnection(
  pool: Pool,
  tenant: number,
  question: Question,
  around: { readonly begin: string | null; readonly end: string | null; readonly isLocal: boolean },
): Promise<void> {
  const client = await pool.connect();
  try {
    if (around.begin !== null) await client.query(around.begin);
    await client.query("select set_config('driveway.tenant', $1, $2)", [tenantId(tenant), around.isLocal]);
    await question((text, values) => client.query(text, [...values]), tenant, false);
    if (around.end !== null) await client.query(around.end);
  } finally {
    client.release();
  }
}
