// A copy of the leads that is first read from their list and then follows the events in the order of commits.
import type { Api, Json } from "./api.ts";

export class Follower {
	readonly rows = new Map<string, Json>();
	/** The cursor of the first event that the list may lack; undefined until it is read. */
	#since: string | null | undefined;
	#copied = false;
	/** The cursor in the list, and later in the events. */
	#cursor: string | null = null;
	#kept: string | null = null;

	constructor(
		readonly api: Api,
		readonly limit: number,
	) {}

	/** Reads the next page; returns whether there is another. */
	async page(): Promise<boolean> {
		if (this.#since === undefined) {
			const { items } = await this.#read("/events", { limit: "1" });
			this.#since = items[0]?.createdAt ?? null;
			return true;
		}
		return this.#copied ? this.#follow() : this.#copy();
	}

	/** Loses the position since the last page, which is read again. */
	kill(): void {
		this.#cursor = this.#kept;
	}

	async catchUp(): Promise<void> {
		while (await this.page());
	}

	async #copy(): Promise<boolean> {
		const { items, nextCursor } = await this.#read("/leads", {});
		for (const row of items) this.#put(row);
		this.#cursor = nextCursor;
		if (nextCursor === null) this.#copied = true;
		return true;
	}

	async #follow(): Promise<boolean> {
		const since: Record<string, string> = this.#since ? { since: this.#since } : {};
		this.#kept = this.#cursor;
		const { items, nextCursor, hasMore } = await this.#read("/events", {
			orderDir: "asc",
			type: "lead.*",
			...since,
		});
		for (const { type, payload } of items) {
			if (type !== "lead.deleted") this.#put(payload.data);
			else if (payload.data.version >= (this.rows.get(payload.data.id)?.version ?? 0))
				this.rows.delete(payload.data.id);
		}
		this.#cursor = nextCursor;
		return hasMore;
	}

	/** The list may already show the change of an event, or a later one. */
	#put(row: Json): void {
		if (row.version >= (this.rows.get(row.id)?.version ?? 0)) this.rows.set(row.id, row);
	}

	async #read(path: string, more: Record<string, string>): Promise<Json> {
		const cursor: Record<string, string> = this.#cursor === null ? {} : { cursor: this.#cursor };
		const parameters = new URLSearchParams({ limit: String(this.limit), ...more, ...cursor });
		const { status, text, body } = await this.api.get(`${path}?${parameters}`);
		if (status !== 200) throw new Error(text);
		return body;
	}
}
