// Whether a page costs the same however many leads there are, and however many pages come before it.
import { fillWithLeads } from "./leads.ts";
import { type BenchOptions, type Measurement, measure, medians } from "./measure.ts";
import { type Organization, startTarget } from "./target.ts";

const FEW = 1_000;
const PAGE = 20;

interface Page {
	readonly items: readonly unknown[];
	readonly nextCursor: string | null;
}

/** Prints the cost of a page among many leads, divided by that of the same page among a thousand. */
export async function compareLists(
	{ rounds, seconds }: BenchOptions,
	many: number,
	deepPage: number,
): Promise<void> {
	const target = await startTarget("ours");
	const [small, big] = [await target.organization(), await target.organization()];
	const smallStages = await fillWithLeads(small, FEW);
	const bigStages = await fillWithLeads(big, many);
	const first = `/leads?limit=${PAGE}`;
	const pages: readonly [name: string, small: string, big: string][] = [
		["plain", first, first],
		["stageId", `${first}&stageId=${smallStages[0]}`, `${first}&stageId=${bigStages[0]}`],
		["orderBy=name", `${first}&orderBy=name`, `${first}&orderBy=name`],
		[`page ${deepPage}`, first, await deep(big, "", deepPage)],
		[`page ${deepPage}, by name`, `${first}&orderBy=name`, await deep(big, "&orderBy=name", deepPage)],
	];
	console.log(
		`\nA page of ${PAGE} among ${many} leads over one among ${FEW} (1.2 at most wanted), 1 connection\n`,
	);
	console.log("page                     p50 ms ratio   CPU ratio");
	for (const [name, smallPath, bigPath] of pages) {
		const [few, lots]: [Measurement[], Measurement[]] = [[], []];
		for (let round = 0; round <= rounds; round += 1) {
			for (const [found, organization, path] of [
				[few, small, smallPath],
				[lots, big, bigPath],
			] as const) {
				const load = { connections: 1, seconds, method: "GET", paths: [path] } as const;
				const measured = await measure(target, organization, load);
				if (round > 0) found.push(measured);
			}
		}
		const [one, other] = [medians(lots), medians(few)];
		const [p50, cpu] = [(one.p50 / other.p50).toFixed(2), (one.cpu / other.cpu).toFixed(2)];
		console.log(`${name.padEnd(22)}${p50.padStart(15)}${cpu.padStart(12)}`);
	}
	await target.stop();
}

/** The path of a page deep in the list, found by following cursors in the largest pages. */
async function deep(organization: Organization, query: string, page: number): Promise<string> {
	let cursor = "";
	for (let step = 0; step < ((page - 1) * PAGE) / 100; step += 1) {
		const { body } = await organization.call<Page>("GET", `/leads?limit=100${query}${cursor}`);
		if (body.nextCursor === null) throw new Error(`There is no page ${page}.`);
		cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
	}
	return `/leads?limit=${PAGE}${query}${cursor}`;
}
