// Runs the chores of every database, each in an invocation of its own, under the platform's limits.
import { runInvocation } from "../../scripts/platform/bindings.ts";
import type { Bindings } from "../../src/env.ts";
import { purge } from "../../src/sweeper/purge.ts";
import { inEachShard } from "./shards.ts";

/** Runs what is due at an instant in every database, under other settings if some are given. */
export const purgeAll = (now: number, settings: Partial<Bindings> = {}): Promise<void> =>
	inEachShard((env) => runInvocation({ ...env, ...settings }, (limited) => purge(limited, now)));
