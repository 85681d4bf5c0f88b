// `npm run bench:scale`: the cost of a page among 100,000 leads and 1,000,000 events, divided by that of the same page among a thousand.
// Each organization has a server and a database of its own, because full-text indexes are shared within one.
import { parseArgs } from "node:util";
import { grow } from "./grow.ts";
import { fillWithLeads } from "./leads.ts";
import { type BenchOptions, type Measurement, measure, medians } from "./measure.ts";
import { type Organization, startTarget, type Target } from "./target.ts";

const FEW = { leads: 1_000, events: 10_000 };
const MANY = { leads: 100_000, events: 1_000_000 };
const PAGE = 20;
/** So many that none is used twice within a minute: finding a deep page takes a thousand calls. */
const KEYS = 10_000;
/** The highest ratio that passes. */
const BOUND = 1.3;

interface Side {
	readonly target: Target;
	readonly organization: Organization;
	readonly stageId: string;
	readonly tagId: string;
	readonly ownerId: string;
	/** A lead whose own events are spread among all others. */
	readonly leadId: string;
}

interface Page {
	readonly name: string;
	/** The path for an organization, with its own ids. */
	readonly path: (side: Side) => string;
	/** How many pages to skip in the large organization only: a deep page must cost what a first page of the small one costs. */
	readonly deep?: number;
}

const leads = (query: string) => `/leads?limit=${PAGE}${query}`;
const events = (query: string) => `/events?limit=${PAGE}${query}`;
const aYearAgo = new Date(Date.now() - 365 * 86_400_000).toISOString();

const pages: readonly Page[] = [
	{ name: "list", path: () => leads("") },
	{ name: "list, page 4,000", path: () => leads(""), deep: 4_000 },
	{ name: "list, oldest first", path: () => leads("&orderDir=asc") },
	{ name: "filter by stage", path: ({ stageId }) => leads(`&stageId=${stageId}`) },
	{ name: "filter by stage, page 500", path: ({ stageId }) => leads(`&stageId=${stageId}`), deep: 500 },
	{ name: "filter by tag", path: ({ tagId }) => leads(`&tagId=${tagId}`) },
	{ name: "filter by e-mail", path: () => leads("&email=lead7@example.com") },
	{ name: "filter by custom field", path: () => leads("&cf_rank=7") },
	{
		name: "filter by stage, tag, owner",
		path: ({ stageId, tagId, ownerId }) => leads(`&stageId=${stageId}&tagId=${tagId}&ownerId=${ownerId}`),
	},
	{ name: "sort by name", path: () => leads("&orderBy=name&orderDir=asc") },
	{ name: "sort by name, page 4,000", path: () => leads("&orderBy=name&orderDir=asc"), deep: 4_000 },
	{ name: "sort by score", path: () => leads("&orderBy=score") },
	{ name: "sort by change", path: () => leads("&orderBy=updatedAt") },
	{ name: "sort by custom field", path: () => leads("&orderBy=cf_rank") },
	{ name: "sort by name, one stage", path: ({ stageId }) => leads(`&orderBy=name&stageId=${stageId}`) },
	{ name: "sort by name, one tag", path: ({ tagId }) => leads(`&orderBy=name&tagId=${tagId}`) },
	{ name: "search, one hit", path: () => leads("&search=lead7%40example.com") },
	{ name: "search, all hit", path: () => leads("&search=acme") },
	{ name: "search, all hit, page 4,000", path: () => leads("&search=acme"), deep: 4_000 },
	{ name: "search, unfinished word", path: () => leads("&search=acme%20le") },
	{ name: "search, one letter", path: () => leads("&search=l") },
	{ name: "search among one stage", path: ({ stageId }) => leads(`&search=acme&stageId=${stageId}`) },
	{ name: "feed", path: () => events("") },
	{ name: "feed, page 4,000", path: () => events(""), deep: 4_000 },
	{ name: "feed, oldest first", path: () => events("&orderDir=asc") },
	{ name: "feed, oldest first, page 4,000", path: () => events("&orderDir=asc"), deep: 4_000 },
	{ name: "feed, one type", path: () => events("&type=lead.created") },
	{ name: "feed since a year ago", path: () => events(`&since=${aYearAgo}`) },
	{ name: "history of a record", path: ({ leadId }) => `/leads/${leadId}/events?limit=${PAGE}` },
];

const { values } = parseArgs({
	options: { quick: { type: "boolean" }, only: { type: "string" }, large: { type: "string" } },
});
const effort = values.quick ? { rounds: 2, seconds: 0.7 } : { rounds: 5, seconds: 2 };
const large =
	values.large === undefined ? MANY : { leads: Number(values.large), events: 10 * Number(values.large) };
