// A bug as a change of a few words in `src/`, and the tests that must notice it.

export interface Edit {
	readonly file: string;
	/** Stands exactly once in the file. */
	readonly from: string;
	readonly to: string;
}

export interface Mutant {
	readonly name: string;
	readonly edits: readonly Edit[];
	/** Who must notice: a test file, and words of the test's name, none of which mean anything to a RegExp. */
	readonly test: readonly [file: string, name: string];
}

/** A bug that one edit makes. */
export const one = (name: string, test: Mutant["test"], file: string, from: string, to: string): Mutant => ({
	name,
	test,
	edits: [{ file, from, to }],
});
