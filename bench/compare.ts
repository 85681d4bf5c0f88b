// Our Worker against the bare one. Both are measured within each round, because a machine's speed changes over time.
import { chunks, leadNumber } from "./leads.ts";
import { type BenchOptions, type Figure, type Load, type Measurement, measure, medians } from "./measure.ts";
import { type Sink, startSink } from "./sink.ts";
import { type Organization, startTarget, type Target } from "./target.ts";

const LEADS = 1_000;
const WIDTH = 25;

interface Side {
	readonly target: Target;
	readonly cases: Readonly<
		Record<string, { organization: Organization } & Omit<Load, "connections" | "seconds">>
	>;
}

/** Prints how get, list and create compare at 10 connections and at 1. */
export async function compare({ rounds, seconds }: BenchOptions): Promise<void> {
	const sink = await startSink();
	const sides = [await prepare("bare", sink), await prepare("ours", sink)] as const;
	console.log(
		`\nOurs over a bare Worker: medians of ${rounds} rounds of ${seconds} s, ours / bare = ratio\n`,
	);
	console.log(
		"case    conns              rps               p50 ms               p99 ms       CPU ms/request",
	);
	for (const connections of [10, 1]) {
		for (const name of ["get", "list", "create"]) {
			const found: Record<string, Measurement[]> = { bare: [], ours: [] };
			for (let round = 0; round <= rounds; round += 1) {
				for (const { target, cases } of sides) {
					const load = cases[name];
					if (!load) continue;
					const measured = await measure(target, load.organization, { ...load, connections, seconds });
					// The first round only warms up.
					if (round > 0) found[target.kind]?.push(measured);
				}
			}
			const [bare, ours] = [medians(found.bare ?? []), medians(found.ours ?? [])];
			const columns = (["rps", "p50", "p99", "cpu"] as const).map((figure) => column(figure, ours, bare));
			console.log(`${name.padEnd(8)}${String(connections).padStart(5)}${columns.join("")}`);
		}
	}
	for (const { target } of sides) await target.stop();
	sink.close();
}

function column(figure: Figure, ours: Record<Figure, number>, bare: Record<Figure, number>): string {
	const shown = (value: number) => (figure === "rps" ? value.toFixed(0) : value.toFixed(2));
	const ratio = (ours[figure] / bare[figure]).toFixed(2);
	return `${shown(ours[figure])} / ${shown(bare[figure])} = ${ratio}`.padStart(WIDTH);
}

async function prepare(kind: "bare" | "ours", sink: Sink): Promise<Side> {
	const target = await startTarget(kind);
	const reader = await target.organization();
	const writer = await target.organization();
	const leads = Array.from({ length: LEADS }, (_, index) => leadNumber(index));
	const ids: string[] = [];
	for (const some of chunks(leads, 10)) {
		const made = some.map((lead) => reader.call<{ id: string }>("POST", "/leads", lead));
		for (const { body } of await Promise.all(made)) ids.push(body.id);
	}
	const create = { organization: writer, method: "POST", paths: ["/leads"], body: leadNumber(0) } as const;
	if (kind === "ours") await writer.call("POST", "/webhooks", { url: sink.url, events: ["lead.created"] });
	return {
		target,
		cases: {
			get: { organization: reader, method: "GET", paths: ids.map((id) => `/leads/${id}`) },
			list: { organization: reader, method: "GET", paths: ["/leads?limit=20"] },
			create: kind === "ours" ? { ...create, waitForWork: sink.waitForPosts } : create,
		},
	};
}
