// A sweeper whose process dies in the middle of a move or a removal.
import type { Bindings } from "../../src/env.ts";
import { withMembers } from "../support/bindings.ts";
import { wrapDatabases } from "../support/shards.ts";

/** Dies at certain calls, counted over all sweeps: from then on every call of the sweep fails. */
export class Mortal {
	calls = 0;
	isDead = false;
	#deaths: readonly number[] = [];
	#isArmed = false;

	arm(deaths: readonly number[]): void {
		this.calls = 0;
		this.#deaths = deaths;
		this.#isArmed = true;
	}

	revive(): void {
		this.isDead = false;
	}

	disarm(): void {
		this.#isArmed = false;
		this.isDead = false;
	}

	async call<T>(run: () => Promise<T>): Promise<T> {
		if (!this.#isArmed) return run();
		if (this.isDead) throw new Error("dead");
		this.calls += 1;
		const dies = this.#deaths.includes(this.calls);
		const isAnswerLost = dies && this.calls % 2 === 0;
		if (dies) this.isDead = true;
		if (dies && !isAnswerLost) throw new Error("D1_ERROR: internal error; reference = 0");
		const result = await run();
		if (dies) throw new Error("D1_ERROR: Network connection lost.");
		return result;
	}

	wrap(bindings: Bindings): Bindings {
		const databases = wrapDatabases(
			(db) =>
				withMembers(db, {
					batch: (statements: D1PreparedStatement[]) => this.call(() => db.batch(statements)),
				}),
			bindings,
		);
		const KEY_LIMITER = withMembers(bindings.KEY_LIMITER, {
			getByName: (name: string) => {
				const stub = bindings.KEY_LIMITER.getByName(name);
				return withMembers(stub, {
					announceMove: (until: number) => this.call(async () => stub.announceMove(until)),
					check: (limit?: number, session?: string, isLocated?: boolean) =>
						stub.check(limit, session, isLocated),
				});
			},
		});
		return { ...bindings, ...databases, KEY_LIMITER } as Bindings;
	}
}
