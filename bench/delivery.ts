// `npm run bench:delivery`: how fast events reach their receivers, beside the floor Worker (--rounds) and in a burst (--events),
// what that costs on the platform, and how one failing receiver affects the others (--cases: letters of failing-neighbours.ts,
// --seconds for each). Each part is left out by 0 or an empty text.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { compareArrivals } from "./arrivals.ts";
import { CPU_MS } from "./cost-counts.ts";
import { cpuOfTree } from "./cpu.ts";
import { runNeighbourCases, subscribe } from "./failing-neighbours.ts";
import { chunks, leadNumber } from "./leads.ts";
import { costOf, OPERATIONS_PER_MESSAGE, PRICES_DATE } from "./prices.ts";
import { type Arrival, quantile, type Receiver, startReceiver, waitUntil } from "./receiver.ts";
import { startTarget, type Target } from "./target.ts";

const WEBHOOKS = 3;
const BATCH = 100;
/** Targets with full batches on two cores. */
const MAX_ROUND_TRIPS = 0.25;
const MIN_DELIVERIES_PER_SECOND = 150;

/** Rows written besides those of sending: a delivery and its index entry, and later the removal of the delivery and its attempt. */
const ROWS_BESIDE = 4;
/** Deliveries of one run of the consumer. */
const PER_RUN = 10;

const { values } = parseArgs({
	options: {
		rounds: { type: "string", default: "5" },
		events: { type: "string", default: "1000" },
		cases: { type: "string", default: "abcd" },
		seconds: { type: "string", default: "60" },
	},
});
const receiver = await startReceiver();
const rounds = Number(values.rounds);
const quick = rounds === 0 || (await compareArrivals(receiver, rounds));
receiver.arrivals.length = 0;
const target = await startTarget("counted");
try {
	const events = Number(values.events);
	const fast = events === 0 || (await burst(target, receiver, events));
	const unharmed = await runNeighbourCases(target, receiver, values.cases, Number(values.seconds));
	process.exitCode = quick && fast && unharmed ? 0 : 1;
} finally {
	await target.stop();
	receiver.close();
}

/** All events at once, to three webhooks. */
async function burst(target: Target, receiver: Receiver, events: number): Promise<boolean> {
	const organization = await target.organization(200);
	for (let index = 0; index < WEBHOOKS; index += 1)
		await subscribe(organization, `${receiver.url}/burst${index}`);
	const leads = Array.from({ length: events }, (_, index) => leadNumber(index));
	await sending(target);
	const cpu = cpuOfTree(target.pid) ?? 0;
	const began = Date.now();
	for (const items of chunks(leads, BATCH)) await organization.call("POST", "/leads/batch", { items });
	const published = Date.now() - began;
	const wanted = events * WEBHOOKS;
	await waitUntil(() => receiver.arrivals.length >= wanted, 300_000);
	const seconds = (Date.now() - began) / 1_000;
	await sleep(1_500);
	const count = await sending(target);
	const perDelivery = (value: number) => value / wanted;
	const roundTrips = perDelivery(count.calls);
	const rate = wanted / seconds;
	console.log(`\n${events} events to ${WEBHOOKS} webhooks, published in ${published} ms`);
	console.log(`  deliveries/s           ${rate.toFixed(0)} (at least ${MIN_DELIVERIES_PER_SECOND} wanted)`);
	console.log(`  commit to arrival      ${quantiles(receiver.arrivals)}`);
	console.log(`  D1 round trips each    ${roundTrips.toFixed(2)} (at most ${MAX_ROUND_TRIPS} wanted)`);
	console.log(
		`  D1 rows read, written  ${perDelivery(count.read).toFixed(1)}, ${perDelivery(count.written).toFixed(1)}`,
	);
	const messages = perDelivery(count.messages);
	console.log(`  queue operations each  ${(messages * OPERATIONS_PER_MESSAGE).toFixed(2)}`);
	console.log(
		`  processor time each    ${(((cpuOfTree(target.pid) ?? 0) - cpu) / wanted).toFixed(2)} ms, publishing included`,
	);
	console.log(
		`  per million deliveries $${cost(count, wanted, messages).toFixed(2)} at the list prices of ${PRICES_DATE}`,
	);
	return rate >= MIN_DELIVERIES_PER_SECOND && roundTrips <= MAX_ROUND_TRIPS;
}

interface Count {
	readonly calls: number;
	readonly read: number;
	readonly written: number;
	readonly messages: number;
}

/** What the consumer and the sweeper have used since the previous call; its messages are also those of requests. */
async function sending(target: Target): Promise<Count> {
	return (await (await fetch(`${target.url}/_sending`)).json()) as Count;
}

/** Dollars for a million deliveries. */
function cost({ read, written }: Count, deliveries: number, messages: number): number {
	return costOf({
		requests: 1 / PER_RUN,
		cpuMs: CPU_MS.delivery,
		read: read / deliveries,
		written: written / deliveries + ROWS_BESIDE,
		messages,
	});
}

function quantiles(arrivals: readonly Arrival[]): string {
	return [0.5, 0.95, 0.99]
		.map((share) => `p${share * 100} ${quantile(arrivals, share).toFixed(0)} ms`)
		.join(", ");
}
