// The organization that `npm start` works with.
import type { Local } from "./local.ts";
import type { Operator } from "./operator.ts";
import { type Call, fillWithSamples } from "./sample-data.ts";
import { plain } from "./tools.ts";

/** Fixed, so that every start finds the same one; a real organization's id is never this old. */
export const DEMO_ID = "org_00000000000000000000000001";

/** Makes the demo organization with its sample data, unless it is there, and gives a fresh key of it. */
export async function prepareDemo(local: Local, admin: Operator, pepper: string): Promise<string> {
	await admin.createOrganization("Demo", DEMO_ID);
	const lead = await local.db
		.prepare("SELECT 1 FROM leads WHERE organizationId = ? LIMIT 1")
		.bind(DEMO_ID)
		.first();
	if (!lead) {
		// With a key of its own: the one we print has all of its 60 requests a minute left.
		const { id, key } = await demoKey(admin, pepper, "sample data");
		await fillWithSamples(caller(local.url, key)).catch((error: unknown) =>
			console.error(`The sample data could not be made. ${plain(error)}`),
		);
		await admin.revokeKey(id);
	}
	const { key } = await demoKey(admin, pepper, "npm start");
	return key;
}

async function demoKey(admin: Operator, pepper: string, name: string) {
	const made = await admin.createKey({
		organizationId: DEMO_ID,
		name,
		mode: "test",
		scopes: ["*"],
		envelope: false,
		pepper,
	});
	if (!made) throw new Error("The demo organization is gone.");
	return made;
}

function caller(url: URL, key: string): Call {
	return async (method, path, body) => {
		const response = await fetch(new URL(`/api/v1${path}`, url), {
			method,
			headers: { "x-api-key": key, "content-type": "application/json" },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const answer: unknown = await response.json();
		if (!response.ok)
			throw new Error(`${method} ${path} answered ${response.status}: ${JSON.stringify(answer)}`);
		return answer;
	};
}
