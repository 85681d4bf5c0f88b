// Our Worker against the bare one and the floor Worker. All are measured within each round, because a machine's speed changes
// over time.
import { type BenchOptions, type Figure, type Measurement, measure, medians } from "./measure.ts";
import { MOST_OVER_BARE, OPERATIONS, SIDES, type Side, startSide } from "./sides.ts";
import { startSink } from "./sink.ts";

const WIDTH = 28;

/** Prints how each operation compares at 10 connections and at 1. */
export async function compare({ rounds, seconds }: BenchOptions): Promise<void> {
	const sink = await startSink();
	const sides: Side[] = [];
	for (const kind of SIDES) sides.push(await startSide(kind, sink));
	console.log(
		`\nMedians of ${rounds} rounds of ${seconds} s: ours, over the floor Worker, over the bare one\n`,
	);
	const heads = ["rps", "p50 ms", "p99 ms", "CPU ms/request"].map((head) => head.padStart(WIDTH));
	console.log(`operation conns${heads.join("")}`);
	for (const connections of [10, 1]) {
		for (const name of OPERATIONS) {
			const found: Measurement[][] = sides.map(() => []);
			for (let round = 0; round <= rounds; round += 1) {
				for (const [index, { target, loads }] of sides.entries()) {
					const { organization, ...load } = loads[name];
					const measured = await measure(target, organization, { ...load, connections, seconds });
					// The first round only warms up.
					if (round > 0) found[index]?.push(measured);
				}
			}
			const figures = found.map(medians);
			const columns = (["rps", "p50", "p99", "cpu"] as const).map((figure) => column(figure, figures));
			const wanted = connections === 1 ? "" : ` (${MOST_OVER_BARE[name]} at most wanted)`;
			console.log(`${name.padEnd(10)}${String(connections).padStart(5)}${columns.join("")}${wanted}`);
		}
	}
	for (const { target } of sides) await target.stop();
	sink.close();
}

function column(figure: Figure, [bare, floor, ours]: readonly Record<Figure, number>[]): string {
	const value = ours?.[figure] ?? Number.NaN;
	const over = (side?: Record<Figure, number>) => (value / (side?.[figure] ?? Number.NaN)).toFixed(2);
	return `${value.toFixed(figure === "rps" ? 0 : 2)}, ${over(floor)}, ${over(bare)}`.padStart(WIDTH);
}
