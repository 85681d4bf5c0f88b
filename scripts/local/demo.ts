// The demo organization of `npm start`.
import { createHash } from "node:crypto";
import type { Channel } from "../admin/channel.ts";
import { closedHome, inEveryShard } from "../admin/homes.ts";
import type { Operator } from "../admin/operator.ts";
import type { Call } from "../sample/api.ts";
import { createSampleData } from "../sample/sample-data.ts";
import { plain } from "../tools/tools.ts";
import type { Local } from "./local.ts";
import type { ReportProgress } from "./progress.ts";

/** Fixed, so that every start finds the same organization; a real id never has such an old timestamp. */
export const DEMO_ID = "org_00000000000000000000000001";

/** A key allows 60 requests a minute, and the sample data needs more. */
const REQUESTS_PER_KEY = 50;

/** The shard that the demo organization is in, open here or not, or is to be made in; null while it is moved, imported or removed. */
export async function demoShard(channel: Pick<Channel, "shards" | "on">): Promise<number | null> {
	const homes = await inEveryShard(channel, (admin) => admin.homeOf(DEMO_ID));
	if (homes.every((home) => home === undefined)) return 0;
	const shard = channel.shards.find((_, index) => homes[index] === null);
	return shard ?? closedHome(channel.shards, homes) ?? null;
}

/** Makes the demo organization with its sample data, unless it exists; returns a new key of it. `report` gets the progress. */
export async function prepareDemo(
	{ url }: Local,
	admin: Operator,
	pepper: string,
	report: ReportProgress = () => undefined,
): Promise<string> {
	await admin.createOrganization("Demo", { id: DEMO_ID, empty: true });
	// The organization is renamed as the last step, so a higher version means that all sample data exists.
	const isNamed = (await admin.listOrganizations()).some(({ id, version }) => id === DEMO_ID && version > 1);
	if (!isNamed) {
		const { call, end } = caller(url, admin, () => demoKey(admin, pepper, "sample data"), report);
		await createSampleData(call).catch((error: unknown) =>
			console.error(`The sample data could not be made. ${plain(error)}`),
		);
		await end();
	}
	const { key } = await demoKey(admin, pepper, "npm start");
	return key;
}

function demoKey(admin: Operator, pepper: string, name: string) {
	return admin.createKey({
		organizationId: DEMO_ID,
		name,
		mode: "test",
		scopes: ["*"],
		envelope: false,
		pepper,
	});
}

/** Calls the API with separate keys, so that the printed key keeps its 60 requests a minute. */
function caller(
	url: URL,
	admin: Operator,
	make: () => Promise<{ id: string; key: string }>,
	report: ReportProgress,
) {
	const keys: ReturnType<typeof make>[] = [];
	let calls = 0;
	const call: Call = async (method, path, body) => {
		if (calls % REQUESTS_PER_KEY === 0) keys.push(make());
		calls += 1;
		report(`${calls} calls for the sample data so far`);
		const text = body === undefined ? null : JSON.stringify(body);
		// The Idempotency-Key is a hash of the request: a second run after a crash gets the first answer and writes nothing.
		const name = createHash("sha256").update(`${method} ${path} ${text}`).digest("hex");
		const response = await fetch(new URL(`/api/v1${path}`, url), {
			method,
			headers: {
				"x-api-key": (await keys.at(-1))?.key ?? "",
				...(method === "GET" ? {} : { "content-type": "application/json", "idempotency-key": name }),
			},
			body: text,
		});
		const answer = await response.text();
		if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${answer}`);
		return JSON.parse(answer);
	};
	const end = async () => {
		for (const { id } of await Promise.all(keys)) await admin.revokeKey(id);
	};
	return { call, end };
}
