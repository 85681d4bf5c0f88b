// `npm run bench:delivery`: how fast events reach their receivers, what that asks of the platform, and what one hanging
// receiver does to the others.
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { cpuOfTree } from "./cpu.ts";
import { chunks, leadNumber } from "./leads.ts";
import { type Organization, startTarget, type Target } from "./target.ts";

const WEBHOOKS = 3;
const BATCH = 100;
/** Wanted at full batches, and on two cores. */
const MOST_ROUND_TRIPS = 0.4;
const LEAST_PER_SECOND = 150;
const MOST_DELAY_MS = 5_000;

/** Cloudflare's list prices in dollars per million, as of 2026-11-21; a delivery takes about 2 ms of processor time. */
const PRICES = { queueOperation: 0.4, rowWritten: 1, rowRead: 0.001, request: 0.3, cpuMs: 0.02 };
const PRICES_DATE = "2026-11-21";
/** A message is written, read and deleted. */
const OPERATIONS_PER_MESSAGE = 3;
const CPU_MS = 2;

interface Arrival {
	readonly path: string;
	/** From the event's commit, in ms. */
	readonly delay: number;
}

/** A receiver that says yes at once, except under /hang, where it says nothing. */
async function startReceiver() {
	const arrivals: Arrival[] = [];
	const server = createServer((request, response) => {
		let text = "";
		request.on("data", (chunk) => {
			text += chunk;
		});
		request.once("end", () => {
			const path = request.url ?? "";
			arrivals.push({ path, delay: Date.now() - Date.parse(JSON.parse(text).timestamp) });
			if (!path.startsWith("/hang")) response.end();
		});
	});
	await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
	const address = server.address();
	const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
	return { url, arrivals, close: () => server.closeAllConnections() ?? server.close() };
}

type Receiver = Awaited<ReturnType<typeof startReceiver>>;

const { values } = parseArgs({ options: { events: { type: "string", default: "1000" } } });
const [target, receiver] = [await startTarget("counted"), await startReceiver()];
try {
	const fast = await burst(target, receiver, Number(values.events));
	const unharmed = await beside(target, receiver);
	process.exitCode = fast && unharmed ? 0 : 1;
} finally {
	await target.stop();
	receiver.close();
}

async function subscribe(organization: Organization, url: string): Promise<void> {
	await organization.call("POST", "/webhooks", { url, events: ["lead.created"] });
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
	await until(() => receiver.arrivals.length >= wanted, 300_000);
	const seconds = (Date.now() - began) / 1_000;
	await sleep(1_500);
	const count = await sending(target);
	const perDelivery = (value: number) => value / wanted;
	const roundTrips = perDelivery(count.calls);
	const rate = wanted / seconds;
	console.log(`\n${events} events to ${WEBHOOKS} webhooks, published in ${published} ms`);
	console.log(`  deliveries/s           ${rate.toFixed(0)} (at least ${LEAST_PER_SECOND} wanted)`);
	console.log(`  commit to arrival      ${quantiles(receiver.arrivals)}`);
	console.log(`  D1 round trips each    ${roundTrips.toFixed(2)} (at most ${MOST_ROUND_TRIPS} wanted)`);
	console.log(
		`  D1 rows read, written  ${perDelivery(count.read).toFixed(1)}, ${perDelivery(count.written).toFixed(1)}`,
	);
	// The first message of each comes from the request that made it.
	const messages = 1 + perDelivery(count.messages);
	console.log(`  queue operations each  ${(messages * OPERATIONS_PER_MESSAGE).toFixed(2)}`);
	console.log(
		`  processor time each    ${(((cpuOfTree(target.pid) ?? 0) - cpu) / wanted).toFixed(2)} ms, publishing included`,
	);
	console.log(
		`  per million deliveries $${cost(count, wanted, messages).toFixed(2)} at the list prices of ${PRICES_DATE}`,
	);
	return rate >= LEAST_PER_SECOND && roundTrips <= MOST_ROUND_TRIPS;
}

/** Events one by one to a healthy webhook, while each also goes to one that hangs until the time-out. */
async function beside(target: Target, receiver: Receiver): Promise<boolean> {
	const organization = await target.organization(200);
	await subscribe(organization, `${receiver.url}/healthy`);
	await subscribe(organization, `${receiver.url}/hang`);
	receiver.arrivals.length = 0;
	const healthy = () => receiver.arrivals.filter(({ path }) => path === "/healthy");
	for (let index = 0; index < 150; index += 1) {
		await organization.call("POST", "/leads", leadNumber(index));
		await sleep(200);
	}
	await until(() => healthy().length >= 150, 120_000);
	const delays = healthy().map(({ delay }) => delay);
	const hanging = receiver.arrivals.length - healthy().length;
	console.log(
		`\n150 events in 30 s, beside a webhook that hangs for 30 s (${hanging} sends to it were begun)`,
	);
	console.log(`  commit to arrival      ${quantiles(healthy())}`);
	return quantile(delays, 0.95) <= MOST_DELAY_MS;
}

interface Count {
	readonly calls: number;
	readonly read: number;
	readonly written: number;
	readonly messages: number;
}

/** What the sending side has taken since this was asked before. */
async function sending(target: Target): Promise<Count> {
	return (await (await fetch(`${target.url}/_sending`)).json()) as Count;
}

function cost({ read, written }: Count, deliveries: number, messages: number): number {
	return (
		(read * PRICES.rowRead + written * PRICES.rowWritten) / deliveries +
		messages * OPERATIONS_PER_MESSAGE * PRICES.queueOperation +
		PRICES.request / 10 +
		CPU_MS * PRICES.cpuMs
	);
}

async function until(done: () => boolean, patienceMs: number): Promise<void> {
	for (const end = Date.now() + patienceMs; !done(); await sleep(20)) {
		if (Date.now() > end) throw new Error("Not everything arrived in time.");
	}
}

function quantile(values: readonly number[], share: number): number {
	return values.toSorted((one, other) => one - other)[Math.floor(values.length * share)] ?? Number.NaN;
}

function quantiles(arrivals: readonly Arrival[]): string {
	const delays = arrivals.map(({ delay }) => delay);
	return [0.5, 0.95, 0.99].map((share) => `p${share * 100} ${quantile(delays, share)} ms`).join(", ");
}
