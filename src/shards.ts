// An organization lives whole in one of several databases, its shard: `DB` is shard 0, `DB_7` is shard 7. The gate, the
// consumer and the sweeper choose it, from a key, a message or the list of all; everything behind them sees `env.DB`.
import type { Bindings, Env } from "./env.ts";
import { databaseOf, queuesOf } from "./places.ts";
import { settingsOf } from "./settings.ts";

/** Where organizations are whose keys name no shard. */
export const FIRST_SHARD = 0;

/** The jurisdictions that the platform knows; a place of such a name has its limiters there too. */
const JURISDICTIONS: ReadonlySet<string> = new Set<DurableObjectJurisdiction>([
	"eu",
	"us",
	"fedramp",
	"fedramp-high",
]);

const isJurisdiction = (place: string): place is DurableObjectJurisdiction => JURISDICTIONS.has(place);

const BINDING = /^DB(?:_(\d{1,4}))?$/;
/** The platform lets an invocation wait for six answers; one is left for the queues. */
const AT_ONCE = 5;

/** The shards there are. */
export const shardsOf = (bindings: Bindings): number[] =>
	Object.keys(bindings).flatMap((name) => {
		const found = BINDING.exec(name);
		return found ? [Number(found[1] ?? FIRST_SHARD)] : [];
	});

/** Whether there is such a shard. */
export const hasShard = (bindings: Bindings, shard: number): boolean => databaseOf(shard) in bindings;

/**
 * The bindings as an organization of a shard sees them.
 * @throws Error when there is no such shard, or its place has no queues
 */
export function envOf(bindings: Bindings, shard: number): Env {
	const place = settingsOf(bindings).SHARD_PLACES.get(shard);
	const named = <T>(name: string): T => {
		const binding = Reflect.get(bindings, name) as T | undefined;
		if (binding === undefined) throw new Error(`There is no binding ${name} for shard ${shard}.`);
		return binding;
	};
	const env = { ...bindings, DB: named<D1Database>(databaseOf(shard)), SHARD: shard };
	if (place === undefined) return env;
	const { first, slow } = queuesOf(place);
	return {
		...env,
		DELIVERIES: named(first),
		SLOW_DELIVERIES: named(slow),
		KEY_LIMITER: isJurisdiction(place) ? limitersIn(env.KEY_LIMITER, place) : env.KEY_LIMITER,
	};
}

/** The limiters in a jurisdiction; where the runtime knows none, as on a machine of one's own, those that there are. */
function limitersIn(all: Env["KEY_LIMITER"], jurisdiction: DurableObjectJurisdiction): Env["KEY_LIMITER"] {
	try {
		return all.jurisdiction(jurisdiction);
	} catch (error) {
		if (error instanceof Error && /not implemented/i.test(error.message)) return all;
		throw error;
	}
}

/** What a shard's work failed with. */
export interface Failure {
	readonly shard: number;
	readonly error: unknown;
}

/** Does something in each of these shards, five at a time. One's fault keeps none of the others from its turn. */
export async function inEachShard(
	bindings: Bindings,
	shards: readonly number[],
	work: (env: Env) => Promise<void>,
): Promise<Failure[]> {
	const left = [...shards];
	const failures: Failure[] = [];
	const takeTurns = async () => {
		for (let shard = left.shift(); shard !== undefined; shard = left.shift()) {
			try {
				await work(envOf(bindings, shard));
			} catch (error) {
				failures.push({ shard, error });
			}
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, takeTurns));
	return failures;
}
