// How long webhooks take, and how fast they follow creates that come one by one: ours beside the floor Worker, in turns.
import { setTimeout as sleep } from "node:timers/promises";
import { subscribe } from "./failing-neighbours.ts";
import { leadNumber } from "./leads.ts";
import { median } from "./measure.ts";
import { type Arrival, quantile, type Receiver, waitUntil } from "./receiver.ts";
import { type Organization, startTarget } from "./target.ts";

const KINDS = ["floor", "ours"] as const;
const INTERVAL_MS = 50;
const STEADY_EVENTS = 100;
const BURST_EVENTS = 500;
const CONNECTIONS = 10;
const PATIENCE_MS = 120_000;
/** As few as what is sent in a minute takes: the first request of a key costs a look-up and a new limiter, and is rare in use. */
export const KEYS_OF_BURST = 64;

/** Targets, as ratios to the floor Worker: of the steady median, and of the rate in the burst. */
const MAX_STEADY_RATIO = 1.5;
/** Twice the rate of Strapi, which peer.ts measures beside the floor Worker: on one machine 349 and 755 a second, on another 195 and 376. */
const MIN_RATE_RATIO = (2 * 349) / 755;

interface Round {
	/** Median from the request to the arrival (ms), at twenty creates a second. */
	readonly steadyMs: number;
	/** How much of it is over when the request is answered (ms). */
	readonly answerMs: number;
	/** Deliveries a second after creates one by one on ten connections. */
	readonly rate: number;
	/** Median from the request to the arrival of these (ms). */
	readonly burstMs: number;
}

/** Prints both for each Worker; returns whether ours met its targets. */
export async function compareArrivals(receiver: Receiver, rounds: number): Promise<boolean> {
	const sides = await Promise.all(
		KINDS.map(async (kind) => {
			const target = await startTarget(kind);
			const organization = await target.organization(KEYS_OF_BURST);
			await subscribe(organization, `${receiver.url}/${kind}`);
			return { kind, target, organization, rounds: [] as Round[] };
		}),
	);
	for (let round = 0; round <= rounds; round += 1) {
		for (const { organization, rounds: found } of sides) {
			const measured = {
				...(await steady(organization, receiver)),
				...(await burst(organization, receiver)),
			};
			// The first round only warms up.
			if (round > 0) found.push(measured);
		}
	}
	for (const { target } of sides) await target.stop();
	console.log(
		`\nfrom a create to the arrival of its event, medians of ${rounds} rounds: ours / floor = ratio`,
	);
	const [floor = [], ours = []] = sides.map((side) => side.rounds);
	const ratio = (name: string, of: (round: Round) => number) => {
		const [base, value] = [median(floor.map(of)), median(ours.map(of))];
		console.log(
			`  ${name.padEnd(44)}${value.toFixed(1)} / ${base.toFixed(1)} = ${(value / base).toFixed(2)}`,
		);
		return value / base;
	};
	const slower = ratio(`ms at 20 a second (ratio at most ${MAX_STEADY_RATIO})`, ({ steadyMs }) => steadyMs);
	ratio("ms of them until the answer", ({ answerMs }) => answerMs);
	ratio("ms from create to arrival, one by one", ({ burstMs }) => burstMs);
	const faster = ratio(`a second, one by one (at least ${MIN_RATE_RATIO.toFixed(2)})`, ({ rate }) => rate);
	return slower <= MAX_STEADY_RATIO && faster >= MIN_RATE_RATIO;
}

let created = 0;

/** Creates a lead with a name of its own, by which its arrival is found; returns how long its answer took (ms). */
async function create(organization: Organization, sent: Map<string, number>): Promise<number> {
	created += 1;
	const name = `Arrival ${created}`;
	sent.set(name, performance.timeOrigin + performance.now());
	await organization.call("POST", "/leads", { ...leadNumber(created), name });
	return performance.timeOrigin + performance.now() - (sent.get(name) ?? 0);
}

/** Waits for the arrivals of what was sent; `delayMs` of each is from its request. */
async function arrivalsOf(receiver: Receiver, sent: ReadonlyMap<string, number>): Promise<Arrival[]> {
	const found = () => receiver.arrivals.filter(({ name }) => sent.has(name));
	await waitUntil(() => found().length >= sent.size, PATIENCE_MS);
	return found().map((arrival) => ({ ...arrival, delayMs: arrival.at - (sent.get(arrival.name) ?? 0) }));
}

async function steady(
	organization: Organization,
	receiver: Receiver,
): Promise<Pick<Round, "steadyMs" | "answerMs">> {
	const sent = new Map<string, number>();
	const began = Date.now();
	const work: Promise<number>[] = [];
	for (let index = 0; index < STEADY_EVENTS; index += 1) {
		await sleep(Math.max(0, began + index * INTERVAL_MS - Date.now()));
		work.push(create(organization, sent));
	}
	const answerMs = median(await Promise.all(work));
	return { steadyMs: quantile(await arrivalsOf(receiver, sent), 0.5), answerMs };
}

/** Creates one by one on ten connections, and waits until all have arrived. */
export async function burst(
	organization: Organization,
	receiver: Receiver,
): Promise<Pick<Round, "rate" | "burstMs">> {
	const sent = new Map<string, number>();
	const began = Date.now();
	const connection = async () => {
		while (sent.size < BURST_EVENTS) await create(organization, sent);
	};
	await Promise.all(Array.from({ length: CONNECTIONS }, connection));
	const arrivals = await arrivalsOf(receiver, sent);
	const rate = (1_000 * sent.size) / (Math.max(...arrivals.map(({ at }) => at)) - began);
	return { rate, burstMs: quantile(arrivals, 0.5) };
}
