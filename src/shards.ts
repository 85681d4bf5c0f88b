// All rows of an organization are in one of several databases, its shard: `DB` is shard 0, `DB_7` is shard 7. The gate, the
// consumer and the sweeper choose it, by a key, a message or the list of all shards; all other code uses `env.DB`.
import type { Bindings, Env } from "./env.ts";
import { databaseBindingOf, queueBindingsOf, shardsAmong } from "./places.ts";
import { settingsOf } from "./settings.ts";

/** The shard of organizations whose keys name none. */
export const FIRST_SHARD = 0;

/** The jurisdictions of the platform; a place with such a name has its Durable Objects there too. */
const JURISDICTIONS: ReadonlySet<string> = new Set<DurableObjectJurisdiction>([
	"eu",
	"us",
	"fedramp",
	"fedramp-high",
]);

const isJurisdiction = (place: string): place is DurableObjectJurisdiction => JURISDICTIONS.has(place);

/** The platform allows six open connections per invocation; one is left for the queues. */
const MAX_CONCURRENT = 5;

/** The shards that the Worker has a database for. */
export const shardsOf = (bindings: Bindings): number[] => shardsAmong(Object.keys(bindings));

/** Whether a shard exists. */
export const hasShard = (bindings: Bindings, shard: number): boolean => databaseBindingOf(shard) in bindings;

/** The bindings of each shard, by the bindings of the Worker. */
const made = new WeakMap<Bindings, Map<number, Env>>();

/**
 * The bindings as an organization of a shard sees them.
 * @throws Error when the shard does not exist, or its place has no queues
 */
export function envOf(bindings: Bindings, shard: number): Env {
	const known = made.get(bindings) ?? new Map<number, Env>();
	made.set(bindings, known);
	const env = known.get(shard) ?? makeEnv(bindings, shard);
	known.set(shard, env);
	return env;
}

function makeEnv(bindings: Bindings, shard: number): Env {
	const place = settingsOf(bindings).SHARD_PLACES.get(shard);
	const named = <T>(name: string): T => {
		const binding = Reflect.get(bindings, name) as T | undefined;
		if (binding === undefined) throw new Error(`There is no binding ${name} for shard ${shard}.`);
		return binding;
	};
	const env = { ...bindings, DB: named<D1Database>(databaseBindingOf(shard)), SHARD: shard };
	if (place === undefined) return env;
	const { first, slow } = queueBindingsOf(place);
	return {
		...env,
		DELIVERIES: named(first),
		SLOW_DELIVERIES: named(slow),
		KEY_LIMITER: isJurisdiction(place) ? limitersIn(env.KEY_LIMITER, place) : env.KEY_LIMITER,
	};
}

/** The limiters in a jurisdiction; the local runtime has no jurisdictions, there it is all limiters. */
function limitersIn(all: Env["KEY_LIMITER"], jurisdiction: DurableObjectJurisdiction): Env["KEY_LIMITER"] {
	try {
		return all.jurisdiction(jurisdiction);
	} catch (error) {
		if (error instanceof Error && /not implemented/i.test(error.message)) return all;
		throw error;
	}
}

/** A shard whose work failed, and the error. */
export interface ShardFailure {
	readonly shard: number;
	readonly error: unknown;
}

/** Runs work in each of these shards, five at a time. A failure in one does not stop the others. */
export async function forEachShard(
	bindings: Bindings,
	shards: readonly number[],
	work: (env: Env) => Promise<void>,
): Promise<ShardFailure[]> {
	const waiting = [...shards];
	const failures: ShardFailure[] = [];
	const runWaiting = async () => {
		for (let shard = waiting.shift(); shard !== undefined; shard = waiting.shift()) {
			try {
				await work(envOf(bindings, shard));
			} catch (error) {
				failures.push({ shard, error });
			}
		}
	};
	await Promise.all(Array.from({ length: MAX_CONCURRENT }, runWaiting));
	return failures;
}
