// What a new demo organization holds. It is made through the Worker's own API, so it can't contradict what that allows.

const stages = [
	{ name: "New", type: "NEW" },
	{ name: "Contacted", type: "CONTACTED" },
	{ name: "In talks", type: "WORKING" },
	{ name: "Converted", type: "CONVERTED" },
	{ name: "Not a fit", type: "UNQUALIFIED" },
	{ name: "Spam", type: "JUNK" },
].map((stage, position) => ({ ...stage, position }));

const sources = ["Website", "Referral", "Trade fair", "Phone"].map((name, position) => ({ name, position }));

const tags = [
	{ name: "Hot", color: "#d9480f", type: "leads" },
	{ name: "Enterprise", color: "#1864ab", type: "leads" },
	{ name: "Newsletter", color: "#2b8a3e", type: "leads" },
];

const people = ["Amara Okafor", "Jonas Lindqvist", "Priya Raman"];
const users = people.map((name) => ({ name, email: `${handle(name)}@leadwire.example` }));

const companies = ["Northwind", "Bluefin", "Cedar & Co", "Kestrel", "Lumen", "Tidewater"];
const firstNames = ["Ada", "Ben", "Chloé", "Dmitri", "Elif", "Farid", "Grace", "Hugo", "Ines", "Jun"];
const lastNames = [
	"Adler",
	"Brandt",
	"Castillo",
	"Dubois",
	"Eriksen",
	"Fontana",
	"Garg",
	"Haas",
	"Ito",
	"Jansen",
];
const positions = ["Head of Sales", "Founder", "Buyer", "Office manager", "CTO"];
const LEADS = 30;

/** A POST or GET of the API; gives the body of the answer. */
export type Call = (method: "GET" | "POST", path: string, body?: unknown) => Promise<unknown>;

/**
 * Fills an organization, in 25 requests at most. Run again after a crash it goes on where it stopped: a list item that
 * is there by name is left alone, and the leads come last and all at once.
 */
export async function fillWithSamples(call: Call): Promise<void> {
	const stageIds = await fill(call, "/lead-stages", stages);
	const sourceIds = await fill(call, "/lead-sources", sources);
	const tagIds = await fill(call, "/tags", tags);
	const ownerIds = await fill(call, "/users", users);
	const items = Array.from({ length: LEADS }, (_, index) => {
		const name = `${pick(firstNames, index)} ${pick(lastNames, index * 7 + Math.floor(index / 10))}`;
		const company = pick(companies, index * 5);
		return {
			name,
			company,
			email: `${handle(name)}@${handle(company)}.example`,
			mobile: `+1415555${String(100 + index).padStart(4, "0")}`,
			position: pick(positions, index * 3),
			website: `https://${handle(company)}.example`,
			score: (index * 37) % 101,
			value: 500 + ((index * 1_250) % 20_000),
			currency: "USD",
			stageId: pick(stageIds, index),
			sourceId: pick(sourceIds, index * 3),
			ownerId: pick(ownerIds, index),
			tagIds: index % 3 === 0 ? [pick(tagIds, index / 3)] : [],
		};
	});
	await call("POST", "/leads/batch", { items });
}

/** Makes what is missing of a list, and gives the ids of all, in the list's order. */
async function fill(call: Call, path: string, wanted: readonly { name: string }[]): Promise<string[]> {
	const { items } = (await call("GET", `${path}?limit=100`)) as { items: { id: string; name: string }[] };
	const known = new Map(items.map(({ id, name }) => [name, id]));
	const ids: string[] = [];
	for (const item of wanted) {
		const there = known.get(item.name);
		ids.push(there ?? ((await call("POST", path, item)) as { id: string }).id);
	}
	return ids;
}

function pick<T>(list: readonly T[], index: number): T {
	const item = list[index % list.length];
	if (item === undefined) throw new Error("There is nothing to pick from.");
	return item;
}

function handle(name: string): string {
	const plain = name.normalize("NFD").toLowerCase();
	return plain.replace(/[^a-z0-9]+/g, (run) => (/[ &]/.test(run) ? "." : "")).replace(/^\.+|\.+$/g, "");
}
