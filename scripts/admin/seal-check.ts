// Whether the sealed values of a file can be opened here: webhook secrets, custom headers and stored answers are sealed with the
// ENCRYPTION_KEY of the system that they come from, and stay so.
import { getTableName } from "drizzle-orm";
import { sealedTables } from "../../src/db/sealed-tables.ts";
import type { Keyring } from "../../src/keyring.ts";
import { unseal } from "../../src/sealed.ts";
import type { Section } from "./organization-file.ts";

interface Sealed {
	readonly scope: string;
	readonly text: string;
}

/** Gathers one sealed value for each key that a file's values are sealed with; `conclude` opens them. */
export function sealCheck(ring: Keyring) {
	const found = new Map<string, Sealed>();
	let section: Section | undefined;
	return {
		/** Gets the lines of a file. */
		inspect(line: string): void {
			if (!line.startsWith("[")) {
				section = JSON.parse(line) as Section;
				return;
			}
			if (!section || "removed" in section) return;
			const { table, columns } = section;
			const sealed = sealedTables.find((one) => getTableName(one.table) === table);
			if (!sealed) return;
			const names = columns as string[];
			const values = (JSON.parse(line) as unknown[][]).flat();
			const fieldOf = (name: string) => values[names.indexOf(name)];
			for (const { column, scopeOf } of sealed.columns) {
				const [text = ""] = String(fieldOf(column) ?? "").split(" ");
				const [, keyId] = /^v1\.([^.]*)\./.exec(text) ?? [];
				if (keyId !== undefined && !found.has(keyId))
					found.set(keyId, { scope: scopeOf(String(fieldOf(sealed.id))), text });
			}
		},
		/** Throws an Error in plain words when a value can't be opened here. */
		async conclude(organizationId: string): Promise<void> {
			for (const [keyId, { scope, text }] of found)
				await unseal(ring, organizationId, scope, text).catch(() => {
					throw new Error(
						`The file has values that were encrypted with the key ${keyId} of another ENCRYPTION_KEY. Put that key behind this system's own, under an id of its own, and import again; then run secrets reseal.`,
					);
				});
		},
	};
}
