// Starts a server for fuzzing, with as many keys as needed: each allows 60 requests a minute.
import { newKeyringSecret } from "../../src/keyring.ts";
import { operator } from "../admin/operator.ts";
import { executeOn } from "../admin/query.ts";
import { startLocal } from "../local/local.ts";
import { type Findings, fuzz } from "./fuzz.ts";

const REQUESTS_PER_KEY = 50;

/** Fuzzes a new organization on a new server, and removes both. */
export async function fuzzNewServer(seed: number, goesOn: (sent: number) => boolean): Promise<Findings> {
	const pepper = newKeyringSecret();
	const local = await startLocal({
		secrets: { KEY_PEPPER: pepper, ENCRYPTION_KEY: newKeyringSecret() },
		vars: { ALLOW_INSECURE_TARGETS: "true" },
		// Why an answer was 500 is only said here.
		onLog: (line) => line.startsWith('{"type":"fault"') && console.error(line),
	});
	try {
		const admin = operator(executeOn(local.db));
		const { id: organizationId } = await admin.createOrganization("Fuzz");
		let used = 0;
		let current = "";
		const key = async () => {
			if (used % REQUESTS_PER_KEY === 0) {
				const terms = { name: "Fuzz", mode: "test" as const, scopes: ["*"], envelope: false, pepper };
				current = (await admin.createKey({ ...terms, organizationId }))?.key ?? "";
			}
			used += 1;
			return current;
		};
		return await fuzz({ url: local.url, seed, nextKey: key, shouldContinue: goesOn });
	} finally {
		await local.dispose();
	}
}
