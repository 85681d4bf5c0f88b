// One organization's trouble beside another's healthy webhook: ten events a second each, and how late the healthy one hears.
import { setTimeout as sleep } from "node:timers/promises";
import { chunks, leadNumber } from "./leads.ts";
import { type Arrival, type Behaviour, quantile, type Receiver } from "./receiver.ts";
import type { Organization, Target } from "./target.ts";

interface Trouble {
	readonly name: string;
	/** How the other receiver answers once it has been good for a while. */
	readonly turns: Behaviour;
	/** Deliveries that wait for the other receiver, which failed until now. */
	readonly waiting?: number;
}

const FAILS: Behaviour = { status: 500, afterMs: 0 };
const TROUBLES: Readonly<Record<string, Trouble>> = {
	a: { name: "one that hangs", turns: "hangs" },
	b: { name: "one that answers 200 after 25 s", turns: { status: 200, afterMs: 25_000 } },
	c: { name: "one that fails at once", turns: FAILS },
	d: {
		name: "one with 10,000 deliveries waiting, which has just come back",
		turns: { status: 200, afterMs: 50 },
		waiting: 10_000,
	},
	e: { name: "one that answers 200 after 0.9 s", turns: { status: 200, afterMs: 900 } },
	g: { name: "one that answers 200 after 0.45 s", turns: { status: 200, afterMs: 450 } },
	f: { name: "one that answers 200 after 0.3 s", turns: { status: 200, afterMs: 300 } },
};

const INTERVAL_MS = 100;
const GOOD_MS = 5_000;
/** How long what is still out is waited for. */
const PATIENCE_MS = 120_000;
const KEYS = 200;

/** Wanted over all, and in the first ten seconds of the trouble. */
const MOST_P95_MS = 1_000;
const MOST_DELAY_MS = 5_000;
const FIRST_MS = 10_000;
const MOST_FIRST_P95_MS = 3_000;

/** Runs the cases named by their letters, each for so many seconds; gives whether the healthy one was unharmed by all. */
export async function beside(
	target: Target,
	receiver: Receiver,
	cases: string,
	seconds: number,
): Promise<boolean> {
	let unharmed = true;
	for (const letter of cases) {
		const trouble = TROUBLES[letter];
		if (!trouble) throw new Error(`There is no case "${letter}".`);
		unharmed = (await withTrouble(target, receiver, letter, trouble, seconds)) && unharmed;
	}
	return unharmed;
}

async function withTrouble(
	target: Target,
	receiver: Receiver,
	letter: string,
	{ name, turns, waiting = 0 }: Trouble,
	seconds: number,
): Promise<boolean> {
	const [good, bad] = [`/healthy-${letter}`, `/trouble-${letter}`];
	const [mine, theirs] = [await target.organization(KEYS), await target.organization(KEYS)];
	await subscribe(mine, receiver.url + good);
	const webhookId = await subscribe(theirs, receiver.url + bad);
	if (waiting > 0) receiver.behave(bad, FAILS);
	const leads = Array.from({ length: waiting }, (_, index) => leadNumber(index));
	for (const items of chunks(leads, 100)) await theirs.call("POST", "/leads/batch", { items });
	let published = await publish([mine, theirs], GOOD_MS);
	receiver.behave(bad, turns);
	if (waiting > 0) await theirs.call("POST", `/webhooks/${webhookId}/resume`);
	const turnedAt = Date.now();
	published += await publish([mine, theirs], seconds * 1_000);
	const heard = () => receiver.arrivals.filter(({ path }) => path === good);
	for (const end = Date.now() + PATIENCE_MS; heard().length < published && Date.now() < end; )
		await sleep(100);
	const troubled = receiver.arrivals.filter(({ path }) => path === bad).length;
	const all = heard().filter(({ at }) => at >= turnedAt);
	const first = all.filter(({ at }) => at < turnedAt + FIRST_MS);
	const missing = published - heard().length;
	console.log(`\n(${letter}) beside ${name} (${troubled} sends to it)`);
	console.log(
		`  ${`${all.length} events`.padEnd(20)} ${delays(all)}${missing ? `, MISSING ${missing}` : ""}`,
	);
	console.log(`  first ten seconds    ${delays(first)}`);
	console.log(`  before the trouble   ${delays(heard().filter(({ at }) => at < turnedAt))}`);
	// Nothing of this case may be in the way of the next one.
	await theirs.call("PATCH", `/webhooks/${webhookId}`, { status: "disabled" });
	return (
		missing === 0 &&
		quantile(all, 0.95) <= MOST_P95_MS &&
		quantile(all, 1) <= MOST_DELAY_MS &&
		quantile(first, 0.95) <= MOST_FIRST_P95_MS
	);
}

/** Subscribes a receiver; gives the webhook's id. */
export async function subscribe(organization: Organization, url: string): Promise<string> {
	const { body } = await organization.call<{ id: string }>("POST", "/webhooks", {
		url,
		events: ["lead.created"],
	});
	return body.id;
}

/** Ten events a second for each organization, by the clock and not by the answers; gives how many each had. */
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
	const [p50, p95, most] = [0.5, 0.95, 1].map((share) => `${quantile(arrivals, share)} ms`);
	return `p50 ${p50}, p95 ${p95}, at most ${most}`;
}