const chosen = pages.filter(({ name }) => name.includes(values.only ?? ""));
if (chosen.length === 0) throw new Error(`No page's name contains "${values.only}".`);
await compareSizes(effort, large, chosen);

/** Prints CPU time and p50 of each page, large divided by small; fails where a page costs too much. */
async function compareSizes(
	effort: BenchOptions,
	large: typeof MANY,
	chosen: readonly Page[],
): Promise<void> {
	const [small, big] = [await prepare(FEW), await prepare(large)];
	console.log(
		`\nPages of ${PAGE}: ${large.leads} leads and ${large.events} events over ${FEW.leads} and ${FEW.events}`,
	);
	console.log(
		`Medians of ${effort.rounds} rounds of ${effort.seconds} s at 1 connection, large / small = ratio\n`,
	);
	console.log(`${"page".padEnd(30)}${"CPU ms".padStart(24)}${"p50 ms".padStart(24)}`);
	let beyond = 0;
	for (const page of chosen) {
		const [few, many] = [await at(small, page, 1), await at(big, page, page.deep ?? 1)];
		const [one, other] = await inTurn(effort, [small, few], [big, many]);
		const columns = (["cpu", "p50"] as const).map((figure) => {
			const ratio = other[figure] / one[figure];
			return `${other[figure].toFixed(2)} / ${one[figure].toFixed(2)} = ${ratio.toFixed(2)}`.padStart(24);
		});
		const tooMuch = other.cpu / one.cpu > BOUND && other.p50 / one.p50 > BOUND;
		beyond += tooMuch ? 1 : 0;
		console.log(`${page.name.padEnd(30)}${columns.join("")}${tooMuch ? "  <" : ""}`);
	}
	console.log(`\n${beyond} beyond ${BOUND} in both figures.`);
	for (const { target } of [small, big]) await target.stop();
	process.exitCode = beyond > 0 ? 1 : 0;
}

/** Measures both within each round; the first round only warms up. */
async function inTurn({ rounds, seconds }: BenchOptions, ...asked: readonly (readonly [Side, string])[]) {
	const found = asked.map((): Measurement[] => []);
	for (let round = 0; round <= rounds; round += 1) {
		for (const [index, [{ target, organization }, path]] of asked.entries()) {
			const load = { connections: 1, seconds, method: "GET", paths: [path] } as const;
			const measured = await measure(target, organization, load);
			if (round > 0) found[index]?.push(measured);
		}
	}
	const [one = [], other = []] = found;
	return [medians(one), medians(other)] as const;
}

/** Makes an organization of this size on a server of its own. */
async function prepare(size: typeof MANY): Promise<Side> {
	const target = await startTarget("ours");
	const organization = await target.organization(KEYS);
	const made = async (path: string, body: object) =>
		(await organization.call<{ id: string }>("POST", path, body)).body.id;
	await made("/custom-fields", { entity: "leads", label: "Rank", type: "number" });
	const ownerId = await made("/users", { name: "Sam Jones", email: "sam@example.com" });
	const tagId = await made("/tags", { name: "VIP" });
	const [stageId = ""] = await fillWithLeads(organization, FEW.leads, (index) => ({
		cf_rank: index % 20,
		...(index % 2 === 0 ? { ownerId } : {}),
		...(index % 3 === 0 ? { tagIds: [tagId] } : {}),
	}));
	const { body } = await organization.call<{ items: { id: string }[] }>("GET", "/leads?limit=1");
	const leadId = body.items[0]?.id ?? "";
	const began = Date.now();
	await grow(target, organization, size);
	console.error(
		`${size.leads} leads and ${size.events} events in ${((Date.now() - began) / 1_000).toFixed(0)} s`,
	);
	return { target, organization, stageId, tagId, ownerId, leadId };
}

/** The path of a deep page, found by following cursors in the largest pages. */
async function at(side: Side, { path }: Page, page: number): Promise<string> {
	const first = path(side);
	let cursor = "";
	for (let step = 0; step < ((page - 1) * PAGE) / 100; step += 1) {
		const { body } = await side.organization.call<{ nextCursor: string | null }>(
			"GET",
			`${first.replace(`limit=${PAGE}`, "limit=100")}${cursor}`,
		);
		if (body.nextCursor === null) throw new Error(`There is no page ${page}.`);
		cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
	}
	return `${first}${cursor}`;
}
