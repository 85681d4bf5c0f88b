// A fact is what a plan must know of the database besides the rows it reads: a default, a list of definitions. It is one
// scalar, which the batch of the write asserts again.
import { type SQL, sql } from "drizzle-orm";
import type { RawRow } from "./client.ts";
import { expect, LostRace, type Statement } from "./commit.ts";

/** Where a fact comes from. */
export interface FactSource<Fact> {
	/** A subquery for its scalar; null where there is nothing to know. */
	query(organizationId: string): SQL | null;
	/** What the scalar says. */
	read(scalar: unknown): Fact;
}

/** A fact as it was read. */
export interface Known<Fact> {
	/** As the database gave it, to be compared with. */
	readonly scalar: unknown;
	readonly fact: Fact;
}

const noFact: FactSource<null> = { query: () => null, read: () => null };

/** The source of what rules must know; where they name none, their fact is null. */
export const sourceOf = <Fact>({ fact }: { readonly fact?: FactSource<Fact> }): FactSource<Fact> =>
	fact ?? (noFact as FactSource<never>);

/** Reads the scalar of an id, or of another text, that may be missing. */
export const textOrNull = (scalar: unknown): string | null => (typeof scalar === "string" ? scalar : null);

/** The fact that a scalar says. */
export const readFact = <Fact>(source: FactSource<Fact>, scalar: unknown): Known<Fact> => ({
	scalar,
	fact: source.read(scalar),
});

/** What is known of several sources, by name. */
export type KnownOf<Sources> = {
	readonly [Name in keyof Sources]: Sources[Name] extends FactSource<infer Fact> ? Known<Fact> : never;
};

/** One query for several facts, by name, and how to read its answer. */
export function factsOf<Sources extends Readonly<Record<string, FactSource<unknown>>>>(
	organizationId: string,
	sources: Sources,
) {
	const entries = Object.entries(sources);
	const columns = entries.map(
		([name, { query }]) => sql`${query(organizationId)} AS ${sql.identifier(name)}`,
	);
	return {
		query: sql`SELECT ${sql.join(columns, sql`, `)}`,
		read([row]: readonly RawRow[] = []): KnownOf<Sources> {
			const known = entries.map(([name, source]) => [name, readFact(source, row?.[name])]);
			return Object.fromEntries(known);
		},
	};
}

/** Asserts in the batch that a fact is still what the write was planned with. */
export function expectStill<Fact>(
	{ query }: FactSource<Fact>,
	organizationId: string,
	{ scalar }: Known<Fact>,
): Statement[] {
	const current = query(organizationId);
	return current ? [expect(sql`${current} IS ${scalar}`, () => new LostRace())] : [];
}
