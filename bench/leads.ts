// The leads that the benchmarks write and read.
import type { Organization } from "./target.ts";

/** Items of a batch call. */
const BATCH = 100;

/** A lead as a caller would send it. */
export function leadNumber(index: number) {
	return {
		name: `Lead ${index}`,
		email: `lead${index}@example.com`,
		company: "Acme Corp",
		score: index % 100,
	};
}

/** A name whose order differs from the order of creation, so that the index by name differs from the index by age. */
export function spreadName(index: number): string {
	return `${((index * 7_919) % 100_003).toString(36)} Lead`;
}

/** Creates `count` leads, in five stages by turns; returns the ids of the stages. `more` are further fields. */
export async function fillWithLeads(
	organization: Organization,
	count: number,
	more: (index: number) => object = () => ({}),
): Promise<string[]> {
	const stages: string[] = [];
	for (const type of ["NEW", "CONTACTED", "WORKING", "UNQUALIFIED", "JUNK"]) {
		const stage = await organization.call<{ id: string }>("POST", "/lead-stages", { name: type, type });
		stages.push(stage.body.id);
	}
	const leads = Array.from({ length: count }, (_, index) => ({
		...leadNumber(index),
		name: spreadName(index),
		stageId: stages[index % stages.length],
		...more(index),
	}));
	for (const items of chunks(leads, BATCH)) await organization.call("POST", "/leads/batch", { items });
	return stages;
}

/** Splits a list into parts of `size` items. */
export function chunks<T>(list: readonly T[], size: number): T[][] {
	return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
		list.slice(index * size, (index + 1) * size),
	);
}
