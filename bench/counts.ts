// What doesn't depend on the machine: D1 calls and rows per request.
import { leadNumber } from "./leads.ts";
import { startSink } from "./sink.ts";
import { startTarget } from "./target.ts";

/** Prints the D1 calls and rows of one request of each kind, with a key that the isolate remembers. */
export async function countD1(): Promise<void> {
	const [target, sink] = [await startTarget("counted"), await startSink()];
	const organization = await target.organization(1);
	const warm = async (method: string, path: string, body?: object) => {
		await organization.call(method, path, body);
		return organization.call<{ id: string }>(method, path, body);
	};
	const show = (name: string, counted: string | null) => {
		const { calls, read, written } = JSON.parse(counted ?? "{}") as Record<string, number>;
		console.log(
			`${name.padEnd(24)}${[calls, read, written].map((value) => String(value).padStart(12)).join("")}`,
		);
	};
	console.log("\nD1 per request (before the answer leaves)    calls   rows read rows written\n");
	const created = await warm("POST", "/leads", leadNumber(1));
	show("create, no webhook", created.d1);
	show("get", (await warm("GET", `/leads/${created.body.id}`)).d1);
	show("list", (await warm("GET", "/leads?limit=20")).d1);
	for (const webhooks of [1, 2]) {
		await organization.call("POST", "/webhooks", { url: sink.url, events: ["lead.created"] });
		show(
			`create, ${webhooks} webhook${webhooks > 1 ? "s" : ""}`,
			(await warm("POST", "/leads", leadNumber(2))).d1,
		);
	}
	await target.stop();
	sink.close();
}
