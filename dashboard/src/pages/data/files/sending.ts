// Sends the rows of a file in batches. It can be stopped and go on; a part that may have been sent is sent again with the same
// Idempotency-Key, which has no further effect.
import { type Entry, partsOf } from "../../../../../sdk/src/cli/csv/parts.ts";
import {
	type BatchResult,
	NO_RESULT,
	type Refused,
	refusedOf,
	usedUpQuota,
} from "../../../../../sdk/src/cli/csv/results.ts";
import { api, callApi } from "../../../api.ts";
import type { Noun } from "./nouns.ts";
import { paced } from "./pace.ts";

export interface Sent {
	readonly rows: number;
	readonly created: number;
	readonly updated: number;
	readonly refused: readonly Refused[];
}

export class Sending {
	readonly #noun: Noun;
	readonly #matchBy: string;
	readonly #parts: AsyncGenerator<Entry[], void, undefined>;
	#part: { readonly entries: readonly Entry[]; readonly key: string } | null = null;
	#sent: Sent = { rows: 0, created: 0, updated: 0, refused: [] };

	/** @param matchBy the field by which records are known; empty to create one for each row */
	constructor(noun: Noun, matchBy: string, entries: readonly Entry[]) {
		this.#noun = noun;
		this.#matchBy = matchBy;
		this.#parts = partsOf(entries);
	}

	get sent(): Sent {
		return this.#sent;
	}

	/**
	 * Sends what is left.
	 * @param onSent called after each part
	 * @throws ApiError as calls do, Error if a quota is used up; the next run goes on there
	 */
	async run(onSent: (sent: Sent) => void, signal: AbortSignal): Promise<void> {
		while (!signal.aborted) {
			this.#part ??= await this.#next();
			if (!this.#part) return;
			const { entries, key } = this.#part;
			const items = entries.flatMap(({ item }) => (item ? [item] : []));
			const result = items.length > 0 ? await this.#send(items, key) : NO_RESULT;
			const { rows, created, updated, refused } = this.#sent;
			this.#sent = {
				rows: rows + entries.length,
				created: created + result.created,
				updated: updated + result.updated,
				refused: [...refused, ...refusedOf(entries, result)],
			};
			this.#part = null;
			onSent(this.#sent);
			const full = usedUpQuota(result);
			if (full) throw new Error(full);
		}
	}

	async #next() {
		const { value } = await this.#parts.next();
		return value ? { entries: value, key: `import-${crypto.randomUUID()}` } : null;
	}

	#send(items: readonly object[], key: string): Promise<BatchResult> {
		const matching = this.#matchBy ? { mode: "upsert", matchBy: this.#matchBy } : {};
		return paced(() =>
			callApi(
				api.POST(`/${this.#noun}/batch` as "/leads/batch", {
					params: { header: { "Idempotency-Key": key } },
					// The rows are checked by the API, one by one.
					body: { items: items as never, ...(matching as object) },
				}),
			),
		);
	}
}
