import { connectDatabase, createNotifications, type Database, type Notifications } from "../db/index.ts";
import { createQueue, type Queue } from "../queue/index.ts";
import { lookAnywhere } from "./look-anywhere.ts";
import { testLog } from "./test-log.ts";

/** One process's connections to a database, and the queue in it. */
export interface OpenQueue {
  readonly db: Database;
  /** See {@link lookAnywhere}. */
  readonly anywhere: Database;
  readonly notifications: Notifications;
  readonly queue: Queue;
  /** Gives back what is under way, and closes every connection. */
  close(): Promise<void>;
}

/** Opens a database as a process of its own would. */
export async function openQueue(connectionString: string): Promise<OpenQueue> {
  const log = testLog();
  const database = connectDatabase({ connectionString, poolSize: 10, applicationName: "test", log });
  const notifications = createNotifications({ connectionString, log });
  const queue = await createQueue({ pool: database.pool, notifications, log });
  return {
    db: database.db,
    anywhere: lookAnywhere(database),
    notifications,
    queue,
    async close() {
      await queue.stop({ graceMs: 0 });
      await notifications.close();
      await database.close();
    },
  };
}
