import { env } from "cloudflare:workers";
import { withMembers, workerWith } from "./bindings.ts";
import { wrapDatabases } from "./shards.ts";

/** The Worker with a database whose batches fail. */
export const withFailingDatabase = (message: string) =>
	workerWith({
		...env,
		...wrapDatabases((db) =>
			withMembers(db, {
				batch() {
					throw new Error(message);
				},
			}),
		),
	});
