// The queues of a place: a counterpart of each queue for everybody else, on the same terms.
import { queueBindingsOf } from "../../src/places.ts";
import type { ConfigTable, ConfigTables } from "../local/config.ts";

/** What wrangler.toml lacks of a place's queues. */
interface MissingQueues {
	readonly producers: readonly ConfigTable[];
	readonly consumers: readonly ConfigTable[];
	/** The names of the queues that have to be made. */
	readonly names: readonly string[];
}

/**
 * The producers and consumers that a place's queues still need, made like those of DELIVERIES and SLOW_DELIVERIES.
 * Throws an Error in plain words if one of those has no queue, no consumer, or no consumer of its dead letters.
 */
export function missingQueues({ queues }: ConfigTables, place: string): MissingQueues {
	const { producers = [], consumers = [] } = queues ?? {};
	const bindings = queueBindingsOf(place);
	const needed = [
		["DELIVERIES", bindings.first],
		["SLOW_DELIVERIES", bindings.slow],
	].map(([common, binding]) => {
		const producer = tableOf("producers", producers, "binding", common);
		const consumer = tableOf("consumers", consumers, "queue", producer.queue);
		const dead = tableOf("consumers", consumers, "queue", consumer.dead_letter_queue);
		const queue = find(producers, "binding", binding)?.queue ?? nameIn(place, producer.queue);
		const deadQueue = find(consumers, "queue", queue)?.dead_letter_queue ?? nameIn(place, dead.queue);
		return {
			producer: { ...producer, binding, queue },
			consumer: { ...consumer, queue, dead_letter_queue: deadQueue },
			dead: { ...dead, queue: deadQueue },
		};
	});
	const wanted = [...needed.map(({ consumer }) => consumer), ...needed.map(({ dead }) => dead)];
	const own = new Map(wanted.map((table) => [table.queue, table]));
	const added = [...own.values()].filter(({ queue }) => !find(consumers, "queue", queue));
	return {
		producers: needed
			.map(({ producer }) => producer)
			.filter(({ binding }) => !find(producers, "binding", binding)),
		consumers: added,
		names: added.map(({ queue }) => String(queue)).filter((queue) => !find(producers, "queue", queue)),
	};
}

const find = (tables: readonly ConfigTable[], key: string, value: unknown) =>
	tables.find((table) => table[key] === value);

function tableOf(kind: string, tables: readonly ConfigTable[], key: string, value: unknown): ConfigTable {
	const table = value === undefined ? undefined : find(tables, key, value);
	if (table) return table;
	throw new Error(
		value === undefined
			? `A table of wrangler.toml under [[queues.producers]] or [[queues.consumers]] names no queue.`
			: `wrangler.toml has no [[queues.${kind}]] with ${key} = "${value}".`,
	);
}

/** The name of a place's queue. The consumer tells queues by the end of their names: src/delivery/consumer.ts */
function nameIn(place: string, common: unknown): string {
	const [, before, kind] = /^(.*?)((?:slow-)?deliveries(?:-dead)?)$/.exec(String(common)) ?? [];
	if (kind !== undefined) return `${before}${place}-${kind}`;
	throw new Error(
		`The queue ${common} in wrangler.toml must have a name that ends with deliveries, slow-deliveries or deliveries-dead.`,
	);
}
