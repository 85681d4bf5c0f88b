// The Workers that are measured. They run as they are deployed, without the double of the platform, whose time would be
// measured too.
import { join } from "node:path";
import { readWorkerConfig, type WorkerConfig } from "../scripts/local/config.ts";
import { repositoryRoot } from "../scripts/tools/tools.ts";

/**
 * The bare Worker (one D1 call), the floor Worker (the least that does our job), ours, ours with its calls counted, and the floor
 * and ours as they handle a request many times over.
 */
export type Kind = "bare" | "floor" | "ours" | "counted" | "repeated floor" | "repeated ours";

/** Whether it is one of the yardsticks, which are not configured as our Worker is. */
export const isYardstick = (kind: Kind): boolean => kind === "bare" || kind.endsWith("floor");

const workers = join(import.meta.dirname, "workers");

/** The configuration and the entry point of a Worker. */
export function workerOf(kind: Kind): { config: WorkerConfig; main: string } {
	if (kind === "ours") return { config: readWorkerConfig(), main: join(repositoryRoot, "src", "index.ts") };
	if (kind === "counted") return { config: readWorkerConfig(), main: join(workers, "counted.ts") };
	if (kind === "repeated ours")
		return { config: readWorkerConfig(), main: join(workers, "repeated", "ours.ts") };
	if (kind === "repeated floor") return { ...workerOf("floor"), main: join(workers, "repeated", "floor.ts") };
	const folder = join(workers, kind);
	return { config: readWorkerConfig(join(folder, "wrangler.toml")), main: join(folder, "index.ts") };
}
