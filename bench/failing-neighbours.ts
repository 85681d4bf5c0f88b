// A failing webhook of one organization beside a healthy one of another: ten events a second each, and the delay of the
// healthy one's deliveries.
import { setTimeout as sleep } from "node:timers/promises";
import { chunks, leadNumber } from "./leads.ts";
import { type Arrival, type Behaviour, quantile, type Receiver } from "./receiver.ts";
import type { Organization, Target } from "./target.ts";

interface Case {
	readonly name: string;
	/** How the other receiver answers after a healthy period. */
	readonly behaviour: Behaviour;
	/** Deliveries that wait for the other receiver, which failed until then. */
	readonly waiting?: number;
}

const FAILS: Behaviour = { status: 500, afterMs: 0 };
const CASES: Readonly<Record<string, Case>> = {
	a: { name: "one that hangs", behaviour: "hangs" },
	b: { name: "one that answers 200 after 25 s", behaviour: { status: 200, afterMs: 25_000 } },
	c: { name: "one that fails at once", behaviour: FAILS },
	d: {
		name: "one with 10,000 deliveries waiting, which has just come back",
		behaviour: { status: 200, afterMs: 50 },
		waiting: 10_000,
	},
	e: { name: "one that answers 200 after 0.9 s", behaviour: { status: 200, afterMs: 900 } },
	g: { name: "one that answers 200 after 0.45 s", behaviour: { status: 200, afterMs: 450 } },
	f: { name: "one that answers 200 after 0.3 s", behaviour: { status: 200, afterMs: 300 } },
};

const INTERVAL_MS = 100;
const HEALTHY_MS = 5_000;
/** How long to wait for deliveries that have not arrived yet. */
const MAX_WAIT_MS = 120_000;
const KEYS = 200;

/** Targets for the whole case, and for the first ten seconds of the failure. */
const MAX_P95_MS = 1_000;
const MAX_DELAY_MS = 5_000;
const FIRST_MS = 10_000;
const MAX_FIRST_P95_MS = 3_000;

/** Runs the cases named by their letters, each for `seconds`; returns whether the healthy webhook met its targets in all. */
export async function runNeighbourCases(
	target: Target,
	receiver: Receiver,
	cases: string,
	seconds: number,
): Promise<boolean> {
	let isHealthy = true;
	for (const letter of cases) {
		const testCase = CASES[letter];
		if (!testCase) throw new Error(`There is no case "${letter}".`);
		isHealthy = (await runCase(target, receiver, letter, testCase, seconds)) && isHealthy;
	}
	return isHealthy;
}

async function runCase(
	target: Target,
	receiver: Receiver,
	letter: string,
	{ name, behaviour, waiting = 0 }: Case,
	seconds: number,
): Promise<boolean> {
	const [good, bad] = [`/healthy-${letter}`, `/trouble-${letter}`];
	const [healthyOrganization, failingOrganization] = [
		await target.organization(KEYS),
		await target.organization(KEYS),
	];
	await subscribe(healthyOrganization, receiver.url + good);
	const webhookId = await subscribe(failingOrganization, receiver.url + bad);
	if (waiting > 0) receiver.setBehaviour(bad, FAILS);
	const leads = Array.from({ length: waiting }, (_, index) => leadNumber(index));
	for (const items of chunks(leads, 100)) await failingOrganization.call("POST", "/leads/batch", { items });
	let published = await publish([healthyOrganization, failingOrganization], HEALTHY_MS);
	receiver.setBehaviour(bad, behaviour);
	if (waiting > 0) await failingOrganization.call("POST", `/webhooks/${webhookId}/resume`);
	const failingSince = Date.now();
	published += await publish([healthyOrganization, failingOrganization], seconds * 1_000);
	const healthyArrivals = () => receiver.arrivals.filter(({ path }) => path === good);
	for (const end = Date.now() + MAX_WAIT_MS; healthyArrivals().length < published && Date.now() < end; )
		await sleep(100);
	const troubled = receiver.arrivals.filter(({ path }) => path === bad).length;
	const all = healthyArrivals().filter(({ committedAt: at }) => at >= failingSince);
	const first = all.filter(({ committedAt: at }) => at < failingSince + FIRST_MS);
	const missing = published - healthyArrivals().length;
	console.log(`\n(${letter}) beside ${name} (${troubled} sends to it)`);
	console.log(
		`  ${`${all.length} events`.padEnd(20)} ${delays(all)}${missing ? `, MISSING ${missing}` : ""}`,
	);
	console.log(`  first ten seconds    ${delays(first)}`);
	console.log(
		`  before the trouble   ${delays(healthyArrivals().filter(({ committedAt: at }) => at < failingSince))}`,
	);
	// Nothing of this case may slow down the next one.
	await failingOrganization.call("PATCH", `/webhooks/${webhookId}`, { status: "disabled" });
	return (
		missing === 0 &&
		quantile(all, 0.95) <= MAX_P95_MS &&
		quantile(all, 1) <= MAX_DELAY_MS &&
		quantile(first, 0.95) <= MAX_FIRST_P95_MS
	);
}

/** Subscribes a receiver; returns the webhook's id. */
export async function subscribe(organization: Organization, url: string): Promise<string> {
	const { body } = await organization.call<{ id: string }>("POST", "/webhooks", {
		url,
		events: ["lead.created"],
	});
	return body.id;
}

/** Creates ten events a second for each organization, at fixed times whatever the answers; returns how many each had. */
async function publish(organizations: readonly Organization[], forMs: number): Promise<number> {
	const began = Date.now();
	const calls: Promise<unknown>[] = [];
	let count = 0;
	for (; count * INTERVAL_MS < forMs; count += 1) {
		for (const organization of organizations)
			calls.push(organization.call("POST", "/leads", leadNumber(count)));
		await sleep(Math.max(0, began + (count + 1) * INTERVAL_MS - Date.now()));
	}
	await Promise.all(calls);
	return count;
}

function delays(arrivals: readonly Arrival[]): string {
	const [p50, p95, max] = [0.5, 0.95, 1].map((share) => `${quantile(arrivals, share).toFixed(0)} ms`);
	return `p50 ${p50}, p95 ${p95}, at most ${max}`;
}
