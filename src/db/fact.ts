// A fact is what a plan needs from the database besides the rows it reads, such as a default or a list of definitions. It is
// read as one scalar, and the batch of the write asserts that it is unchanged.
import type { RawRow } from "./client.ts";
import { expect, type Statement } from "./commit.ts";
import { type SQL, sql } from "./sql.ts";
import type { Operand } from "./tenant.ts";

/** How a fact is read. */
export interface FactSource<Fact> {
	/** A subquery for its scalar; null if there is none to read. */
	query(organizationId: Operand): SQL | null;
	/** Parses the scalar. */
	read(scalar: unknown): Fact;
	/** Whether a create of the resource whose fact it is may change it. */
	readonly readsOwnRows?: true;
}

/** A fact and the scalar it was read from. */
export interface KnownFact<Fact> {
	/** As the database returned it, for the comparison in the batch. */
	readonly scalar: unknown;
	readonly fact: Fact;
}

const noFact: FactSource<null> = { query: () => null, read: () => null };

/** The source of a resource's fact; without one, the fact is null. */
export const factSourceOf = <Fact>({ fact }: { readonly fact?: FactSource<Fact> }): FactSource<Fact> =>
	fact ?? (noFact as FactSource<never>);

/** Parses a scalar that is a text or null. */
export const textOrNull = (scalar: unknown): string | null => (typeof scalar === "string" ? scalar : null);

/** Parses a scalar into a fact. */
export const readFact = <Fact>(source: FactSource<Fact>, scalar: unknown): KnownFact<Fact> => ({
	scalar,
	fact: source.read(scalar),
});

/** The facts of several sources, by name. */
export type KnownFacts<Sources> = {
	readonly [Name in keyof Sources]: Sources[Name] extends FactSource<infer Fact> ? KnownFact<Fact> : never;
};

/** One query for several facts, and the function that reads its result. */
export function factsQuery<Sources extends Readonly<Record<string, FactSource<unknown>>>>(
	organizationId: string,
	sources: Sources,
) {
	const entries = Object.entries(sources);
	const columns = entries.map(
		([name, { query }]) => sql`${query(organizationId)} AS ${sql.identifier(name)}`,
	);
	return {
		query: sql`SELECT ${sql.list(columns)}`,
		read([row]: readonly RawRow[] = []): KnownFacts<Sources> {
			const known = entries.map(([name, source]) => [name, readFact(source, row?.[name])]);
			return Object.fromEntries(known);
		},
	};
}

/** Expects in the batch that a fact is still the one that the write was planned with. */
export function expectFactUnchanged<Fact>(
	{ query }: FactSource<Fact>,
	organizationId: string,
	{ scalar }: KnownFact<Fact>,
): Statement[] {
	const current = query(organizationId);
	return current ? [expect(sql`${current} IS ${scalar}`)] : [];
}
