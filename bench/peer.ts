// `npm run bench:peer`: Leadwire as it is deployed, on the local platform, beside Strapi on the same machine, in turns. Strapi's webhooks wait in
// memory and are sent once; ours are stored with the lead, signed and repeated. The floor Worker shows how much of the difference
// is the local platform's.
import { parseArgs } from "node:util";
import { burst, KEYS_OF_BURST } from "./arrivals.ts";
import { subscribe } from "./failing-neighbours.ts";
import { chunks, leadNumber } from "./leads.ts";
import { type Load, type Measurement, measure, median, medians } from "./measure.ts";
import { startReceiver } from "./receiver.ts";
import { STRAPI_VERSION, startStrapi } from "./strapi.ts";
import { type Organization, startTarget, type Target } from "./target.ts";

const LEADS = 1_000;
const CONNECTIONS = 10;
/** More than all loads of a minute take, since a key allows 60 requests in it. */
const KEYS = 6_000;
/** Target: deliveries a second after creates one by one, over Strapi's. */
const MIN_RATE_RATIO = 2;

const { values } = parseArgs({
	options: { rounds: { type: "string", default: "5" }, seconds: { type: "string", default: "4" } },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);

interface Side {
	readonly target: Pick<Target, "url" | "pid" | "stop">;
	readonly reader: Organization;
	readonly writer: Organization;
	/** The one whose leads go to the receiver. */
	readonly sender: Organization;
	subscribe(url: string): Promise<unknown>;
	/** Twenty leads; neither side counts them all. */
	readonly list: string;
	readonly body: object;
}

const receiver = await startReceiver();
const sides = [await startWorker("ours"), await startPeer()];
const floor = await startWorker("floor");
console.log(
	`\nOurs / Strapi ${STRAPI_VERSION} = ratio, medians of ${rounds} rounds, ${CONNECTIONS} connections`,
);
const loads = await Promise.all(sides.map(loadsOf));
for (const name of ["get", "list", "create"] as const) {
	const found: Measurement[][] = sides.map(() => []);
	await inTurns(async ({ target, reader, writer }, index) => {
		const organization = name === "create" ? writer : reader;
		const load = loads[index]?.[name] ?? { method: "GET", paths: [] };
		const measured = await measure(target, organization, { ...load, connections: CONNECTIONS, seconds });
		return () => found[index]?.push(measured);
	});
	const figures = found.map(medians);
	print(
		`${name}: requests a second`,
		figures.map(({ rps }) => rps),
	);
	print(
		`${name}: ms of processor time a request`,
		figures.map(({ cpu }) => cpu),
	);
}
const senders = [...sides, floor];
for (const [index, side] of senders.entries()) await side.subscribe(`${receiver.url}/side${index}`);
const bursts: Awaited<ReturnType<typeof burst>>[][] = senders.map(() => []);
await inTurns(async ({ sender }, index) => {
	const measured = await burst(sender, receiver);
	return () => bursts[index]?.push(measured);
}, senders);
const ofBursts = (figure: "rate" | "burstMs") =>
	bursts.map((found) => median(found.map((one) => one[figure])));
const rates = ofBursts("rate");
const rate = print(`deliveries a second, one by one (at least ${MIN_RATE_RATIO} wanted)`, rates);
print("the same of the floor Worker", [rates[2] ?? Number.NaN, rates[1] ?? Number.NaN]);
print("ms from their create to their arrival", ofBursts("burstMs"));
for (const { target } of senders) await target.stop();
receiver.close();
process.exitCode = rate >= MIN_RATE_RATIO ? 0 : 1;

async function startWorker(kind: "ours" | "floor"): Promise<Side> {
	const target = await startTarget(kind);
	const sender = await target.organization(KEYS_OF_BURST);
	return {
		target,
		reader: await target.organization(KEYS),
		writer: await target.organization(KEYS),
		sender,
		subscribe: (url) => subscribe(sender, url),
		list: "/leads?limit=20",
		body: leadNumber(0),
	};
}

async function startPeer(): Promise<Side> {
	const { organization, subscribe, ...target } = await startStrapi();
	return {
		target,
		reader: organization,
		writer: organization,
		sender: organization,
		subscribe,
		list: "/leads?pagination[limit]=20&pagination[withCount]=false",
		body: { data: leadNumber(0) },
	};
}

type Operation = Omit<Load, "connections" | "seconds">;

/** Writes the leads that are read, and returns what is asked of a side. */
async function loadsOf({ reader, list, body }: Side): Promise<Record<"get" | "list" | "create", Operation>> {
	const ids: string[] = [];
	for (const some of chunks(
		Array.from({ length: LEADS }, (_, index) => leadNumber(index)),
		CONNECTIONS,
	)) {
		const made = some.map((lead) => reader.call<{ id: string }>("POST", "/leads", lead));
		for (const answer of await Promise.all(made)) ids.push(answer.body.id);
	}
	return {
		get: { method: "GET", paths: ids.map((id) => `/leads/${id}`) },
		list: { method: "GET", paths: [list] },
		create: { method: "POST", paths: ["/leads"], body },
	};
}

/** Measures each side in each round, and keeps what was measured except in the first, which only warms up. */
async function inTurns(
	measured: (side: Side, index: number) => Promise<() => unknown>,
	measuredSides = sides,
): Promise<void> {
	for (let round = 0; round <= rounds; round += 1) {
		for (const [index, side] of measuredSides.entries()) {
			const keep = await measured(side, index);
			if (round > 0) keep();
		}
	}
}

function print(name: string, [ours = Number.NaN, peer = Number.NaN]: readonly number[]): number {
	console.log(`  ${name.padEnd(60)}${ours.toFixed(1)} / ${peer.toFixed(1)} = ${(ours / peer).toFixed(2)}`);
	return ours / peer;
}
